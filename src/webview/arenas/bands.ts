import type { ArenaRow } from "../../session/queries/arenaRows.js";
import { shareText } from "./words.js";

/** How full an arena is, roughly: what its colour and pattern tell. */
export type FillBand = "empty" | "nearly" | "quarter" | "half" | "most" | "full";

/** Bands above "nearly empty", with the share that each ends before. */
const BANDS: readonly (readonly [FillBand, number])[] = [
  ["quarter", 0.25],
  ["half", 0.5],
  ["most", 0.75],
  ["full", Infinity],
];

/** The band of an arena. */
export function fillBand({ fill, blocks, nearlyEmpty }: ArenaRow): FillBand {
  if (blocks === 0) return "empty";
  if (nearlyEmpty) return "nearly";
  return BANDS.find(([, end]) => fill < end)![0];
}

/** The bands with what they mean, and a share that stands for each. */
export function fillBands(nearlyEmptyLimit: number): readonly (readonly [FillBand, words: string, fill: number])[] {
  const shown = BANDS.filter(([, end]) => end > nearlyEmptyLimit);
  return [
    ["empty", "nothing in use", 0],
    ["nearly", `nearly empty: up to ${shareText(nearlyEmptyLimit)} in use`, nearlyEmptyLimit / 2],
    ...shown.map(([band, end], i): [FillBand, string, number] => {
      const from = Math.max(nearlyEmptyLimit, i === 0 ? 0 : shown[i - 1][1]);
      const words = end === Infinity ? `${shareText(from)} and more` : `${shareText(from)} to ${shareText(end)}`;
      return [band, words, (from + Math.min(1, end)) / 2];
    }),
  ];
}

/** Largest block of each band of size classes, in bytes. The last is the largest that pools have. */
const SIZE_ENDS = [32, 48, 64, 96, 128, 256, 512];

/** Which band of size classes blocks of so many bytes are in, from 0. */
export function sizeBand(size: number): number {
  const band = SIZE_ENDS.findIndex((end) => size <= end);
  return band < 0 ? SIZE_ENDS.length - 1 : band;
}

/** The bands of size classes in words. */
export const SIZE_BANDS: readonly string[] = SIZE_ENDS.map((end, i) =>
  i === 0 ? `up to ${end} bytes` : `up to ${end}`,
);
