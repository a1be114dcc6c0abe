import {
  decodedMappings,
  FlattenMap,
  originalPositionFor,
  sourceContentFor,
  type TraceMap,
  traceSegment,
} from "@jridgewell/trace-mapping";
import { statSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { decoded, isUrl, urlParts, withoutFileScheme } from "../model/scriptNames.js";
import { type MapText, UnmappedError } from "./sourceMapFile.js";

// A segment takes about a hundred bytes once it is decoded.
const MOST_SEGMENTS = 8_000_000;
const DEEPEST = 16;
const COMMA = 44;
const SEMICOLON = 59;
// Folders upwards from the map in which a bundler's own names of sources are looked for.
const UPWARDS = 8;

const GENERATED_COLUMN = 0;
const NAME = 4;

/** A place in an original source. Line and column are 1-based. */
export interface OriginalPlace {
  /** A path where the source has one here or could have; else the URL that the bundler gave it. */
  readonly file: string;
  readonly line: number;
  readonly column: number;
}

/** A parsed source map of a script. */
export class SourceMap {
  /** Characters of its text. */
  readonly size: number;
  readonly #map: TraceMap;
  readonly #folder: string;
  readonly #script: string;
  readonly #files = new Map<string, string>();

  /**
   * @param script path of the script
   * @param lines of the script: a map with more of them is cut
   * @throws UnmappedError for what is no source map, or too large a one
   */
  constructor({ text, folder }: MapText, script: string, lines: number) {
    this.size = text.length;
    this.#folder = folder;
    this.#script = script;
    let parsed: unknown;
    try {
      // Servers were advised to put this line in front, so that no page can load a map as a script.
      parsed = JSON.parse(text.replace(/^\)\]\}'?[^\n]*\n/, ""));
    } catch {
      throw new UnmappedError("is no JSON");
    }
    const budget = { segments: MOST_SEGMENTS };
    const checked = checkedMap(parsed, lines, budget, 0);
    try {
      this.#map = new FlattenMap(checked as ConstructorParameters<typeof FlattenMap>[0]);
      // Done by the first question otherwise, which no longer expects it to fail.
      decodedMappings(this.#map);
    } catch {
      throw malformed();
    }
  }

  /**
   * The original place of one in the script, or undefined where the map says nothing of it.
   * @param line 1-based
   * @param column 1-based
   */
  at(line: number, column: number): OriginalPlace | undefined {
    const found = originalPositionFor(this.#map, { line, column: column - 1 });
    if (typeof found.source !== "string" || found.source === "" || !(found.line >= 1) || !(found.column >= 0))
      return undefined;
    return { file: this.#fileOf(found.source), line: found.line, column: found.column + 1 };
  }

  /**
   * The original name of an identifier that begins at a place in the script, or undefined where the map does not name
   * it.
   * @param line 1-based
   * @param column 1-based
   */
  nameAt(line: number, column: number): string | undefined {
    const segment = traceSegment(this.#map, line - 1, column - 1);
    if (segment?.length !== 5 || segment[GENERATED_COLUMN] !== column - 1) return undefined;
    const name: unknown = this.#map.names[segment[NAME]];
    return typeof name === "string" && name !== "" ? name : undefined;
  }

  /** Bytes of a source by its file, if the map holds its text; else null. */
  sizeOf(file: string): number | null {
    for (const source of this.#map.resolvedSources) {
      if (typeof source !== "string" || this.#fileOf(source) !== file) continue;
      const content = contentOf(this.#map, source);
      return content === null ? null : Buffer.byteLength(content);
    }
    return null;
  }

  #fileOf(source: string): string {
    const known = this.#files.get(source);
    if (known !== undefined) return known;
    const path = withoutFileScheme(source);
    const file = isUrl(path) ? (this.#upwards(source) ?? path) : this.#path(path);
    this.#files.set(source, file);
    return file;
  }

  /** Sources are URLs by the standard, and plain paths in what many tools write. */
  #path(source: string): string {
    // A Windows path means nothing to another system's notion of "absolute".
    if (/^[a-z]:[\\/]|^\\\\/i.test(source)) return source;
    const plain = source.replace(/[?#].*$/s, "");
    const tried = [source, plain, decoded(plain)].map((path) => resolve(this.#folder, path));
    return tried.find((path) => isFile(path)) ?? tried[2];
  }

  /** The file of a bundler's name like `webpack://app/./src/a.ts`, relative to the map's folder or one above it. */
  #upwards(source: string): string | undefined {
    const parts = urlParts(source);
    if (!parts || parts.length === 0 || /^https?:/i.test(source)) return undefined;
    let folder = this.#folder;
    for (let steps = 0; steps < UPWARDS; steps++) {
      const file = join(folder, ...parts);
      // A bare name says too little, unless the text is the same.
      if (file !== this.#script && isFile(file) && (parts.length > 1 || this.#hasSizeOf(source, file))) return file;
      const above = dirname(folder);
      if (above === folder) break;
      folder = above;
    }
    return undefined;
  }

  #hasSizeOf(source: string, file: string): boolean {
    const content = contentOf(this.#map, source);
    return content !== null && Buffer.byteLength(content) === statSync(file).size;
  }
}

function contentOf(map: TraceMap, source: string): string | null {
  const content: unknown = Array.isArray(map.sourcesContent) ? sourceContentFor(map, source) : null;
  return typeof content === "string" ? content : null;
}

function malformed(): UnmappedError {
  return new UnmappedError("is malformed");
}

/**
 * A map that can be worked with: its parts are what they should be, and none of them is beyond the script's end, since
 * an array is made of each line up to there.
 */
function checkedMap(parsed: unknown, lines: number, budget: { segments: number }, depth: number): unknown {
  if (typeof parsed !== "object" || parsed === null || depth > DEEPEST) throw malformed();
  const map = parsed as Record<string, unknown>;
  if (Number(map["version"]) !== 3) throw new UnmappedError("is not of version 3, the one that is known");
  if (map["sections"] !== undefined) {
    if (!Array.isArray(map["sections"])) throw malformed();
    const sections = map["sections"].map((section: unknown) => checkedSection(section, lines, budget, depth));
    return { ...map, sections: sections.filter((section) => section !== undefined) };
  }
  const { mappings, sources, names } = map;
  if (typeof mappings !== "string" || !Array.isArray(sources)) throw malformed();
  if (!sources.every((source) => source === null || typeof source === "string")) throw malformed();
  return {
    ...map,
    sourceRoot: typeof map["sourceRoot"] === "string" ? map["sourceRoot"] : undefined,
    names: Array.isArray(names) ? (names as unknown[]) : [],
    mappings: mappings.slice(0, lengthOfLines(mappings, lines, budget)),
  };
}

function checkedSection(section: unknown, lines: number, budget: { segments: number }, depth: number): unknown {
  const { offset, map, url } = (section ?? {}) as Record<string, unknown>;
  if (url !== undefined && map === undefined) throw new UnmappedError("has sections elsewhere, which is not supported");
  const { line, column } = (offset ?? {}) as Record<string, unknown>;
  if (!isCount(line) || !isCount(column)) throw malformed();
  if (line >= lines) return undefined;
  return { offset: { line, column }, map: checkedMap(map, lines - line, budget, depth + 1) };
}

function isCount(value: unknown): value is number {
  return Number.isInteger(value) && (value as number) >= 0;
}

/** How much of the mappings is about the first so many lines. */
function lengthOfLines(mappings: string, lines: number, budget: { segments: number }): number {
  let left = lines;
  for (let i = 0; i < mappings.length; i++) {
    const code = mappings.charCodeAt(i);
    if (code === COMMA && --budget.segments < 0) {
      throw new UnmappedError(`is too large: more than ${MOST_SEGMENTS} places`);
    }
    if (code === SEMICOLON && --left === 0) return i;
  }
  return mappings.length;
}

function isFile(path: string): boolean {
  try {
    return statSync(path).isFile();
  } catch {
    return false;
  }
}
