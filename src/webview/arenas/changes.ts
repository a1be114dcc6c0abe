import type { ArenaRow, ArenasResult, EarlierArenas } from "../../session/queries/arenaRows.js";
import { formatCount, plural } from "../format.js";
import { arenaText, shareText } from "./words.js";

/** What became of an arena between two snapshots. */
export type Change = "released" | "new" | "emptier" | "fuller" | "same";

/** A place of the map: the arena as it is now, and as it was where there is something to compare with. */
export interface Place {
  readonly address: string;
  /** Undefined where it was released since. */
  readonly now?: ArenaRow | undefined;
  readonly then?: ArenaRow | undefined;
  /** Undefined without a comparison. */
  readonly change?: Change | undefined;
}

// Of an arena's bytes. A few blocks come and go in any arena.
const NOTABLE = 0.01;

function changeOf(now: ArenaRow | undefined, then: ArenaRow | undefined): Change {
  if (!now) return "released";
  if (!then) return "new";
  const more = now.fill - then.fill;
  return more >= NOTABLE ? "fuller" : more <= -NOTABLE ? "emptier" : "same";
}

// Addresses have differing numbers of digits.
function before(one: string, other: string): boolean {
  return one.length === other.length ? one < other : one.length < other.length;
}

/** The arenas of one or two snapshots by address, each address once. */
export function placesOf(now: readonly ArenaRow[], then?: readonly ArenaRow[]): readonly Place[] {
  if (!then) return now.map((row) => ({ address: row.address, now: row }));
  const places: Place[] = [];
  let i = 0;
  let j = 0;
  while (i < now.length || j < then.length) {
    const isThen = i === now.length || (j < then.length && before(then[j].address, now[i].address));
    const isNow = j === then.length || (i < now.length && before(now[i].address, then[j].address));
    const one = isThen ? undefined : now[i++];
    const other = isNow ? undefined : then[j++];
    places.push({ address: (one ?? other!).address, now: one, then: other, change: changeOf(one, other) });
  }
  return places;
}

/** The places with the emptiest arena first; those that were released come last. */
export function emptiestFirst(places: readonly Place[]): readonly Place[] {
  return places.toSorted((a, b) => (a.now?.fill ?? 2) - (b.now?.fill ?? 2));
}

/** "Of 80 arenas then, 75 are still held and 5 were released; 2 are new." */
export function changesText(places: readonly Place[], { arenas }: Pick<EarlierArenas, "arenas">): string {
  const count = (change: Change) => places.filter((place) => place.change === change).length;
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
