import type { SourceLocation } from "../heap/HeapGraph.js";
import { withoutFileScheme } from "../model/scriptNames.js";
import type { Anchor } from "../model/source.js";
import { type Script, Scripts } from "./Script.js";
import { definitionOf, plainFunctionName } from "./scriptSyntax.js";

const LOOKED_AT = 200;

/** Scripts of a captured V8, as far as they are here: leads from what V8 ran to what the programmer wrote. */
export class ScriptFiles {
  readonly #scripts = new Scripts();

  /**
   * The place in the original source: where a class or a variable is defined, followed through the script's source
   * map. Where a part of that is not to be had, it is left out, and said why for a map.
   * @param path of the script on this machine, where that is not what V8 calls it
   */
  refine(location: SourceLocation, anchor?: Anchor, path?: string): SourceLocation {
    // Followed before.
    if (location.generated) return location;
    const file = withoutFileScheme(location.file);
    const script = this.#scripts.get(path ?? file);
    if (!script) return file === location.file ? location : { ...location, file };
    const from = script.offsetOf(location.line, location.column ?? 1);
    const at = anchor && definitionOf(script.text, anchor, from);
    const defined = at === undefined ? undefined : script.placeOf(at);
    // The known place is that of any function which sees the variable, and tells nothing but where to search.
    const isVariable = defined !== undefined && (anchor?.kind === "global" || anchor?.kind === "enclosing");
    const name = isVariable ? anchor.name : location.name;
    const place = { ...location, file, ...defined, name };
    const mapped = originalOf(script, place) ?? (defined && originalOf(script, location));
    if (!mapped) return script.unmapped === undefined ? place : { ...place, unmapped: script.unmapped };
    const { line, column } = place;
    return {
      ...mapped,
      name: (isVariable ? nameAt(script, at!) : functionName(script, name, from)) ?? name,
      generated: { file, line, ...(column !== undefined && { column }) },
    };
  }

  /** The text of a script as V8 ran it, by what V8 calls it; undefined where it is not here. */
  text(file: string): string | undefined {
    return this.#scripts.get(withoutFileScheme(file))?.text;
  }

  /**
   * Bytes of the original source of a place that `refine` has found, as its source map has it; null where it has not.
   * @param path as for `refine`
   */
  originalSize({ file, generated }: SourceLocation, path?: string): number | null {
    const script = generated && this.#scripts.get(path ?? generated.file);
    return script?.map?.sizeOf(file) ?? null;
  }
}

function originalOf({ map }: Script, { line, column }: SourceLocation) {
  // Of a line alone it is the first place that the map knows.
  return line < 1 ? undefined : map?.at(line, column ?? 1);
}

function nameAt(script: Script, offset: number): string | undefined {
  const { line, column } = script.placeOf(offset);
  return script.map?.nameAt(line, column);
}

/** The original name of a function or a class, where the map names it. */
function functionName(script: Script, name: string, at: number): string | undefined {
  const plain = plainFunctionName(name);
  const offset = plain === undefined ? undefined : nameOffset(script, plain, at);
  const original = offset === undefined ? undefined : nameAt(script, offset);
  return original === undefined ? undefined : name.slice(0, name.length - plain!.length) + original;
}

/**
 * Where the name of a function or a class stands. V8's place of a function is its parameters, that of a class its
 * constructor's parameters or its keyword.
 */
function nameOffset({ text }: Script, plain: string, at: number): number | undefined {
  const own = plain.replace(/\$/g, "\\$&");
  const made = "\\s*[=:]\\s*\\(?\\s*(async\\b\\s*)?(function\\b\\s*\\*?\\s*)?";
  const behind = new RegExp(`^class\\s+${own}(?![\\w$])`).exec(text.slice(at, at + LOOKED_AT))?.[0];
  if (behind !== undefined) return at + behind.length - plain.length;
  const before = text.slice(Math.max(at - LOOKED_AT, 0), at);
  const ahead = new RegExp(`(?<![\\w$])${own}(${made})?\\s*$`).exec(before)?.[0];
  if (ahead !== undefined) return at - ahead.length;
  return /\bconstructor\s*$/.test(before) ? definitionOf(text, { kind: "class", name: plain }, at) : undefined;
}
