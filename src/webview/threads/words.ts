import { isLibrary } from "../../model/source.js";
import type { FrameRow, TaskGroupRow, ThreadRow } from "../../session/queries/threads.js";
import { placeText } from "../format.js";

/** What is said of a fact that the snapshot does not tell. */
export const UNKNOWN = "unknown";

/** What a thread is called: its name, else its ident. */
export function threadName({ name, id }: ThreadRow): string {
  return name ?? (id === null ? UNKNOWN : `ident ${id}`);
}

/** The innermost function that is the program's own, which tells more than the waiting in a library. */
export function ownFrame({ frames }: ThreadRow): FrameRow | undefined {
  return frames.find(({ location }) => location !== undefined && !isLibrary(location.file));
}

/** Where a frame is; its line is not always known. */
export function frameText({ location }: FrameRow): string {
  return location ? placeText(location) : UNKNOWN;
}

/** The state of tasks. */
export function stateText({ state }: TaskGroupRow): string {
  return state ?? UNKNOWN;
}

/** Whether what is not there can be said to be unknown: a task that has ended waits for nothing. */
export function hasEnded({ state }: TaskGroupRow): boolean {
  return state === "done" || state === "cancelled";
}

/** Where tasks wait. */
export function waitsAtText(row: TaskGroupRow): string {
  return row.location ? placeText(row.location) : hasEnded(row) ? "" : UNKNOWN;
}

/** What tasks wait for. */
export function waitsForText(row: TaskGroupRow): string {
  return row.waitsFor ?? (hasEnded(row) ? "" : UNKNOWN);
}

/** Whether something is kept by one thing alone. */
export function keptText({ kept }: { readonly kept: boolean }): string {
  return kept ? "only here" : "elsewhere too";
}
