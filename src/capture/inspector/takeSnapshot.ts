import { CaptureFailedError } from "./errors.js";
import type { InspectorConnection } from "./InspectorConnection.js";
import { type SnapshotFacts, SnapshotFile } from "./SnapshotFile.js";

const ANSWER_MS = 10_000;

/** Tells how far a capture is: the share (0 to 1) while the heap is walked, then the bytes of the file. */
export type CaptureProgress = (state: { readonly share?: number; readonly bytes?: number }) => void;

/** How a snapshot is taken. */
export interface TakeOptions {
  readonly progress?: CaptureProgress;
  /** Gives up; what has been written is removed. */
  readonly signal?: AbortSignal;
}

/**
 * Takes a heap snapshot and writes it piece by piece, as it comes.
 * @param path the file; one that is there is replaced when the new one is whole
 * @throws CaptureFailedError
 */
export async function takeSnapshot(
  connection: InspectorConnection,
  path: string,
  { progress, signal }: TakeOptions = {},
): Promise<SnapshotFacts> {
  const file = new SnapshotFile(path, () => connection.resume());
  const aborted = new Promise<never>((_, reject) => {
    const give = () => reject(new CaptureFailedError("interrupted"));
    if (signal?.aborted) give();
    signal?.addEventListener("abort", give, { once: true });
  });
  const receive = ({ chunk }: Record<string, unknown>) => {
    if (!file.write(String(chunk))) connection.pause();
    progress?.({ bytes: file.bytes });
  };
  const count = ({ done, total }: Record<string, unknown>) => progress?.({ share: Number(done) / Number(total) });
  connection.on("HeapProfiler.addHeapSnapshotChunk", receive);
  connection.on("HeapProfiler.reportHeapSnapshotProgress", count);
  try {
    await Promise.race([countLines(connection).then(() => requestSnapshot(connection)), aborted]);
    return await file.finish();
  } catch (error) {
    await file.discard();
    throw error;
  } finally {
    connection.off("HeapProfiler.addHeapSnapshotChunk", receive);
    connection.off("HeapProfiler.reportHeapSnapshotProgress", count);
    connection.resume();
  }
}

async function requestSnapshot(connection: InspectorConnection): Promise<void> {
  // Without internals, as DevTools does it: sizes and distances depend on that.
  const options = { reportProgress: true, exposeInternals: false, captureNumericValue: true };
  await connection.send("HeapProfiler.takeHeapSnapshot", options);
}

/**
 * Before version 12 V8 counts the lines of a script anew for each function in a snapshot, unless they are known: that
 * takes hours where scripts are large. A debugger makes them known.
 */
async function countLines(connection: InspectorConnection): Promise<void> {
  const expression = "typeof process === 'object' ? process.versions?.v8 : undefined";
  const { result } = await connection.send("Runtime.evaluate", { expression, returnByValue: true }, ANSWER_MS);
  const version = (result as { value?: unknown } | undefined)?.value;
  if (typeof version !== "string" || parseFloat(version) >= 12) return;
  await connection.send("Debugger.enable");
  await connection.send("Debugger.disable");
}
