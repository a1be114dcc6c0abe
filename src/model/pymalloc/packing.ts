import type { ArenaMap } from "./ArenaMap.js";

/** How many arenas the blocks in use would need, packed by size class into pools, and these into arenas. */
export function leastArenas(map: ArenaMap): number {
  const { poolUsed, poolBytes, arenaBytes } = map.pymalloc;
  const blocks = new Map<number, { used: number; room: number }>();
  for (let pool = 0; pool < map.poolCount; pool++) {
    if (poolUsed[pool] === 0) continue;
    const size = map.blockBytes(pool);
    const known = blocks.get(size);
    if (known) known.used += poolUsed[pool];
    else blocks.set(size, { used: poolUsed[pool], room: map.room(pool) });
  }
  let pools = 0;
  for (const { used, room } of blocks.values()) pools += Math.ceil(used / room);
  return Math.ceil(pools / (arenaBytes / poolBytes));
}
