import { addressOf, type Draft, PLAIN, smallSnapshot, type Texts } from "./writeSnapshot.js";

/** Sizes in `meta.pymalloc` of these drafts: arenas of four pools. */
export const SIZES = {
  allocator: "pymalloc",
  debug: false,
  poolBytes: 4096,
  arenaBytes: 16384,
  alignment: 16,
  header: 48,
  problem: null,
};

/** An arena that begins in the middle of a page, so that it has three pools, and one that does not. */
export const ARENAS = [0x7f0000000800, 0x7f0000008000] as const;
/** Address of each pool. */
export const POOLS = [...[1, 2, 3].map((page) => 0x7f0000000000 + 0x1000 * page)].concat(
  [0, 1, 2, 3].map((page) => ARENAS[1] + 0x1000 * page),
);
/** In no arena. */
export const ELSEWHERE = 0x7e1234567890;

/**
 * The small snapshot with arenas. Pool 0 holds the objects in blocks of 16 bytes: rows 0 to 2 are where its header is,
 * row r is in block r - 3. Pool 1 holds tables of rows 3 and 4 and three blocks that nothing explains, pool 3 one.
 */
export function arenaSnapshot(
  changes: Readonly<Record<string, readonly number[]>> = {},
  sizes = {},
  texts: Texts = PLAIN,
): Draft {
  const draft = smallSnapshot(texts);
  const columns: Record<string, readonly number[]> = {
    "arenas/address": ARENAS,
    "arenas/pools": [3, 4],
    "arenas/free": [1, 3],
    "arenas/untouched": [0, 2],
    "pools/class": [1, 4, 0, 32, 0, 0, 0],
    "pools/used": [17, 5, 0, 1, 0, 0, 0],
    "tables/owner": [addressOf(3), addressOf(4), ELSEWHERE, addressOf(0)],
    "tables/block": [POOLS[1] + 48, POOLS[1] + 48 + 64 + 8, POOLS[1] + 48 + 128, ELSEWHERE],
    ...changes,
  };
  for (const [name, values] of Object.entries(columns)) draft.columns.set(name, values);
  draft.meta["pymalloc"] = { ...SIZES, ...sizes };
  return draft;
}
