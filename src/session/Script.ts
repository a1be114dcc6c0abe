import { readFileSync, type Stats, statSync } from "node:fs";
import { isAbsolute } from "node:path";
import { SourceMap } from "./SourceMap.js";
import { readMapText, UnmappedError } from "./sourceMapFile.js";

// A map within the script, which is a third longer than what it says, has to fit too.
const LARGEST_SCRIPT = 100 << 20;
const MOST_KEPT = 200 << 20;

/** A script that V8 ran, as it stands on this machine, with its source map. */
export class Script {
  readonly path: string;
  readonly text: string;
  /** Undefined where the script names none. */
  readonly map: SourceMap | undefined;
  /** Why the map that the script names is not there. */
  readonly unmapped?: string;
  readonly #starts: Uint32Array;

  constructor(path: string, text: string) {
    this.path = path;
    this.text = text;
    this.#starts = lineStarts(text);
    let map: SourceMap | undefined;
    try {
      const found = readMapText(path, text);
      map = found && new SourceMap(found, path, this.#starts.length);
    } catch (error) {
      if (!(error instanceof UnmappedError)) throw error;
      this.unmapped = `the source map of ${path} ${error.message}`;
    }
    this.map = map;
  }

  /** Offset in the text of a place; line and column are 1-based. Places outside are moved to its ends. */
  offsetOf(line: number, column: number): number {
    const row = Math.min(Math.max(line, 1), this.#starts.length) - 1;
    return Math.min(this.#starts[row] + column - 1, this.#starts[row + 1] ?? this.text.length);
  }

  /** Line and column, both 1-based, of an offset in the text. */
  placeOf(offset: number): { readonly line: number; readonly column: number } {
    let low = 0;
    let high = this.#starts.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >>> 1;
      if (this.#starts[middle] <= offset) low = middle;
      else high = middle - 1;
    }
    return { line: low + 1, column: offset - this.#starts[low] + 1 };
  }
}

/** Where the lines begin; V8 ends them where JavaScript does. */
function lineStarts(text: string): Uint32Array {
  const starts = [0];
  for (const { index, 0: end } of text.matchAll(/\r\n?|[\n\u2028\u2029]/g)) starts.push(index + end.length);
  return Uint32Array.from(starts);
}

/** Scripts that have been read, as long as they do not change and are not too many. */
export class Scripts {
  readonly #known = new Map<string, { readonly script: Script; readonly stat: Stats }>();

  /** The script with a path, or undefined where it is not here, or too large. */
  get(path: string): Script | undefined {
    // A path of another machine could be reached over the network; a snapshot alone shall not bring that about.
    if (!isAbsolute(path) || /^[\\/]{2}/.test(path)) return undefined;
    const stat = statOf(path);
    if (!stat?.isFile() || stat.size > LARGEST_SCRIPT) return undefined;
    const known = this.#known.get(path);
    this.#known.delete(path);
    const isSame = known?.stat.mtimeMs === stat.mtimeMs && known.stat.size === stat.size;
    const script = isSame ? known.script : readScript(path);
    if (script) this.#keep(path, script, stat);
    return script;
  }

  #keep(path: string, script: Script, stat: Stats): void {
    this.#known.set(path, { script, stat });
    let total = 0;
    for (const [other, { script: kept }] of [...this.#known].reverse()) {
      total += kept.text.length + (kept.map?.size ?? 0);
      if (total > MOST_KEPT && other !== path) this.#known.delete(other);
    }
  }
}

function readScript(path: string): Script | undefined {
  let text: string;
  try {
    text = readFileSync(path, "utf8");
  } catch {
    return undefined;
  }
  return new Script(path, text);
}

function statOf(path: string): Stats | undefined {
  try {
    return statSync(path);
  } catch {
    return undefined;
  }
}
