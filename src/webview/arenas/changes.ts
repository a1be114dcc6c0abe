import { type ArenaChange, arenaChanges, type ChangedArena } from "../../session/queries/arenaChanges.js";
import type { ArenasResult, EarlierArenas } from "../../session/queries/arenaRows.js";
import { formatCount, plural } from "../format.js";
import { arenaText, shareText } from "./words.js";

/** A place of the map: the arena as it is now, and as it was where there is something to compare with. */
export type Place = Omit<ChangedArena, "change"> & {
  /** Undefined without a comparison. */
  readonly change?: ArenaChange | undefined;
};

/** The arenas of one or two snapshots by address, each address once. */
export function placesOf(now: ArenasResult, then?: EarlierArenas): readonly Place[] {
  return then ? arenaChanges(then, now) : now.arenas.map((row) => ({ address: row.address, now: row }));
}

/** The places with the emptiest arena first; those that were released come last. */
export function emptiestFirst(places: readonly Place[]): readonly Place[] {
  return places.toSorted((a, b) => (a.now?.fill ?? 2) - (b.now?.fill ?? 2));
}

/** "Of 80 arenas then, 75 are still held and 5 were released; 2 are new." */
export function changesText(places: readonly Place[], { arenas }: Pick<EarlierArenas, "arenas">): string {
  const count = (change: ArenaChange) => places.filter((place) => place.change === change).length;
  const released = count("released");
  const held = arenas.length - released;
  const parts = [
    `${formatCount(held)} ${held === 1 ? "is" : "are"} still held`,
    `${formatCount(released)} ${released === 1 ? "was" : "were"} released`,
    `${formatCount(count("new"))} ${count("new") === 1 ? "is" : "are"} new`,
  ];
  const courses = `${formatCount(count("emptier"))} emptier, ${formatCount(count("fuller"))} fuller`;
  return `Of ${plural(arenas.length, "arena")} then, ${parts.join(", ")}. Of those still held: ${courses}.`;
}

/** What a place is called for screen readers and pointers. */
export function placeText({ now, then, change }: Place): string {
  if (!now) return `released: ${arenaText(then!)}, then`;
  if (change === undefined) return arenaText(now);
  return then ? `${change}: ${arenaText(now)}; ${shareText(then.fill)} in use then` : `new: ${arenaText(now)}`;
}

/** Earlier snapshots that tell of arenas, the oldest first. */
export function comparable({ earlier }: ArenasResult): readonly EarlierArenas[] {
  return earlier.filter(({ source }) => source !== "none");
}
