import type { Comparison } from "../../src/session/queries/comparison.js";
import type { DiffRow } from "../../src/session/queries/diff.js";
import { INFO } from "./CannedHost.js";

/** A row of a comparison, made up, that rises from the first of its counts to the last. */
export function row(name: string, counts: readonly number[], more: Partial<DiffRow> = {}): DiffRow {
  const slope = (counts[counts.length - 1] - counts[0]) / (counts.length - 1);
  return {
    name,
    counts,
    bytes: counts.map((count) => count * 72),
    slope,
    bytesSlope: slope * 72,
    r2: 0.987,
    grows: true,
    isNew: counts[0] === 0,
    id: "0x77",
    ...more,
  };
}

const NONE = { containers: [], types: [], families: [], sites: [], surpluses: [] };

/** A comparison, made up: of as many snapshots, with these lists and the others empty. */
export function madeUp(lists: Partial<Comparison>, snapshots = 3): Comparison {
  const all = { ...NONE, ...lists };
  const growing = Object.fromEntries(Object.keys(NONE).map((sort) => [sort, all[sort as keyof typeof NONE].length]));
  return {
    snapshots: Array.from({ length: snapshots }, (_, i) => ({
      ...INFO,
      file: `/data/day ${i}/s${i}.pyheapsnapshot`,
      capturedAt: new Date(Date.UTC(2026, 2, 4, 5, 6, i)).toISOString(),
      bytes: 3e8 + i * 2e7,
      has: { ...INFO.has, tracemalloc: false },
    })),
    notes: [],
    newestIsOpen: true,
    growing: growing as Comparison["growing"],
    ...all,
  };
}
