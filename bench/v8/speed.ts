// V8 snapshots: time to parsed and to retained sizes, and memory, beside the peers that read the same format.
import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { Python } from "../../test/rig/pythons.js";
import { ensureV8Peers } from "../../test/rig/v8Peers.mjs";
import { bundled } from "../bundle.js";
import type { Row } from "../editor/editor.js";
import { type Spread, shown, spread } from "../spread.js";
import { ensureHeap, type Size } from "./heaps.js";
import { nativeTool } from "./native.js";
import { type OtherPeer, otherPeers } from "./otherPeers.js";

// JSON.parse takes no file that is longer than a string can be.
const MOST_JSON = 500;
// Below, the start of Node is most of it.
const LEAST_REQUIRED = 151;

/** What one run of a program cost. */
interface Cost {
  /** Seconds of the whole process. */
  readonly seconds: number;
  readonly cpu: number;
  readonly peakBytes: number;
  /** Seconds from its own start to the whole file parsed, where it tells that. */
  readonly parsed: number;
  /** Seconds of CPU time until then, the start of the process included. */
  readonly parsedCpu: number;
}

/** The costs of a program, one a round, or why there are none. */
type Costs = readonly Cost[] | string;

interface Program {
  readonly name: string;
  readonly command: readonly string[];
}

/** The table's rows for the heap of one size. Each program is a process of its own, all in turn, `rounds` times. */
export async function speedRows(python: Python, size: Size, folder: string): Promise<Row[]> {
  const peers = await ensureV8Peers();
  const file = ensureHeap(size, peers);
  const free = freeGigabytes();
  if (free < size.memory) {
    const why = `not measured: the peers need ${size.memory} GB of memory, and ${free.toFixed(1)} are free`;
    return [[`${size.megabytes} MB`, why, "", undefined]];
  }
  const node = [peers.nodes["node24"], "--max-old-space-size=16000"];
  const script = (name: string) => join("bench", "v8", `${name}.mjs`);
  const native = nativeTool();
  const others = otherPeers(size);
  const programs: Program[] = [
    { name: "ours", command: [peers.nodes["node24"], await bundled("v8/open", folder), file] },
    ...(typeof native === "string" ? [] : [{ name: "native", command: [...native, "statistics", file] }]),
    { name: "DevTools", command: [...node, script("devTools"), peers.bundle, file] },
    ...others.flatMap(({ name, script: path }) => (path ? [{ name, command: [...node, path, file] }] : [])),
    ...(size.megabytes > MOST_JSON ? [] : [{ name: "JSON.parse", command: [...node, script("json"), file] }]),
    { name: "scan", command: [...node, script("scan"), file] },
    { name: "read", command: [...node, script("read"), file] },
  ];
  const costs = inTurn(python, programs, size.rounds);
  if (typeof native === "string") costs.set("native", native);
  return rowsOf(costs, others, size.megabytes >= LEAST_REQUIRED);
}

function inTurn(python: Python, programs: readonly Program[], rounds: number): Map<string, Costs> {
  const costs = new Map<string, Cost[] | string>(programs.map(({ name }) => [name, []]));
  for (let round = 0; round < rounds; round++) {
    for (const { name, command } of programs) {
      const so = costs.get(name)!;
      if (typeof so === "string") continue;
      const cost = measured(python, command);
      if (typeof cost === "string") costs.set(name, cost);
      else so.push(cost);
    }
  }
  return costs;
}

function measured(python: Python, command: readonly string[]): Cost | string {
  const out = execFileSync(python.path, [join("bench", "v8", "measured.py"), ...command], { encoding: "utf8" });
  const told = JSON.parse(out) as Omit<Cost, "parsed" | "parsedCpu"> & { code: number; line: string; errors: string };
  const lastLine = told.errors.trim().split("\n").at(-1)!;
  if (told.code !== 0) return `fails: ${lastLine.slice(0, 120) || `exit code ${told.code}`}`;
  const times = told.line.startsWith("{") ? (JSON.parse(told.line) as { parsed?: number; parsedCpu?: number }) : {};
  return { ...told, parsed: (times.parsed ?? NaN) / 1e3, parsedCpu: (times.parsedCpu ?? NaN) / 1e3 };
}

function rowsOf(costs: ReadonlyMap<string, Costs>, others: readonly OtherPeer[], isRequired: boolean): Row[] {
  const ours = costs.get("ours")!;
  if (typeof ours === "string") return [["ours", ours, "", false]];
  const rows: Row[] = [];
  const tell = (name: string, what: string) => {
    const own = costs.get(name)!;
    rows.push([what, typeof own === "string" ? own : told(own), "", undefined]);
  };
  const compare = (name: string, what: string, of: (cost: Cost) => number, most: number | undefined) => {
    const own = costs.get(name)!;
    if (typeof own === "string") return;
    // Each with its neighbour in the same round.
    const ratio = spread(own.map((cost, round) => of(ours[round]) / of(cost)));
    const required = most !== undefined && isRequired;
    const met = required ? ratio.median <= most : undefined;
    rows.push([what, shown(ratio), required ? `at most ${most}` : "", met]);
  };
  tell("ours", "Ouroboros: parsed, s; to retained sizes, s; CPU, s; peak, MB");
  tell("native", "native (@heap-snapshot/tool): the same");
  compare("native", "times native's time to retained sizes", ({ seconds }) => seconds, 1);
  compare("native", "times its CPU time", ({ cpu }) => cpu, undefined);
  compare("native", "times its peak memory", ({ peakBytes }) => peakBytes, 1);
  tell("DevTools", "DevTools, on two threads: the same");
  compare("DevTools", "times DevTools' time to retained sizes", ({ seconds }) => seconds, 0.5);
  compare("DevTools", "times its CPU time", ({ cpu }) => cpu, undefined);
  compare("DevTools", "times its peak memory", ({ peakBytes }) => peakBytes, undefined);
  for (const { name, why } of others) {
    if (why !== undefined) {
      rows.push([name, why, "", undefined]);
      continue;
    }
    tell(name, `${name}: the same`);
    compare(name, `times ${name}'s time to retained sizes`, ({ seconds }) => seconds, undefined);
  }
  tell("scan", "floor: the file's numbers and quotes in JavaScript, nothing kept but them");
  compare("scan", "times as long until parsed", ({ parsed }) => parsed, 3);
  compare("scan", "times its CPU time until parsed", ({ parsedCpu }) => parsedCpu, undefined);
  if (costs.has("JSON.parse")) tell("JSON.parse", "JSON.parse of the file");
  tell("read", "floor: the file's bytes read");
  return rows;
}

function told(costs: readonly Cost[]): string {
  const of = (value: (cost: Cost) => number): Spread => spread(costs.map(value));
  const parsed = of(({ parsed: seconds }) => seconds);
  return [
    Number.isNaN(parsed.median) ? "–" : shown(parsed),
    shown(of(({ seconds }) => seconds)),
    shown(of(({ cpu }) => cpu)),
    Math.max(...costs.map(({ peakBytes }) => peakBytes / 2 ** 20)).toFixed(0),
  ].join("; ");
}

/** Memory that processes can have without others being pushed out. */
function freeGigabytes(): number {
  const kilobytes = /^MemAvailable:\s+(\d+)/m.exec(readFileSync("/proc/meminfo", "latin1"));
  return kilobytes ? (Number(kilobytes[1]) * 1024) / 1e9 : 0;
}
