import { execFile } from "node:child_process";
import { readFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { HeapGraph } from "../../src/heap/HeapGraph.js";
import { EdgeKind, Standing } from "../../src/heap/kinds.js";
import type { FidelityCase, Found, Truth } from "./run.js";

const run = promisify(execFile);
const here = dirname(fileURLToPath(import.meta.url));

/** The name by which `npm run fidelity -- --python` calls it. */
export const PYODIDE = "pyodide";

const ABOUT_A_HEAP = ["captured", "young", "plain"];
const ABOUT_THE_AGENT = ["counts", "generators"];

async function answer<T>(folder: string, seed: number, question: string): Promise<T> {
  return JSON.parse(await readFile(join(folder, `${seed}.${question}.json`), "utf8")) as T;
}

async function readCase(folder: string, seed: number): Promise<FidelityCase> {
  const truth: Truth = {
    ...(await answer<Found>(folder, seed, "captured")),
    young: [await answer<Found>(folder, seed, "young")],
    plain: await answer<Truth["plain"]>(folder, seed, "plain"),
  };
  return { seed, snapshotPath: join(folder, `${seed}.pyheapsnapshot`), truth };
}

/**
 * Random heaps of CPython 3.14 in Pyodide, with what its collector says; of young collections only generation 0.
 * @param asked a seed for whose heap `readCounts` and `readGenerators` are to have an answer
 */
export async function runPyodide(
  seeds: readonly number[],
  folder: string,
  asked?: number,
): Promise<{ readonly version: string; readonly cases: readonly FidelityCase[] }> {
  const heaps = seeds.map((seed) => {
    const questions = seed === asked ? [...ABOUT_A_HEAP, ...ABOUT_THE_AGENT] : ABOUT_A_HEAP;
    return `${seed}:${questions.join(",")}`;
  });
  const { stdout, stderr } = await run(process.execPath, [join(here, "pyodide.mjs"), folder, ...heaps], {
    timeout: 600_000,
    maxBuffer: 2 ** 26,
  });
  if (stderr.includes("unexpected while collecting")) throw new Error(`pyodide: ${stderr}`);
  return { version: stdout.trim(), cases: await Promise.all(seeds.map((seed) => readCase(folder, seed))) };
}

/** A capture, and the refcount in memory of each tracked object by address right after it. */
export async function readCounts(
  seed: number,
  folder: string,
): Promise<{ readonly snapshotPath: string; readonly counts: ReadonlyMap<number, number> }> {
  const counts = await answer<Record<string, number>>(folder, seed, "counts");
  return {
    snapshotPath: join(folder, `${seed}.counts.pyheapsnapshot`),
    counts: new Map(Object.entries(counts).map(([address, count]) => [Number(address), count])),
  };
}

/** A generator of target_generators.py: what the marks must say of it. */
export type PlantedGenerator = readonly [
  name: string,
  address: number,
  guarded: boolean,
  unstarted: boolean,
  ran: readonly string[],
];

/** A capture of generators that wait at all sorts of points, and these. */
export async function readGenerators(
  seed: number,
  folder: string,
): Promise<{ readonly snapshotPath: string; readonly planted: readonly PlantedGenerator[] }> {
  return {
    snapshotPath: join(folder, `${seed}.generators.pyheapsnapshot`),
    planted: await answer<PlantedGenerator[]>(folder, seed, "generators"),
  };
}

/** How many borrowed references a heap has. */
export function borrowedCount({ columns }: HeapGraph): number {
  return columns.edgeClass.filter((edgeClass) => edgeClass === (EdgeKind.strong | Standing.borrowed)).length;
}

/** The heap as it would be read if the snapshot did not tell which references are borrowed. */
export function withoutBorrowed(graph: HeapGraph): HeapGraph {
  const edgeClass = graph.columns.edgeClass.map((one) =>
    one === (EdgeKind.strong | Standing.borrowed) ? EdgeKind.strong | Standing.traversed : one,
  );
  return new HeapGraph({ ...graph, columns: { ...graph.columns, edgeClass } });
}
