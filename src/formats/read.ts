import type { HeapGraph } from "../heap/HeapGraph.js";
import { type ByteFlow, type ByteSource, type ReadOptions, startsWith } from "./ByteSource.js";
import { SnapshotError } from "./errors.js";
import { GzipFlow } from "./gzip.js";
import { isTraceHead, isTraceSource } from "./trace/reader.js";
import { readPyHeap } from "./pyheap/reader.js";
import { readHeapSnapshot, readHeapSnapshotFlow } from "./v8/reader.js";

const ZIP = [0x50, 0x4b];
const GZIP = [0x1f, 0x8b];
const OBJECT = [0x7b];
const ADVICE = "It reads .pyheapsnapshot files, which `ouroboros capture` writes, and V8's .heapsnapshot files.";
const TAR = "ustar";
const TAR_AT = 257;

/**
 * Reads a snapshot, its format found by its structure. One of V8 may be compressed with gzip.
 * @throws SnapshotError where it is no snapshot, or can't be read as a whole; an AbortError where the signal gave up
 */
export async function readSnapshot(source: ByteSource, options: ReadOptions = {}): Promise<HeapGraph> {
  if (source.size === 0) {
    throw new SnapshotError("truncated", "the file is empty", { offset: 0 });
  }
  if (await startsWith(source, ZIP)) return readPyHeap(source, options);
  if (await startsWith(source, OBJECT)) {
    if (await isTraceSource(source)) throw traceRefusal();
    return readHeapSnapshot(source, options);
  }
  if (await startsWith(source, GZIP)) return readGzip(source, options);
  throw new SnapshotError("not-a-snapshot", "this is no heap snapshot that Ouroboros knows", {
    offset: 0,
    advice: ADVICE,
  });
}

function traceRefusal(): SnapshotError {
  return new SnapshotError("not-a-snapshot", "this is a trace of allocations, not a snapshot", {
    advice: "`ouroboros arenas FILE` replays it, one file at a time.",
  });
}

async function readGzip(source: ByteSource, options: ReadOptions): Promise<HeapGraph> {
  const flow = await GzipFlow.open(source, options.maxBytes);
  try {
    const pieces = flow.pieces[Symbol.asyncIterator]();
    const first = await pieces.next();
    const head = first.done === true ? new Uint8Array(0) : first.value;
    if (!isAt(head, OBJECT)) throw wrongContent(head);
    if (isTraceHead(head)) throw traceRefusal();
    return await readHeapSnapshotFlow(replayed(flow, head, pieces), options);
  } catch (error) {
    throw error instanceof SnapshotError ? unpacked(error) : error;
  } finally {
    flow.close();
  }
}

/** A flow whose first piece has been looked at. */
function replayed(flow: ByteFlow, head: Uint8Array, rest: AsyncIterator<Uint8Array>): ByteFlow {
  async function* pieces(): AsyncGenerator<Uint8Array> {
    yield head;
    for (let next = await rest.next(); next.done !== true; next = await rest.next()) yield next.value;
  }
  return { pieces: pieces(), most: flow.most, likely: flow.likely, done: (offset) => flow.done(offset) };
}

function isAt(bytes: Uint8Array, expected: readonly number[], at = 0): boolean {
  return expected.every((byte, i) => bytes[at + i] === byte);
}

function wrongContent(head: Uint8Array): SnapshotError {
  const refusal = (message: string, advice: string) =>
    new SnapshotError("not-a-snapshot", message, { offset: 0, advice });
  if (isAt(head, ZIP)) {
    const advice = "Unpack it first with gunzip: a .pyheapsnapshot is compressed already, and gzip gains nothing.";
    return refusal("this is a ZIP archive, perhaps a .pyheapsnapshot, compressed with gzip", advice);
  }
  if (isAt(head, GZIP)) return refusal("the file is compressed with gzip twice", "Unpack it once: gunzip FILE.");
  if (isAt(head, [...Buffer.from(TAR)], TAR_AT)) {
    return refusal(
      "this is a tar archive, compressed with gzip",
      "Unpack it: tar xf FILE; then open a snapshot of it.",
    );
  }
  return refusal("what is compressed with gzip here is no heap snapshot that Ouroboros knows", ADVICE);
}

/** Tells an offset in the content from one in the file. */
function unpacked(error: SnapshotError): SnapshotError {
  const { code, format, offset, advice, cause } = error;
  if (format !== "heapsnapshot" || offset === undefined) return error;
  return new SnapshotError(code, `${error.message} (the byte is that of the unpacked file)`, {
    ...{ format, offset, advice, cause },
  });
}
