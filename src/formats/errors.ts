/** What went wrong with a snapshot file, in a word. */
export type SnapshotErrorCode =
  "not-a-snapshot" | "unsupported-version" | "truncated" | "corrupt" | "too-large" | "unreadable";

/** A snapshot that can't be read as a whole. The message is a full sentence and says what to do. */
export class SnapshotError extends Error {
  readonly code: SnapshotErrorCode;
  /** Name of the format, or "unknown". */
  readonly format: string;
  /** Byte offset in the file where it was noticed, or undefined. */
  readonly offset: number | undefined;
  readonly advice: string;

  constructor(
    code: SnapshotErrorCode,
    message: string,
    options: { format?: string; offset?: number | undefined; advice?: string; cause?: unknown } = {},
  ) {
    super(message, { cause: options.cause });
    this.name = "SnapshotError";
    this.code = code;
    this.format = options.format ?? "unknown";
    this.offset = options.offset;
    this.advice = options.advice ?? "Capture the snapshot again, or copy it again from where it was written.";
  }
}
