import type { ArenaRow, PinRow } from "../../session/queries/arenaRows.js";
import { formatCount, plural, text } from "../format.js";

/** "3 %"; what is nearly nothing or nearly all is not rounded to it. */
export function shareText(share: number): string {
  if (share > 0 && share < 0.01) return "under 1 %";
  if (share > 0.99 && share < 1) return "over 99 %";
  return `${Math.round(share * 100)} %`;
}

/** Pools of an arena with blocks in use. */
export function usedPools({ pools, freePools }: Pick<ArenaRow, "pools" | "freePools">): number {
  return pools - freePools;
}

/** "arena 0x7f…: 3 % in use, 12 of 64 pools, 3 objects hold it" */
export function arenaText(row: ArenaRow): string {
  const { address, fill, pools, objects, nearlyEmpty } = row;
  const parts = [
    `${shareText(fill)} in use${nearlyEmpty ? ", nearly empty" : ""}`,
    `${formatCount(usedPools(row))} of ${plural(pools, "pool")}`,
    objects === 1 ? "1 object holds it" : `${formatCount(objects)} objects hold it`,
  ];
  return `arena ${address}: ${parts.join(", ")}`;
}

/** What each sort of an object that holds an arena means. */
export const SORT_MEANINGS =
  "entry: of a container, so that it can be let go of; structure: what stands under a name, a class, a function, what " +
  "runs or C code holds; garbage: the next full collection frees it";

/** What holds an object. */
export function heldByText({ heldBy }: PinRow): string {
  return heldBy === null ? "nothing that has a name" : text(heldBy);
}

/** A text of the analysis that begins with a capital letter. */
export function capitalized(words: string): string {
  const shown = text(words, 1000);
  return shown === "" ? "" : shown[0].toUpperCase() + shown.slice(1);
}

/** A text of the analysis as a sentence. */
export function sentence(words: string): string {
  const shown = capitalized(words);
  return /[.!?…]$/.test(shown) ? shown : `${shown}.`;
}
