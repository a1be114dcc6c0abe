import type { NodeIndex } from "../../heap/HeapGraph.js";
import type { ArenaMap, PoolCounts } from "./ArenaMap.js";
import type { Units, UnitSort } from "./units.js";

/** What holds an arena: an object that has to go, with its blocks in this arena. */
export interface Pin {
  readonly unit: NodeIndex;
  readonly sort: UnitSort;
  readonly blocks: number;
  readonly bytes: number;
}

/** An arena that is hardly in use, and all that holds it. */
export interface PinnedArena {
  readonly arena: number;
  /** Most bytes first. */
  readonly pins: readonly Pin[];
  /** Blocks in use that no object explains. */
  readonly unexplained: number;
}

/** An arena filled up to this share of its bytes is nearly empty, if nothing else is asked for. */
export const NEARLY_EMPTY = 0.1;

/**
 * True for an arena in use of which hardly anything is.
 * @param limit share of its bytes that may be in use, 0 to 1
 */
export function isNearlyEmpty({ blocks, bytesInUse }: PoolCounts, map: ArenaMap, limit: number): boolean {
  return blocks > 0 && bytesInUse <= limit * map.pymalloc.arenaBytes;
}

/** What holds an arena, most bytes first. */
export function pinsOf(map: ArenaMap, units: Units, arena: number): PinnedArena {
  const { firstPool } = map.pymalloc;
  const tally = new Map<NodeIndex, { blocks: number; bytes: number }>();
  let unexplained = 0;
  for (let pool = firstPool[arena]; pool < firstPool[arena + 1]; pool++) {
    const size = map.blockBytes(pool);
    unexplained += map.unexplained(pool);
    for (let entry = map.firstEntry[pool]; entry < map.firstEntry[pool + 1]; entry++) {
      const unit = units.of(map.entryNode[entry]);
      const known = tally.get(unit);
      if (known) {
        known.blocks++;
        known.bytes += size;
      } else {
        tally.set(unit, { blocks: 1, bytes: size });
      }
    }
  }
  const pins = [...tally].map(([unit, counts]) => ({ unit, sort: units.sortOf(unit), ...counts }));
  pins.sort((a, b) => b.bytes - a.bytes || a.unit - b.unit);
  return { arena, pins, unexplained };
}

/** Arenas in use of which at most a share of the bytes is in use (0 to 1), with what holds them. */
export function nearlyEmptyArenas(map: ArenaMap, units: Units, limit: number): PinnedArena[] {
  const found: PinnedArena[] = [];
  for (let arena = 0; arena < map.arenaCount; arena++) {
    if (isNearlyEmpty(map.counts(arena), map, limit)) found.push(pinsOf(map, units, arena));
  }
  return found;
}
