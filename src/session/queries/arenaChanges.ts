import type { ArenaRow, ArenasResult, EarlierArenas } from "./arenaRows.js";

/** What became of an arena since an earlier snapshot. `same`: hardly more or fewer of its bytes are in use. */
export type ArenaChange = "released" | "new" | "emptier" | "fuller" | "same";

/** An arena now and then. */
export interface ChangedArena {
  /** `0x7f…` */
  readonly address: string;
  /** Undefined where it was released since. */
  readonly now?: ArenaRow | undefined;
  /** Undefined where it is new. */
  readonly then?: ArenaRow | undefined;
  readonly change: ArenaChange;
}

// Of an arena's bytes. A few blocks come and go in any arena.
const NOTABLE = 0.01;

function changeOf(now: ArenaRow | undefined, then: ArenaRow | undefined): ArenaChange {
  if (!now) return "released";
  if (!then) return "new";
  const more = now.bytesInUse - then.bytesInUse;
  if (Math.abs(more) < NOTABLE * now.bytes) return "same";
  return more > 0 ? "fuller" : "emptier";
}

/**
 * What became of each arena, by address (both lists are): an arena that was given back and taken anew at the same
 * address counts as the same one, for nothing tells them apart. Fuller or emptier is one by at least 1 % of its bytes.
 */
export function arenaChanges(before: Pick<EarlierArenas, "arenas">, now: Pick<ArenasResult, "arenas">): ChangedArena[] {
  const changes: ChangedArena[] = [];
  const old = before.arenas;
  const rows = now.arenas;
  let i = 0;
  let j = 0;
  while (i < rows.length || j < old.length) {
    // Texts of addresses do not sort: they have differing numbers of digits.
    const at = i < rows.length ? Number(rows[i].address) : Infinity;
    const oldAt = j < old.length ? Number(old[j].address) : Infinity;
    const row = at <= oldAt ? rows[i++] : undefined;
    const then = oldAt <= at ? old[j++] : undefined;
    changes.push({ address: (row ?? then!).address, now: row, then, change: changeOf(row, then) });
  }
  return changes;
}
