import { type ByteFlow, type ByteSource, type ReadOptions, startsWith } from "../ByteSource.js";
import { SnapshotError } from "../errors.js";
import { GzipFlow } from "../gzip.js";
import { flowOf } from "../v8/ByteStream.js";
import { FORMAT } from "./errors.js";
import type { TraceSink } from "./events.js";
import { LF, LineReader, LONGEST_LINE } from "./LineReader.js";

const GZIP = [0x1f, 0x8b];
const MARK_OF_HEADER = new RegExp(`^\\{.*"format"\\s*:\\s*"${FORMAT}"`);

/** How much there was in a trace. */
export interface TraceSize {
  readonly lines: number;
  /** Allocations, releases and moves. */
  readonly events: number;
}

/**
 * True if the source begins as a trace does, plain or compressed with gzip. Says nothing of the rest.
 * @throws SnapshotError unreadable; for a damaged gzip file truncated or corrupt
 */
export async function isTraceSource(source: ByteSource): Promise<boolean> {
  return isTraceHead((await startsWith(source, GZIP)) ? await unpackedHead(source) : await plainHead(source));
}

/** True if a file whose content begins with these bytes is a trace, as far as they tell. */
export function isTraceHead(head: Uint8Array): boolean {
  const line = head.subarray(0, LONGEST_LINE);
  const end = line.indexOf(LF);
  return MARK_OF_HEADER.test(Buffer.from(end < 0 ? line : line.subarray(0, end)).toString("utf8"));
}

async function plainHead(source: ByteSource): Promise<Uint8Array> {
  const head = new Uint8Array(Math.min(source.size, LONGEST_LINE));
  await source.read(head, 0);
  return head;
}

async function unpackedHead(source: ByteSource): Promise<Uint8Array> {
  const flow = await GzipFlow.open(source);
  try {
    for await (const piece of flow.pieces) return piece;
    return new Uint8Array(0);
  } finally {
    flow.close();
  }
}

/**
 * Reads a trace of allocations (docs/TRACE.md), plain or compressed with gzip, and hands its events on in order. Memory
 * does not grow with the length of the trace.
 * @returns what was read
 * @throws SnapshotError not-a-snapshot, unsupported-version, truncated, corrupt (with the line) or too-large; an
 * AbortError where the signal gave up
 */
export async function readTrace(source: ByteSource, sink: TraceSink, options: ReadOptions = {}): Promise<TraceSize> {
  if (source.size === 0) throw new SnapshotError("truncated", "the file is empty", { format: FORMAT, offset: 0 });
  if (!(await startsWith(source, GZIP))) return readFlow(flowOf(source), sink, options);
  const flow = await GzipFlow.open(source, options.maxBytes);
  try {
    return await readFlow(flow, sink, options);
  } catch (error) {
    throw error instanceof SnapshotError && error.format === FORMAT ? withoutOffset(error) : error;
  } finally {
    flow.close();
  }
}

async function readFlow(flow: ByteFlow, sink: TraceSink, options: ReadOptions): Promise<TraceSize> {
  const lines = new LineReader(sink);
  for await (const piece of flow.pieces) {
    options.signal?.throwIfAborted();
    lines.add(piece);
    options.progress?.(flow.done(lines.offset), "allocation trace");
  }
  lines.end();
  return { lines: lines.line, events: lines.events };
}

/** An offset in what a gzip file holds leads nowhere in the file; the message has the line. */
function withoutOffset({ code, message, format, advice, cause }: SnapshotError): SnapshotError {
  return new SnapshotError(code, message, { format, advice, cause });
}
