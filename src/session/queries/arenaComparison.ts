import { notesOn } from "../Series.js";
import type { Session } from "../Session.js";
import type { EarlierArenas } from "./arenaRows.js";
import { info } from "./info.js";

/** Arenas of other snapshots to compare with. */
export interface ComparedArenas {
  /** The oldest first. */
  readonly earlier: readonly EarlierArenas[];
  /** Why the comparison may mean little, and what was left out. */
  readonly notes: readonly string[];
}

export const NOTHING_COMPARED: ComparedArenas = { earlier: [], notes: [] };

/** Those of other snapshots that were captured before a session's, and that tell of arenas. */
export function compared(session: Session, others: readonly EarlierArenas[]): ComparedArenas {
  if (others.length === 0) return NOTHING_COMPARED;
  const own = info(session);
  const moment = (at: string | null) => at ?? "";
  const before = others.filter(({ capturedAt }) => moment(capturedAt) <= moment(own.capturedAt));
  const earlier = before.filter(({ source }) => source !== "none");
  const notes = notesOn([...earlier, own]);
  if (before.length < others.length) {
    notes.push("Snapshots that were captured later are left out: open the latest one to compare with those before it.");
  }
  if (earlier.length < before.length) notes.push("Snapshots that tell nothing of arenas are left out.");
  return { earlier: earlier.toSorted((a, b) => moment(a.capturedAt).localeCompare(moment(b.capturedAt))), notes };
}
