import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, renameSync, statSync } from "node:fs";
import { join } from "node:path";
import type { V8Peers } from "../../test/rig/v8Peers.mjs";

/** A heap of the benchmark. */
export interface Size {
  /** Of the file. */
  readonly megabytes: number;
  /** What the generator is asked for. */
  readonly users: number;
  readonly rounds: number;
  /** GB that the hungriest peer needs. */
  readonly memory: number;
}

export const SIZES: readonly Size[] = [
  { megabytes: 31, users: 6_000, rounds: 5, memory: 1 },
  { megabytes: 151, users: 32_000, rounds: 5, memory: 2 },
  { megabytes: 624, users: 130_000, rounds: 3, memory: 5 },
  { megabytes: 1661, users: 330_000, rounds: 1, memory: 12 },
];

/** What belongs to the benchmark of V8 snapshots alone. */
export const HOME = join(".cache", "v8-bench");

/** Path of the snapshot of that size; made once, by Node 24, which takes some seconds for each 100 MB. */
export function ensureHeap({ megabytes, users }: Size, peers: V8Peers): string {
  const file = join(HOME, `${megabytes}.heapsnapshot`);
  if (existsSync(file)) return file;
  mkdirSync(HOME, { recursive: true });
  process.stderr.write(`Writing a snapshot of ${megabytes} MB into ${HOME} …\n`);
  const coming = join(HOME, "coming.heapsnapshot");
  const generator = join("bench", "v8", "heap.cjs");
  execFileSync(peers.nodes["node24"], ["--max-old-space-size=12000", generator, coming, String(users)]);
  renameSync(coming, file);
  process.stderr.write(`${file} has ${(statSync(file).size / 1e6).toFixed(0)} MB\n`);
  return file;
}
