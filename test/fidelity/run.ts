import { execFile } from "node:child_process";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { delimiter, dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import type { Python } from "../rig/pythons.js";

const run = promisify(execFile);
const here = dirname(fileURLToPath(import.meta.url));
const agentFolder = join(here, "..", "..", "src", "capture", "python");

/** What one collection finds: addresses in the collector's own order (see forked.py). */
export interface Found {
  readonly collectable: readonly number[];
  readonly uncollectable: readonly number[];
  /** `gc.garbage` under DEBUG_SAVEALL: what would have been freed, then what is uncollectable. */
  readonly saveall: readonly number[];
}

/** What the real collector said and did right after the snapshot. */
export interface Truth extends Found {
  /** Collections of generation 0 and 1; none in 2.7. */
  readonly young: readonly Found[];
  readonly plain: {
    /** What was tracked before a full collection and is not afterwards. */
    readonly gone: readonly number[];
    readonly garbage: readonly number[];
    /** Objects whose `__del__` ran; negative: weak references whose callback ran. Of those that log it, in order. */
    readonly log: readonly number[];
  };
}

/** The truth about a program of closures.py, with the place of the function that is in the cycle. */
export interface ClosureTruth extends Truth {
  readonly file: string;
  readonly line: number;
  readonly function: string;
}

/** A snapshot and the truth about it. */
export interface FidelityCase<T extends Truth = Truth> {
  readonly seed: number;
  readonly snapshotPath: string;
  readonly truth: T;
}

/** Runs `use` with a temporary folder, which is removed afterwards. */
export async function withFolder<T>(use: (folder: string) => Promise<T>): Promise<T> {
  const folder = await mkdtemp(join(tmpdir(), "ouroboros-fidelity-"));
  try {
    return await use(folder);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function runScript(python: Python, script: string, args: readonly string[]): Promise<void> {
  const { stderr } = await run(python.path, [join(here, script), ...args], {
    env: {
      ...process.env,
      PYTHONPATH: [agentFolder, here].join(delimiter),
      PYTHONHASHSEED: "0",
      PYTHONDONTWRITEBYTECODE: "1",
    },
    timeout: 600_000,
    maxBuffer: 2 ** 26,
  });
  if (stderr.includes("unexpected while collecting")) throw new Error(`${python.name} ${script}: ${stderr}`);
}

async function readCase<T extends Truth>(folder: string, name: string, seed: number): Promise<FidelityCase<T>> {
  const truth = JSON.parse(await readFile(join(folder, `${name}.json`), "utf8")) as T;
  return { seed, snapshotPath: join(folder, `${name}.pyheapsnapshot`), truth };
}

/** Builds the random heaps of `seeds` in one process and captures each. The files go to `folder`. */
export async function runFidelity(python: Python, seeds: readonly number[], folder: string): Promise<FidelityCase[]> {
  await runScript(python, "random_heap.py", [folder, ...seeds.map(String)]);
  return Promise.all(seeds.map((seed) => readCase(folder, String(seed), seed)));
}

/** The recursive generator of closures, its remedy, or json's encoder, called `count` times before the capture. */
export async function runClosures(
  python: Python,
  program: "leaking" | "clean" | "json",
  count: number,
  folder: string,
): Promise<FidelityCase<ClosureTruth>> {
  await runScript(python, "closures.py", [folder, program, String(count)]);
  return readCase(folder, program, 0);
}

/** One reference that was really taken away, and what came of it. */
export interface RealCut {
  readonly from: number;
  readonly label: string | null;
  readonly to: number;
  /** Tracked objects that died at once, and those that a full collection freed then (or stopped tracking). */
  readonly now: readonly number[];
  readonly later: readonly number[];
  /** As `Truth.plain.log`. */
  readonly logNow: readonly number[];
  readonly logLater: readonly number[];
}

/** Programs that cut references, really, one at a time: random ones of random heaps, or the one to a structure. */
export type CutProgram = "random_cuts.py" | "random_cascade.py";

/** Builds random heaps in one process and cuts `cuts` references of each, one at a time. The files go to `folder`. */
export async function runCuts(
  python: Python,
  program: CutProgram,
  seeds: readonly number[],
  cuts: number,
  folder: string,
): Promise<{ readonly seed: number; readonly snapshotPath: string; readonly cuts: readonly RealCut[] }[]> {
  await runScript(python, program, [folder, String(cuts), ...seeds.map(String)]);
  return Promise.all(
    seeds.map(async (seed) => ({
      seed,
      snapshotPath: join(folder, `${seed}.pyheapsnapshot`),
      cuts: JSON.parse(await readFile(join(folder, `${seed}.json`), "utf8")) as RealCut[],
    })),
  );
}
