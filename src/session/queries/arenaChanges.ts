import type { ArenaRow, ArenasResult, EarlierArenas } from "./arenaRows.js";

/** What became of an arena since an earlier snapshot. `same`: as many bytes are in use. */
export type ArenaChange = "released" | "new" | "emptier" | "fuller" | "same";

/** An arena now (or, if it was released, then) and what became of it. */
export interface ChangedArena {
  readonly row: ArenaRow;
  readonly change: ArenaChange;
  /** Bytes in use then; null for a new one. */
  readonly bytesBefore: number | null;
}

/**
 * What became of each arena, by address: an arena that was given back and taken anew at the same address counts as the
 * same one, for nothing tells them apart.
 */
export function arenaChanges(before: Pick<EarlierArenas, "arenas">, now: Pick<ArenasResult, "arenas">): ChangedArena[] {
  const then = new Map(before.arenas.map((row) => [row.address, row]));
  const changes = now.arenas.map((row): ChangedArena => {
    const old = then.get(row.address);
    then.delete(row.address);
    if (!old) return { row, change: "new", bytesBefore: null };
    const difference = row.bytesInUse - old.bytesInUse;
    return {
      row,
      change: difference === 0 ? "same" : difference > 0 ? "fuller" : "emptier",
      bytesBefore: old.bytesInUse,
    };
  });
  for (const row of then.values()) changes.push({ row, change: "released", bytesBefore: row.bytesInUse });
  return changes.sort((a, b) => Number(a.row.address) - Number(b.row.address));
}
