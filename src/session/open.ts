import { type FileHandle, open as openFile, stat } from "node:fs/promises";
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
  const handle = await openRegular(path);
  try {
    const source = fileSource(path, handle, (await handle.stat()).size);
    return await readSnapshot(source, { maxBytes: totalmem() * MEMORY_SHARE, ...options });
  } finally {
    await handle.close();
  }
}

/** Opens a file that is one, and no folder, pipe or device. @throws SnapshotError unreadable */
export async function openRegular(path: string): Promise<FileHandle> {
  try {
    // Asked before opening, which for a pipe would wait until somebody writes to it.
    if ((await stat(path)).isFile()) return await openFile(path, "r");
  } catch (error) {
    const missing = (error as NodeJS.ErrnoException).code === "ENOENT";
    const reason = missing ? "there is no such file" : `the file can't be opened: ${(error as Error).message}`;
    throw new SnapshotError("unreadable", reason, {
      advice: "Check the name and the permissions.",
      cause: error,
    });
  }
  throw new SnapshotError("unreadable", "this is not a regular file", { advice: "Name a snapshot file." });
}

/** The bytes of an open file of this size. */
export function fileSource(name: string, file: FileHandle, size: number): ByteSource {
  return {
    name,
    size,
    async read(target, position) {
      let done = 0;
      while (done < target.length) {
        const offset = position + done;
        const { bytesRead } = await file.read(target, done, target.length - done, offset).catch((error: Error) => {
          throw new SnapshotError("unreadable", `the disk can't be read: ${error.message}`, { offset, cause: error });
        });
        if (bytesRead === 0) throw new SnapshotError("truncated", "the file ends before its content does", { offset });
        done += bytesRead;
      }
    },
  };
}
