import type { HeapGraph } from "../heap/HeapGraph.js";
import { printable } from "../heap/names.js";
import type { Cut, CutSuggestion, Remedy } from "../model/cuts/index.js";
import { clearsCells } from "./cutCode.js";
import { type Message, type MessageArguments, renderMessage } from "./messages.js";

/** Remedies that are one statement for several variables of one function: `a = b = None`, `del a, b`. */
const JOINED: Readonly<Record<string, string>> = {
  "clear-cell": " = ",
  "clear-capture": " = ",
  "delete-exception": ", ",
  "delete-traceback": ", ",
  "delete-frame": ", ",
  "delete-local": ", ",
};
const REMEDIES_NAMED = 3;
const VARIABLES_NAMED = 8;

/** Why a reference is worth cutting. */
export function cutWhy(cut: Cut): Message {
  const values = argumentsOf([cut.remedy]);
  if (cut.remedy.sole === "itself") return { id: "cut.itself.why", arguments: values };
  return { id: `cut.${cut.remedy.kind}.why`, arguments: values };
}

/** What to do about a reference, in one sentence. */
export function cutIdiom(graph: HeapGraph, cut: Cut): Message {
  return idiom(graph, [cut.remedy]);
}

/** Why there is no reference to cut. */
export function noCutWhy(suggestion: CutSuggestion): Message | undefined {
  const { none } = suggestion;
  if (!none) return undefined;
  switch (none.kind) {
    case "class":
      return { id: "cut.none.class", arguments: { class: className(none.name) } };
    case "internal":
      return { id: "cut.none.internal", arguments: { type: printable(none.type), label: printable(none.label) } };
    case "traced":
      return { id: "cut.none.traced", arguments: {} };
    case "too-large":
      return { id: "cut.none.too-large", arguments: { limit: none.limit } };
  }
}

function className(name: string): Message {
  return name === ""
    ? { id: "cut.some-class", arguments: {} }
    : { id: "cut.class", arguments: { name: printable(name) } };
}

/**
 * What to do about a whole cycle: the idioms of its cuts, those of one function joined, each once. undefined where
 * there are no cuts.
 */
export function cutsFix(graph: HeapGraph, cuts: readonly Cut[]): Message | undefined {
  const groups = new Map<string, Remedy[]>();
  for (const [i, { remedy }] of cuts.entries()) {
    const key = remedy.kind in JOINED ? `${remedy.kind} ${remedy.owner} ${remedy.location?.file ?? ""}` : String(i);
    const group = groups.get(key);
    if (!group) groups.set(key, [remedy]);
    else if (!group.some((other) => other.name === remedy.name)) group.push(remedy);
  }
  const messages = new Map(
    [...groups.values()].map((group) => [renderMessage(idiom(graph, group)), idiom(graph, group)]),
  );
  const [first, ...rest] = messages.values();
  if (first === undefined) return undefined;
  return rest
    .slice(0, REMEDIES_NAMED - 1)
    .reduce<Message>(
      (all, next) => ({ id: "cut.and", arguments: { first: all, next } }),
      messages.size > REMEDIES_NAMED ? { id: "cut.of-several", arguments: { count: messages.size, first } } : first,
    );
}

/** Several variables of one place are named together. */
function idiom({ info }: HeapGraph, remedies: readonly Remedy[]): Message {
  const [{ kind, sole }] = remedies;
  const values = argumentsOf(remedies);
  if (sole === "itself") return { id: "cut.itself.idiom", arguments: values };
  if (sole === "only" && kind === "weak-attribute") return { id: "cut.weak-attribute.only", arguments: values };
  if (kind === "clear-cell" && !clearsCells(info.version)) return { id: "cut.clear-cell.inside", arguments: values };
  if (kind === "weak-method" && info.version[0] < 3) return { id: "cut.weak-method.old", arguments: values };
  return { id: `cut.${kind}.idiom`, arguments: values };
}

/** Values for all placeholders of `cutTexts`; of a remedy each text takes what it needs. */
function argumentsOf(remedies: readonly Remedy[]): MessageArguments {
  const [{ kind, name, owner, target, expression, location, closure }] = remedies;
  const called = (text: string, unknown: string) => (text === "" ? unknown : printable(text));
  const isFunction = kind in JOINED;
  const cells = remedies.flatMap(({ closure: access }) =>
    access ? [`${printable(access.function)}.__closure__[${access.index}].cell_contents`] : [],
  );
  const dot = target.lastIndexOf(".");
  const enclosing: Message = { id: "cut.enclosing", arguments: {} };
  const file = location?.file.split(/[\\/]/).at(-1);
  const line = location && location.line > 0 ? `${file}:${location.line}` : file;
  return {
    count: remedies.length,
    name: called(name, "it"),
    names: some(remedies.map((remedy) => called(remedy.name, "it"))).join(JOINED[kind] ?? ", "),
    owner: isFunction ? `${called(owner, "the function")}()` : called(owner, "object"),
    function: owner === "" ? enclosing : `${printable(owner)}()`,
    target: called(target, "object"),
    method: called(target.slice(dot + 1), "the method"),
    object: kind === "weak-method" ? called(target.slice(0, dot), "obj") : called(expression, "exc"),
    expression: called(expression, "it"),
    closure: closure ? `${called(closure.function, "the function")}()` : "the closure",
    closures: closure?.count ?? 1,
    cells: cells.length > 0 ? some(cells).join(", ") : "cell_contents",
    place: expression === "" ? `the ${printable(owner)}` : printable(expression),
    at: line === undefined ? "" : ({ id: "cut.at", arguments: { line: printable(line) } } satisfies Message),
  };
}

function some(names: readonly string[]): string[] {
  return names.length > VARIABLES_NAMED ? [...names.slice(0, VARIABLES_NAMED), "…"] : [...names];
}
