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
  const all = counts.map((count) => formatCount(count));
  const shown = all.length <= SHOWN ? all : [...all.slice(0, SHOWN / 2), "…", ...all.slice(-SHOWN / 2)];
  if (grows && all.length === 2) return { id: "growth.grows-two", arguments: { counts: all.join(" to ") } };
  return {
    id: grows ? "growth.grows" : "growth.not",
    arguments: { snapshots: counts.length, counts: shown.join(", "), slope: slopeText(slope) },
  };
}

/** A rise per snapshot: "1,000", "2.5". */
export function slopeText(slope: number): string {
  return Math.abs(slope) >= 10 || Number.isInteger(slope) ? formatCount(slope) : String(Number(slope.toPrecision(2)));
}
