import type { HeapGraph } from "../heap/HeapGraph.js";
import { type ByteSource, type ReadOptions, startsWith } from "./ByteSource.js";
import { SnapshotError } from "./errors.js";
import { readPyHeap } from "./pyheap/reader.js";
import { readHeapSnapshot } from "./v8/reader.js";

const ZIP = [0x50, 0x4b];
const GZIP = [0x1f, 0x8b];
const OBJECT = [0x7b];

/**
 * Reads a snapshot, its format found by its structure.
 * @throws SnapshotError where it is no snapshot, or can't be read as a whole
 */
export async function readSnapshot(source: ByteSource, options: ReadOptions = {}): Promise<HeapGraph> {
  if (source.size === 0) {
    throw new SnapshotError("truncated", "the file is empty", { offset: 0 });
  }
  if (await startsWith(source, ZIP)) return readPyHeap(source, options);
  if (await startsWith(source, OBJECT)) return readHeapSnapshot(source, options);
  if (await startsWith(source, GZIP)) {
    throw new SnapshotError("not-a-snapshot", "the file is compressed with gzip", {
      offset: 0,
      advice: "Unpack it first: gunzip FILE.",
    });
  }
  throw new SnapshotError("not-a-snapshot", "this is no heap snapshot that Ouroboros knows", {
    offset: 0,
    advice: "It reads .pyheapsnapshot files, which `ouroboros capture` writes, and V8's .heapsnapshot files.",
  });
}
