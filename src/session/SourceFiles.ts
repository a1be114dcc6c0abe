import { readFileSync, statSync } from "node:fs";
import { resolve } from "node:path";
import type { HeapGraph, SourceLocation } from "../heap/HeapGraph.js";
import type { Anchor } from "../model/source.js";
import { ScriptFiles } from "./ScriptFiles.js";

const LARGEST = 4_000_000;
// Source maps are large: they are read once, not for each question.
const scriptsOf = new WeakMap<HeapGraph, ScriptFiles>();

/** Source files of the captured program, as far as they are here and unchanged since. */
export class SourceFiles {
  /** The scripts of a heap of V8; undefined for other heaps. */
  readonly scripts: ScriptFiles | undefined;
  readonly #graph: HeapGraph;
  readonly #lines = new Map<string, readonly string[] | undefined>();

  constructor(graph: HeapGraph) {
    this.#graph = graph;
    if (graph.info.runtime !== "v8") return;
    this.scripts = scriptsOf.get(graph) ?? new ScriptFiles();
    scriptsOf.set(graph, this.scripts);
  }

  /**
   * The line where a class or a variable is defined, where the file can be read: a snapshot knows the lines of
   * functions only. Of scripts it is the place in the original source, where a source map leads there. Otherwise the
   * location as it was.
   */
  refine(location: SourceLocation, anchor?: Anchor): SourceLocation {
    return this.scripts ? this.scripts.refine(location, anchor) : this.#refinePython(location, anchor);
  }

  #refinePython(location: SourceLocation, anchor: Anchor | undefined): SourceLocation {
    const lines = anchor && this.#read(location.file);
    if (!lines) return location;
    const name = anchor.name.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
    const indent = anchor.kind === "global" ? "" : "\\s*";
    const wanted =
      anchor.kind === "class"
        ? new RegExp(`^\\s*class\\s+${name}\\b`)
        : new RegExp(`^${indent}${name}\\s*(:[^=]*)?=(?!=)`);
    if (anchor.kind === "global") {
      const first = lines.findIndex((line) => wanted.test(line));
      return first < 0 ? location : { ...location, line: first + 1, name: anchor.name };
    }
    if (anchor.kind !== "variable") {
      // Upwards from the first method: another class of that name may stand elsewhere in the file.
      for (let i = Math.min(location.line, lines.length) - 1; i >= 0; i--) {
        if (wanted.test(lines[i])) return { ...location, line: i + 1 };
      }
      return location;
    }
    const found = lines.findIndex((line, i) => i + 1 >= location.line && wanted.test(line));
    const at = found >= 0 ? found : lines.findIndex((line) => wanted.test(line));
    return at < 0 ? location : { ...location, line: at + 1 };
  }

  #read(file: string): readonly string[] | undefined {
    if (!this.#lines.has(file)) this.#lines.set(file, this.#load(file));
    return this.#lines.get(file);
  }

  #load(file: string): readonly string[] | undefined {
    const recorded = this.#graph.info.sources.get(file);
    const path = resolve(this.#graph.info.cwd, file);
    try {
      const stat = statSync(path);
      if (!stat.isFile() || stat.size > LARGEST) return undefined;
      if (recorded && recorded[1] !== stat.size) return undefined;
      return readFileSync(path, "utf8").split(/\r\n?|\n/);
    } catch {
      return undefined;
    }
  }
}
