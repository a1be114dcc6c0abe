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

/** What the real collector said right after the snapshot: addresses in its own order (see truth.py). */
export interface Truth {
  readonly collectable: readonly number[];
  readonly uncollectable: readonly number[];
  /** `gc.garbage` under DEBUG_SAVEALL: what would have been freed, then what is uncollectable. */
  readonly saveall: readonly number[];
  /** Objects whose `__del__` ran, of those that log it. */
  readonly finalizers: readonly number[];
  /** Weak references whose callback ran, of those that log it. */
  readonly callbacks: readonly number[];
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
