import { open as openFile } from "node:fs/promises";
import { totalmem } from "node:os";
import type { ByteSource, ReadOptions } from "../formats/ByteSource.js";
import { SnapshotError } from "../formats/errors.js";
import { readSnapshot } from "../formats/read.js";
import type { HeapGraph } from "../heap/HeapGraph.js";

const MEMORY_SHARE = 0.8;

/**
 * Opens a snapshot file and reads it as a whole.
 * @throws SnapshotError; also for a file that is not there or may not be read
 */
export async function openHeap(path: string, options: ReadOptions = {}): Promise<HeapGraph> {
  let handle;
  try {
    handle = await openFile(path, "r");
  } catch (error) {
    throw new SnapshotError("unreadable", `the file can't be opened: ${(error as Error).message}`, {
      advice: "Check the name and the permissions.",
      cause: error,
    });
  }
  try {
    const stat = await handle.stat();
    if (!stat.isFile()) {
      throw new SnapshotError("unreadable", "this is not a regular file", { advice: "Name a snapshot file." });
    }
    const file = handle;
    const source: ByteSource = {
      name: path,
      size: stat.size,
      async read(target, position) {
        let done = 0;
        while (done < target.length) {
          const { bytesRead } = await file.read(target, done, target.length - done, position + done);
          if (bytesRead === 0) {
            throw new SnapshotError("truncated", "the file ends before its content does", { offset: position + done });
          }
          done += bytesRead;
        }
      },
    };
    return await readSnapshot(source, { maxBytes: totalmem() * MEMORY_SHARE, ...options });
  } finally {
    await handle.close();
  }
}
