import { statfs } from "node:fs/promises";
import { freemem } from "node:os";
import { dirname, resolve } from "node:path";
import { CaptureRefusedError } from "./errors.js";
import type { InspectorConnection } from "./InspectorConnection.js";

const ANSWER_MS = 10_000;
const MB = 1 << 20;
// Measured on heaps of small objects, the worst there are: bytes that V8 and its inspector need meanwhile, and bytes of
// the file, for each byte of the heap.
const MEMORY_FACTOR = 11;
const FILE_FACTOR = 3;

/**
 * Refuses a capture for which memory or disk of this machine look scarce.
 * @param path of the snapshot
 * @throws CaptureRefusedError
 */
export async function checkSpace(connection: InspectorConnection, path: string): Promise<void> {
  const used = Number((await connection.send("Runtime.getHeapUsage", {}, ANSWER_MS))["usedSize"]);
  const folder = dirname(resolve(path));
  const { bavail, bsize } = await statfs(folder);
  check(used * MEMORY_FACTOR, "of memory", freemem());
  check(used * FILE_FACTOR, `in ${folder}`, bavail * bsize);
}

function check(needed: number, where: string, left: number): void {
  const megabytes = (bytes: number) => `${Math.ceil(bytes / MB)} MB`;
  if (needed <= left) return;
  throw new CaptureRefusedError(
    `the capture may need ${megabytes(needed)} ${where} and there are ${megabytes(left)} left; use --force anyway`,
  );
}
