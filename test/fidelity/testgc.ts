import { spawn } from "node:child_process";
import { once } from "node:events";
import { readFile, rm } from "node:fs/promises";
import { delimiter, dirname, join } from "node:path";
import { createInterface } from "node:readline";
import { text } from "node:stream/consumers";
import { fileURLToPath } from "node:url";
import type { HeapGraph } from "../../src/heap/HeapGraph.js";
import type { Generation } from "../../src/model/collector.js";
import { openHeap } from "../../src/session/open.js";
import type { Python } from "../rig/pythons.js";
import { compareWithTruth, orderIsKnown } from "./compare.js";
import { type Found, withFolder } from "./run.js";

const here = dirname(fileURLToPath(import.meta.url));
const agentFolder = join(here, "..", "..", "src", "capture", "python");
const ABSENT = 3;
const NAMED_AT_MOST = 8;

/** Something of test_gc.py that was not compared, or that failed. */
export interface Note {
  readonly test: string;
  readonly reason: string;
}

/** How the model stood up to so many collections. */
export interface Counts {
  /** Collections that were compared. */
  calls: number;
  /** Those in which the real collector found something, and in which it found something uncollectable. */
  withGarbage: number;
  withUncollectable: number;
  /** Those in which the model finds the same objects unreachable, and also the same uncollectable. */
  setsEqual: number;
  uncollectableEqual: number;
  /** Those in which the order is known, and in which the model has it too. */
  ordersKnown: number;
  ordersEqual: number;
}

/** What came of one interpreter's test_gc.py; the counts are of its explicit calls of `gc.collect`. */
export interface TestGcReport extends Readonly<Counts> {
  /** False if the interpreter came without its test suite; then all else is empty. */
  readonly installed: boolean;
  /** How many of the calls were for generation 0 or 1. */
  readonly youngCalls: number;
  /** The same heaps, asked about collections of generations 0 and 1. None in 2.7. */
  readonly young: Readonly<Counts>;
  /** What differed, a text for each collection. */
  readonly differences: readonly string[];
  readonly leftOutCalls: readonly Note[];
  readonly passed: readonly string[];
  readonly failures: readonly Note[];
  readonly leftOut: readonly Note[];
}

type Event =
  | readonly ["call", number, Generation, string]
  | readonly ["left-out-call", string, string]
  | readonly ["passed" | "failed" | "left-out", string, string];

/**
 * Runs the interpreter's own Lib/test/test_gc.py, and compares the model with the real collector in each explicit
 * collection (see testgc.py).
 * @param tests names of test methods; all by default
 * @throws Error if the interpreter or a capture fails; failing tests are part of the report
 */
export function runTestGc(python: Python, tests: readonly string[] = []): Promise<TestGcReport> {
  return withFolder(async (folder) => {
    const child = spawn(python.path, [join(here, "testgc.py"), folder, ...tests], {
      env: {
        ...process.env,
        PYTHONPATH: [agentFolder, here].join(delimiter),
        PYTHONHASHSEED: "0",
        PYTHONDONTWRITEBYTECODE: "1",
      },
      cwd: folder,
      stdio: ["ignore", "pipe", "pipe"],
    });
    const ended = once(child, "close") as Promise<[number | null, string | null]>;
    const errors = text(child.stderr);
    const tally = new Tally(folder);
    try {
      for await (const line of createInterface(child.stdout)) await tally.take(JSON.parse(line) as Event);
      const [status, signal] = await ended;
      if (status === ABSENT) return { ...tally.report(), installed: false };
      if (status !== 0) throw new Error(`${python.name} testgc.py: ${signal ?? `status ${status}`}\n${await errors}`);
      return tally.report();
    } finally {
      child.kill();
      await ended.catch(() => undefined);
    }
  });
}

function noCounts(): Counts {
  return {
    calls: 0,
    withGarbage: 0,
    withUncollectable: 0,
    setsEqual: 0,
    uncollectableEqual: 0,
    ordersKnown: 0,
    ordersEqual: 0,
  };
}

/** Counts what happens, and removes what has been compared. */
class Tally {
  readonly #folder: string;
  readonly #calls = noCounts();
  readonly #young = noCounts();
  #youngCalls = 0;
  readonly #differences: string[] = [];
  readonly #leftOutCalls: Note[] = [];
  readonly #passed: string[] = [];
  readonly #failures: Note[] = [];
  readonly #leftOut: Note[] = [];

  constructor(folder: string) {
    this.#folder = folder;
  }

  async take(event: Event): Promise<void> {
    if (event[0] === "call") return this.#compare(event[1], event[3]);
    if (event[0] === "left-out-call") return void this.#leftOutCalls.push({ reason: event[1], test: event[2] });
    const [outcome, test, reason] = event;
    if (outcome === "passed") this.#passed.push(test);
    else (outcome === "failed" ? this.#failures : this.#leftOut).push({ test, reason });
  }

  async #compare(number: number, test: string): Promise<void> {
    const path = join(this.#folder, String(number));
    const answers = JSON.parse(await readFile(`${path}.json`, "utf8")) as (readonly [Generation, Found])[];
    const graph = await openHeap(`${path}.pyheapsnapshot`);
    for (const [index, [generation, truth]] of answers.entries()) {
      if (index === 0 && generation < 2) this.#youngCalls++;
      const where = `call ${number} in ${test}, ${index === 0 ? "" : "asked about "}generation ${generation}`;
      this.#count(graph, truth, generation, where, index === 0);
    }
    await rm(`${path}.pyheapsnapshot`);
    await rm(`${path}.json`);
  }

  #count(graph: HeapGraph, truth: Found, generation: Generation, where: string, isCall: boolean): void {
    const { missing, surplus, misjudged, ordersEqual } = compareWithTruth(graph, truth, generation);
    const named = [listed("missing", missing), listed("surplus", surplus), listed("misjudged", misjudged)].join("");
    if (named !== "") this.#differences.push(where + named);
    else if (orderIsKnown(graph) && !ordersEqual) this.#differences.push(`${where}: the order`);
    for (const counts of [...(isCall ? [this.#calls] : []), ...(generation < 2 ? [this.#young] : [])]) {
      counts.calls++;
      if (truth.collectable.length + truth.uncollectable.length > 0) counts.withGarbage++;
      if (truth.uncollectable.length > 0) counts.withUncollectable++;
      if (missing.length + surplus.length === 0) counts.setsEqual++;
      if (named === "") counts.uncollectableEqual++;
      if (orderIsKnown(graph)) counts.ordersKnown++;
      if (orderIsKnown(graph) && ordersEqual) counts.ordersEqual++;
    }
  }

  report(): TestGcReport {
    return {
      ...this.#calls,
      installed: true,
      youngCalls: this.#youngCalls,
      young: this.#young,
      differences: this.#differences,
      leftOutCalls: this.#leftOutCalls,
      passed: this.#passed,
      failures: this.#failures,
      leftOut: this.#leftOut,
    };
  }
}

function listed(title: string, objects: readonly string[]): string {
  if (objects.length === 0) return "";
  const more = objects.length > NAMED_AT_MOST ? `, … (${objects.length})` : "";
  return `\n    ${title}: ${objects.slice(0, NAMED_AT_MOST).join(", ")}${more}`;
}

/** The report as lines of text: counts, then what differed, failed or was left out, with reasons. */
export function describeTestGc(python: Python, report: TestGcReport): string {
  if (!report.installed) return `${python.name}: came without Lib/test/test_gc.py\n`;
  const { failures, leftOut, leftOutCalls, differences } = report;
  const lines = [
    `${python.name}: test_gc.py, ${described(report)}`,
    ...(report.young.calls === 0 ? [] : [`  the same heaps, generations 0 and 1: ${described(report.young)}`]),
    `  tests: ${report.passed.length + failures.length} run, ${failures.length} failed under the wrapper, ` +
      `${leftOut.length} left out; collections left out: ${leftOutCalls.length}`,
    ...differences.map((difference) => `  differs: ${difference}`),
    ...failures.map(({ test, reason }) => `  failed: ${test}: ${reason}`),
    ...grouped(leftOut).map((group) => `  left out: ${group}`),
    ...grouped(leftOutCalls).map((group) => `  collections left out: ${group}`),
  ];
  return `${lines.join("\n")}\n`;
}

function described(counts: Readonly<Counts>): string {
  const { calls, setsEqual, uncollectableEqual, ordersEqual, ordersKnown } = counts;
  return (
    `${calls} collections (${counts.withGarbage} with garbage, ${counts.withUncollectable} with uncollectable), ` +
    `sets equal ${setsEqual}/${calls}, uncollectable equal ${uncollectableEqual}/${calls}, ` +
    (ordersKnown === 0 ? "order not known" : `orders equal ${ordersEqual}/${ordersKnown}`)
  );
}

/** Notes with the same reason in one text: "test, test ×2: reason". */
function grouped(notes: readonly Note[]): string[] {
  return [...new Set(notes.map(({ reason }) => reason))].map((reason) => {
    const tests = notes.filter((note) => note.reason === reason).map(({ test }) => test);
    const names = [...new Set(tests)].map((test) => {
      const times = tests.filter((other) => other === test).length;
      return times === 1 ? test : `${test} ×${times}`;
    });
    return `${names.join(", ")}: ${reason}`;
  });
}
