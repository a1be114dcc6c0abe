import type { HeapGraph } from "../heap/HeapGraph.js";
import type { ByteSource, ReadOptions } from "./ByteSource.js";
import { SnapshotError } from "./errors.js";
import { looksLikeZip, readPyHeap } from "./pyheap/reader.js";

/**
 * Reads a snapshot, its format found by its structure.
 * @throws SnapshotError where it is no snapshot, or can't be read as a whole
 */
export async function readSnapshot(source: ByteSource, options: ReadOptions = {}): Promise<HeapGraph> {
  if (source.size === 0) {
    throw new SnapshotError("truncated", "the file is empty", { offset: 0 });
  }
  if (await looksLikeZip(source)) return readPyHeap(source, options);
  throw new SnapshotError("not-a-snapshot", "this is no heap snapshot that Ouroboros knows", {
    offset: 0,
    advice: "It reads .pyheapsnapshot files, which `ouroboros capture` writes.",
  });
}
