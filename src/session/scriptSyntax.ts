// Where JavaScript and TypeScript define things, found in a script's text by the look of it. Pure.
import type { Anchor } from "../model/source.js";

const DECLARED = "(?:const|let|var)\\s+";
// Not within another name, and not an attribute of something.
const ALONE = "(?<![\\w$.#])";
const END = "(?![\\w$])";
// An initialiser or an annotation, but no comparison and no arrow.
const ASSIGNED = `${END}\\s*(?::[^=;,(){}\\n]{0,300})?=(?![=>])`;
const MOST_INDENT = 200;
const GLOBAL_OBJECT = "(?:globalThis|global|window|self|exports|module\\.exports)";

/** Which match is taken: the first from the known place on, or the first of all. */
type Order = "below" | "first";

/**
 * Where a class or a variable is defined: offset of its name in the text, or undefined.
 * @param from offset of the place that is known
 */
export function definitionOf(text: string, { kind, name: full }: Anchor, from: number): number | undefined {
  const name = escaped(full.replace(/^(this|self)\./, ""));
  if (name === "") return undefined;
  switch (kind) {
    case "class":
      return nearest(text, from, [
        `${ALONE}class\\s+(?<name>${name})${END}`,
        `${ALONE}(?<name>${name})${END}\\s*=\\s*class${END}`,
        `${ALONE}function\\s+(?<name>${name})\\s*\\(`,
        `${ALONE}(?<name>${name})${END}\\s*=\\s*function${END}`,
      ]);
    case "global":
      return first(text, from, "first", [
        // At the beginning of a line it is the module's for sure.
        `^(?:export\\s+(?:default\\s+)?)?(?:${DECLARED}|(?:async\\s+)?function\\s*\\*?\\s*|class\\s+)(?<name>${name})${END}`,
        `${ALONE}${GLOBAL_OBJECT}\\.(?<name>${name})${ASSIGNED}`,
        ...variable(name),
      ]);
    case "enclosing":
      return (
        nearest(text, from, [...declared(name), parameter(name), `${ALONE}(?<name>${name})${END}\\s*=>`]) ??
        first(text, from, "first", [assigned(name), `[(,]\\s*(?<name>${name})${END}\\s*[,)=:?]`])
      );
    case "variable":
      return first(text, from, "below", [
        `\\bthis\\.(?<name>${name})${ASSIGNED}`,
        `\\bstatic\\s+(?:readonly\\s+)?(?<name>${name})${END}`,
        `(?:^|[{;}])[ \\t]*(?:(?:public|private|protected|readonly|declare|accessor)\\s+)*(?<name>${name})${END}\\s*[?!]?\\s*(?::[^=;(){}\\n]{0,300})?[=;]`,
        `(?<name>${name}|(?<quote>["'])${name}\\k<quote>)\\s*:(?<=[{,]\\s*["']?${name}["']?\\s*:)`,
        ...variable(name),
        `\\.(?<name>${name})${ASSIGNED}`,
      ]);
  }
}

function variable(name: string): string[] {
  return [...declared(name), assigned(name)];
}

function declared(name: string): string[] {
  return [
    `${ALONE}${DECLARED}(?<name>${name})${END}`,
    // One of several in a declaration: minifiers put them together.
    `${ALONE}(?<name>${name})${END}(?<=,\\s*${name})${ASSIGNED}`,
    `${ALONE}(?:function\\s*\\*?\\s*|class\\s+)(?<name>${name})${END}`,
  ];
}

function assigned(name: string): string {
  return `${ALONE}(?<name>${name})${ASSIGNED}`;
}

/** Behind a function's parameters there is its body, which tells them from what it is called with. */
function parameter(name: string): string {
  const rest = "[^(){};]{0,300}\\)\\s*(?::[^=;{}()]{0,100})?(?:=>|\\{)";
  return `${ALONE}(?<name>${name})${END}(?<=[(,]\\s*(?:\\.\\.\\.)?${name})(?=${rest})`;
}

/** The first pattern that matches anywhere decides. */
function first(text: string, from: number, order: Order, patterns: readonly string[]): number | undefined {
  for (const pattern of patterns) {
    let found: number | undefined;
    for (const { at } of matches(text, pattern)) {
      if (order === "first" || at >= from) return at;
      found ??= at;
    }
    if (found !== undefined) return found;
  }
  return undefined;
}

/**
 * The match that is nearest above a place, since another thing of that name may stand elsewhere in the file; the
 * nearest below where there is none above.
 */
function nearest(text: string, from: number, patterns: readonly string[]): number | undefined {
  let above: number | undefined;
  let below: number | undefined;
  for (const pattern of patterns) {
    for (const { start, at } of matches(text, pattern)) {
      if (start <= from) above = Math.max(above ?? at, at);
      else {
        below = Math.min(below ?? at, at);
        break;
      }
    }
  }
  return above ?? below;
}

/** Where a pattern matches, and where its name stands; not in comments. */
function* matches(text: string, pattern: string): Generator<{ readonly start: number; readonly at: number }> {
  const cursor = new LineCursor(text);
  for (const match of text.matchAll(new RegExp(pattern, "dgm"))) {
    const at = match.indices!.groups!["name"][0];
    if (!cursor.isComment(at)) yield { start: match.index, at };
  }
}

/** A function that a text defines. */
export interface FunctionPlace {
  /** 1-based. */
  readonly line: number;
  /** 1-based, of the name. */
  readonly column: number;
  /** The whole line. */
  readonly text: string;
}

/** The last part of a function's name as V8 writes it, where that is a name: of `get size` it is `size`. */
export function plainFunctionName(name: string): string | undefined {
  const last = /(?:^|[\s.])(#?[\p{ID_Start}$_][\p{ID_Continue}$]*)$/u.exec(name)?.[1];
  return last === undefined || /^<.*>$/s.test(name) ? undefined : last;
}

/** Not names of methods, though a parenthesis and a brace can follow them. */
const KEYWORDS = new Set(["if", "for", "while", "switch", "catch", "with", "return", "function"]);

/**
 * Where a text defines functions or classes of a name: `function name(`, `name = (…) =>`, `name: function`,
 * `name(…) {`, `class name`.
 * @param most places that are returned
 */
export function functionPlaces(text: string, name: string, most = 100): FunctionPlace[] {
  // Most files don't have the name at all, which is quicker to see.
  if (most <= 0 || KEYWORDS.has(name) || !text.includes(name)) return [];
  const plain = escaped(name);
  const [before, after] = ["(?<![\\w$#])", "(?![\\w$])"];
  const parameters = "\\([^()]{0,2000}(?:\\([^()]{0,2000}\\)[^()]{0,2000}){0,50}\\)";
  const made = `(?:async\\s*)?(?:function\\b|class\\b|[\\w$]+\\s*=>|${parameters}\\s*(?::[^=;{}()]{0,300})?=>)`;
  const defined = [
    `(?:function\\s*\\*?\\s*|class\\s+)${plain}${after}`,
    `${before}${plain}${after}["']?\\s*(?::[^=;,(){}]{0,300})?=\\s*${made}`,
    `${before}${plain}${after}["']?\\s*:\\s*${made}`,
    // A method; a call has no brace behind its parentheses.
    `(?<![\\w$#.])${plain}${after}["']?\\s*(?:<[^<>()]{0,300}>)?\\s*${parameters}\\s*(?::[^=;{}]{0,300})?\\{`,
  ].join("|");
  const places: FunctionPlace[] = [];
  const cursor = new LineCursor(text);
  for (const match of text.matchAll(new RegExp(defined, "g"))) {
    const at = match.index + match[0].indexOf(name);
    if (cursor.isComment(at) || places.at(-1)?.line === cursor.line) continue;
    const { line, start, end } = cursor;
    places.push({ line, column: at - start + 1, text: text.slice(start, end).replace(/\r$/, "") });
    if (places.length >= most) break;
  }
  return places;
}

/** Goes through the lines of a text, which may be one of millions of characters. */
class LineCursor {
  /** 1-based. */
  line = 1;
  start = 0;
  end: number;
  readonly #text: string;
  /** The line is a comment up to here. */
  #commentEnd: number;

  constructor(text: string) {
    this.#text = text;
    this.end = this.#endFrom(0);
    this.#commentEnd = this.#endOfComment();
  }

  /** Goes on to the line with an offset, which is not in an earlier one. */
  moveTo(offset: number): void {
    if (offset <= this.end) return;
    while (offset > this.end) {
      this.start = this.end + 1;
      this.end = this.#endFrom(this.start);
      this.line++;
    }
    this.#commentEnd = this.#endOfComment();
  }

  /** In a line that is a comment from its beginning, or a line of a longer comment in the usual form. */
  isComment(offset: number): boolean {
    this.moveTo(offset);
    return offset < this.#commentEnd;
  }

  #endFrom(start: number): number {
    const end = this.#text.indexOf("\n", start);
    return end < 0 ? this.#text.length : end;
  }

  #endOfComment(): number {
    const begin = this.#text.slice(this.start, Math.min(this.end, this.start + MOST_INDENT));
    // A line that begins with an asterisk and a name with parentheses is a generator.
    const [, sign] = /^\s*(\/\/|\/\*|\*(?!\s*[\w$]+\s*\())/.exec(begin) ?? [];
    if (sign === undefined) return this.start;
    const end = sign === "//" ? -1 : this.#text.indexOf("*/", this.start);
    return end < 0 ? this.end : Math.min(end, this.end);
  }
}

function escaped(name: string): string {
  return name.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
}
