import { type AllocatorInfo, allocatorNames } from "../../heap/Pymalloc.js";
import { SnapshotError } from "../errors.js";

export const FORMAT = "pyheapsnapshot";
const VERSION = 1;
const NAME_LIMIT = 1000;
// ECMAScript, "Time Values and Time Range": 8.64e15 milliseconds.
const MAX_SECONDS = 8.64e12;

/** A row of `meta.types`. Sizes in bytes. */
export interface MetaType {
  readonly id: number;
  readonly module: string;
  readonly name: string;
  /** `tp_flags`. */
  readonly flags: number;
  /** Which slots it has; bit 0: `tp_finalize`, bit 1: `tp_del`, bit 2: `tp_clear`. */
  readonly slots: number;
}

/** `meta.json`, checked. */
export interface Meta {
  readonly version: readonly [number, number, number];
  readonly capturedAt: number | null;
  readonly pid: number | null;
  readonly argv: readonly string[];
  readonly cwd: string;
  readonly mode: string;
  readonly consistent: boolean;
  readonly insideCollection: boolean | null;
  readonly total: number;
  readonly tracked: number;
  readonly counted: number;
  readonly bias: number;
  readonly own: readonly number[];
  readonly marker: number;
  readonly redacted: boolean;
  readonly gcEnabled: boolean | null;
  readonly segments: readonly (readonly [number, number])[] | null;
  readonly types: readonly MetaType[];
  readonly threads: readonly { readonly ident: number; readonly name: string; readonly current: boolean }[];
  readonly roots: readonly (readonly [string, number])[];
  readonly sources: ReadonlyMap<string, readonly [number, number]>;
  /** Null where the file does not tell. */
  readonly pymalloc: MetaPymalloc | null;
}

/** What small blocks were taken from. Sizes in bytes; they mean nothing where there is a problem. */
export interface MetaPymalloc {
  readonly info: AllocatorInfo;
  readonly poolBytes: number;
  readonly arenaBytes: number;
  readonly alignment: number;
  readonly headerBytes: number;
}

type Json = null | boolean | number | string | Json[] | { [key: string]: Json };
type JsonObject = { [key: string]: Json };

/** A file whose parts contradict each other. */
export function corrupt(what: string): SnapshotError {
  return new SnapshotError("corrupt", what, { format: FORMAT });
}

function broken(what: string): SnapshotError {
  return corrupt(`meta.json: ${what}`);
}

function object(value: Json | undefined, where: string): JsonObject {
  if (typeof value !== "object" || value === null || Array.isArray(value)) throw broken(`${where} is not an object`);
  return value;
}

function array(value: Json | undefined, where: string): Json[] {
  if (!Array.isArray(value)) throw broken(`${where} is not an array`);
  return value;
}

/** A whole number that addresses and counts can be: 0 up to 2^53 - 1. */
function natural(value: Json | undefined, where: string): number {
  if (typeof value !== "number" || !Number.isSafeInteger(value) || value < 0) {
    throw broken(`${where} is not a whole number`);
  }
  return value;
}

function text(value: Json | undefined, where: string): string {
  if (typeof value !== "string") throw broken(`${where} is not a text`);
  return value.length > NAME_LIMIT ? `${value.slice(0, NAME_LIMIT)}…` : value;
}

function optionalNumber(value: Json | undefined): number | null {
  return typeof value === "number" && Number.isFinite(value) ? value : null;
}

/** Seconds since 1970 that a Date can hold. */
function time(value: Json | undefined): number | null {
  const seconds = optionalNumber(value);
  return seconds === null || Math.abs(seconds) > MAX_SECONDS ? null : seconds;
}

function types(value: Json | undefined): MetaType[] {
  return array(value, "types").map((row, i) => {
    const [id, module, name, flags, slots] = array(row, `types[${i}]`);
    return {
      id: natural(id, `types[${i}][0]`),
      module: text(module, `types[${i}][1]`),
      name: text(name, `types[${i}][2]`),
      flags: natural(flags, `types[${i}][3]`),
      slots: natural(slots, `types[${i}][4]`),
    };
  });
}

function pymalloc(value: Json | undefined): MetaPymalloc | null {
  if (value === null || value === undefined) return null;
  const found = object(value, "pymalloc");
  const size = (name: string) => natural(found[name] ?? 0, `pymalloc.${name}`);
  return {
    info: {
      allocator: allocatorNames.find((name) => name === found["allocator"]) ?? "unknown",
      debug: found["debug"] === true,
      problem: typeof found["problem"] === "string" ? text(found["problem"], "pymalloc.problem") : null,
    },
    poolBytes: size("poolBytes"),
    arenaBytes: size("arenaBytes"),
    alignment: size("alignment"),
    headerBytes: size("header"),
  };
}

function segments(value: Json | undefined, tracked: number): [number, number][] | null {
  if (value === null || value === undefined) return null;
  const rows = array(value, "gc.segments").map((row, i): [number, number] => {
    const [generation, count] = array(row, `gc.segments[${i}]`);
    return [natural(generation, `gc.segments[${i}][0]`), natural(count, `gc.segments[${i}][1]`)];
  });
  if (rows.some(([generation]) => generation > 2)) throw broken("gc.segments names an unknown generation");
  const sum = rows.reduce((total, [, count]) => total + count, 0);
  if (sum !== tracked) throw broken(`gc.segments add up to ${sum}, but ${tracked} objects are tracked`);
  return rows;
}

/**
 * Reads and checks `meta.json`.
 * @throws SnapshotError not-a-snapshot, unsupported-version or corrupt
 */
export function parseMeta(bytes: Uint8Array): Meta {
  let json: Json;
  try {
    json = JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes)) as Json;
  } catch (error) {
    throw new SnapshotError("corrupt", `meta.json is not valid JSON: ${(error as Error).message}`, {
      format: FORMAT,
      cause: error,
    });
  }
  const meta = object(json, "the document");
  if (meta["format"] !== FORMAT) {
    throw new SnapshotError("not-a-snapshot", "meta.json does not say that this is a pyheapsnapshot", {
      advice: "Open a file that `ouroboros capture` wrote.",
    });
  }
  const version = natural(meta["version"], "version");
  if (version !== VERSION) {
    throw new SnapshotError(
      "unsupported-version",
      `the file has format version ${version}; this program reads version ${VERSION}`,
      { format: FORMAT, advice: "Use the version of Ouroboros that wrote it, or capture again." },
    );
  }
  const runtime = object(meta["runtime"], "runtime");
  if (runtime["implementation"] !== "cpython") throw broken("runtime.implementation is not cpython");
  const [major, minor, micro] = array(runtime["version"], "runtime.version");
  const process = object(meta["process"] ?? {}, "process");
  const capture = object(meta["capture"] ?? {}, "capture");
  const nodes = object(meta["nodes"], "nodes");
  const refcount = object(meta["refcount"], "refcount");
  const gc = object(meta["gc"] ?? {}, "gc");
  const total = natural(nodes["total"], "nodes.total");
  const tracked = natural(nodes["tracked"], "nodes.tracked");
  const counted = natural(nodes["counted"], "nodes.counted");
  if (tracked > counted || counted > total) throw broken("nodes: tracked, counted and total do not fit together");
  const inside = capture["insideCollection"];
  return {
    version: [
      natural(major, "runtime.version[0]"),
      natural(minor, "runtime.version[1]"),
      natural(micro, "runtime.version[2]"),
    ],
    capturedAt: time(process["capturedAt"]),
    pid: optionalNumber(process["pid"]),
    argv: array(process["argv"] ?? [], "process.argv").map((a, i) => text(a, `process.argv[${i}]`)),
    cwd: text(process["cwd"] ?? "", "process.cwd"),
    mode: text(capture["mode"] ?? "", "capture.mode"),
    consistent: capture["consistent"] !== false,
    insideCollection: typeof inside === "boolean" ? inside : null,
    total,
    tracked,
    counted,
    bias: natural(refcount["bias"], "refcount.bias"),
    own: array(refcount["own"] ?? [], "refcount.own").map((a, i) => natural(a, `refcount.own[${i}]`)),
    marker: natural(object(meta["edges"], "edges")["marker"], "edges.marker"),
    redacted: meta["redacted"] === true,
    gcEnabled: typeof gc["enabled"] === "boolean" ? gc["enabled"] : null,
    segments: segments(gc["segments"], tracked),
    types: types(meta["types"]),
    threads: array(meta["threads"] ?? [], "threads").map((row, i) => {
      const thread = object(row, `threads[${i}]`);
      return {
        ident: natural(thread["ident"], `threads[${i}].ident`),
        name: text(thread["name"] ?? "", `threads[${i}].name`),
        current: thread["current"] === true,
      };
    }),
    roots: array(meta["roots"] ?? [], "roots").map((row, i): [string, number] => {
      const [name, id] = array(row, `roots[${i}]`);
      return [text(name, `roots[${i}][0]`), natural(id, `roots[${i}][1]`)];
    }),
    sources: new Map(
      Object.entries(object(meta["sources"] ?? {}, "sources")).map(([file, row]) => {
        const [time, size] = array(row, `sources[${JSON.stringify(file)}]`);
        return [file, [optionalNumber(time) ?? 0, optionalNumber(size) ?? 0]];
      }),
    ),
    pymalloc: pymalloc(meta["pymalloc"]),
  };
}
