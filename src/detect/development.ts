import type { Development } from "./Finding.js";
import { formatCount } from "./format.js";
import type { Message } from "./messages.js";

const SHOWN = 8;

/** A development without what else is known of it. */
export function plainDevelopment({ counts, slope, r2, grows }: Development): Development {
  return { counts, slope, r2, grows };
}

/** What a development says in words. */
export function developmentMessage({ counts, slope, grows }: Development): Message {
  const shown = countTexts(counts, SHOWN);
  if (grows && counts.length === 2) return { id: "growth.grows-two", arguments: { counts: shown.join(" to ") } };
  return {
    id: grows ? "growth.grows" : "growth.not",
    arguments: { snapshots: counts.length, counts: shown.join(", "), slope: slopeText(slope) },
  };
}

/** Counts with separators, at most `most` of them: of more, as many from both ends with an ellipsis between. */
export function countTexts(counts: readonly number[], most: number): string[] {
  const all = counts.map(formatCount);
  return all.length <= most ? all : [...all.slice(0, most / 2), "…", ...all.slice(-most / 2)];
}

/** A rise per snapshot: "1,000", "2.5". */
export function slopeText(slope: number): string {
  return Math.abs(slope) >= 10 || Number.isInteger(slope) ? formatCount(slope) : String(Number(slope.toPrecision(2)));
}
