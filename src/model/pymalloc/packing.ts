import type { NodeIndex } from "../../heap/HeapGraph.js";
import type { ArenaMap } from "./ArenaMap.js";

/**
 * How many arenas the blocks in use would need, packed by size class into pools, and these into arenas.
 * @param isGone by node: its blocks count as free
 */
export function leastArenas(map: ArenaMap, isGone: (node: NodeIndex) => boolean): number {
  const { poolUsed, poolBytes, arenaBytes } = map.pymalloc;
  const blocks = new Map<number, { used: number; room: number }>();
  for (let pool = 0; pool < map.poolCount; pool++) {
    if (poolUsed[pool] === 0) continue;
    let used = poolUsed[pool];
    for (let entry = map.firstEntry[pool]; entry < map.firstEntry[pool + 1]; entry++) {
      if (isGone(map.entryNode[entry])) used--;
    }
    // A capture in place can find objects that were made after the pools were read.
    used = Math.max(0, used);
    const size = map.blockBytes(pool);
    const known = blocks.get(size);
    if (known) known.used += used;
    else blocks.set(size, { used, room: map.room(pool) });
  }
  let pools = 0;
  for (const { used, room } of blocks.values()) pools += Math.ceil(used / room);
  return Math.ceil(pools / (arenaBytes / poolBytes));
}
