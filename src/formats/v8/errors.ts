import { SnapshotError } from "../errors.js";

/** Name of the format in messages. */
export const FORMAT = "heapsnapshot";

/** Something stands in the file that the format does not allow. */
export function corrupt(what: string, offset?: number): SnapshotError {
  return new SnapshotError("corrupt", what, { format: FORMAT, offset });
}

/** The file ends before its content does. */
export function truncated(offset: number): SnapshotError {
  return new SnapshotError("truncated", "the file ends before its content does", {
    format: FORMAT,
    offset,
    advice: "Write the snapshot again, and wait until the writing is over before it is copied.",
  });
}
