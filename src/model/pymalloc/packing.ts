import type { NodeIndex } from "../../heap/HeapGraph.js";
import type { ArenaMap } from "./ArenaMap.js";

/** Blocks of one size in bytes: pools that have such, blocks in use, free blocks in these pools, blocks a pool has room for. */
export interface SizeClass {
  readonly size: number;
  readonly pools: number;
  readonly blocks: number;
  readonly free: number;
  readonly room: number;
}

/**
 * The sizes of blocks that are in use, in order.
 * @param isGone by node: its blocks count as free
 */
export function sizeClasses(map: ArenaMap, isGone?: (node: NodeIndex) => boolean): SizeClass[] {
  const { poolUsed } = map.pymalloc;
  const bySize = new Map<number, { size: number; pools: number; blocks: number; free: number; room: number }>();
  for (let pool = 0; pool < map.poolCount; pool++) {
    if (poolUsed[pool] === 0) continue;
    let used = poolUsed[pool];
    for (let entry = map.firstEntry[pool]; isGone && entry < map.firstEntry[pool + 1]; entry++) {
      if (isGone(map.entryNode[entry])) used--;
    }
    // A capture in place can find objects that were made after the pools were read.
    used = Math.max(0, used);
    const size = map.blockBytes(pool);
    const room = map.room(pool);
    let row = bySize.get(size);
    if (!row) bySize.set(size, (row = { size, pools: 0, blocks: 0, free: 0, room }));
    row.pools++;
    row.blocks += used;
    row.free += room - used;
  }
  return [...bySize.values()].sort((a, b) => a.size - b.size);
}

/**
 * How many arenas the blocks in use would need, packed by size class into pools, and these into arenas.
 * @param isGone by node: its blocks count as free
 */
export function leastArenas(map: ArenaMap, isGone: (node: NodeIndex) => boolean): number {
  const { poolBytes, arenaBytes } = map.pymalloc;
  const pools = sizeClasses(map, isGone).reduce((sum, { blocks, room }) => sum + Math.ceil(blocks / room), 0);
  return Math.ceil(pools / (arenaBytes / poolBytes));
}
