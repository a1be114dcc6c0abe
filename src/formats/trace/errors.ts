import { SnapshotError } from "../errors.js";

/** Name of the format, in files and in messages. */
export const FORMAT = "pymalloctrace";

/** What a reader of events finds wrong with one of them. The reader of the file adds the line. */
export class TraceEventError extends Error {
  readonly advice: string;

  constructor(message: string, advice: string) {
    super(message);
    this.name = "TraceEventError";
    this.advice = advice;
  }
}

/** Something stands in the trace that the format does not allow. */
export function corrupt(
  what: string,
  offset: number,
  advice = "docs/TRACE.md says what may stand there.",
): SnapshotError {
  return new SnapshotError("corrupt", what, { format: FORMAT, offset, advice });
}

/** The trace is of a version that is not known. */
export function unsupported(version: unknown): SnapshotError {
  return new SnapshotError("unsupported-version", `the trace is of version ${String(version).slice(0, 20)}, not 1`, {
    format: FORMAT,
    offset: 0,
    advice: "Take a newer Ouroboros, or record the trace with the hook of this one.",
  });
}

/** The trace ends in the middle of a line. */
export function truncated(line: number, offset: number): SnapshotError {
  return new SnapshotError("truncated", `the trace ends in the middle of line ${line}`, {
    format: FORMAT,
    offset,
    advice: "Wait until the program has ended and copy the trace again, or remove the last line.",
  });
}
