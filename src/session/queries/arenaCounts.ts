import type { HeapGraph } from "../../heap/HeapGraph.js";
import { addressText } from "../../heap/names.js";
import type { ArenaMap } from "../../model/pymalloc/ArenaMap.js";
import { Session } from "../Session.js";
import { info } from "./info.js";
import type { AllocatorFacts, ArenaCounts, ArenaRow, EarlierArenas, SizeClassRow } from "./arenaRows.js";

/** How the allocator was read. */
export function allocatorFacts({ info }: HeapGraph, map: ArenaMap | null): AllocatorFacts {
  const known = info.allocator;
  const source = map === null ? "none" : map.pymalloc.exact ? "exact" : "estimate";
  return {
    allocator: known?.allocator ?? (map?.pymalloc.exact ? "pymalloc" : "unknown"),
    debug: known?.debug ?? false,
    source,
    problem: known?.problem ?? (source === "exact" ? null : "The snapshot holds no record of arenas and pools."),
    arenaBytes: map?.pymalloc.arenaBytes ?? 0,
    poolBytes: map?.pymalloc.poolBytes ?? 0,
  };
}

/**
 * Rows of arenas in order of address.
 * @param limit share of the bytes up to which an arena is nearly empty, 0 to 1
 * @param wanted indices of arenas; all if left out
 */
export function arenaRows(map: ArenaMap, limit: number, wanted?: readonly number[]): ArenaRow[] {
  const { arenaAddress, arenaBytes, firstPool } = map.pymalloc;
  // By node: the arena that it was last seen in, and 1.
  const lastArena = new Uint32Array(map.nodeCount);
  const row = (arena: number): ArenaRow => {
    const counts = map.counts(arena);
    let unexplained = 0;
    for (let pool = firstPool[arena]; pool < firstPool[arena + 1]; pool++) unexplained += map.unexplained(pool);
    const [from, to] = map.entriesOf(arena);
    let objects = 0;
    for (let entry = from; entry < to; entry++) {
      const node = map.entryNode[entry];
      if (lastArena[node] !== arena + 1) objects++;
      lastArena[node] = arena + 1;
    }
    const fill = counts.bytesInUse / arenaBytes;
    return {
      address: addressText(arenaAddress[arena]),
      bytes: arenaBytes,
      pools: firstPool[arena + 1] - firstPool[arena],
      ...counts,
      unexplained,
      fill,
      nearlyEmpty: counts.blocks > 0 && fill <= limit,
      objects,
    };
  };
  return (wanted ?? Array.from(arenaAddress, (_, arena) => arena)).map(row);
}

/** The sum of some arenas' counts. */
export function addCounts(rows: readonly ArenaRow[]): ArenaCounts {
  const totals = {
    pools: 0,
    freePools: 0,
    partialPools: 0,
    fullPools: 0,
    blocks: 0,
    bytesInUse: 0,
    unexplained: 0,
  };
  for (const row of rows) for (const key of Object.keys(totals) as (keyof typeof totals)[]) totals[key] += row[key];
  return totals;
}

/** Blocks by size, those sizes that are in use. */
export function sizeClasses(map: ArenaMap): SizeClassRow[] {
  const { poolUsed } = map.pymalloc;
  const bySize = new Map<number, { size: number; pools: number; blocks: number; free: number }>();
  for (let pool = 0; pool < map.poolCount; pool++) {
    const size = map.blockBytes(pool);
    if (poolUsed[pool] === 0) continue;
    let row = bySize.get(size);
    if (!row) bySize.set(size, (row = { size, pools: 0, blocks: 0, free: 0 }));
    row.pools++;
    row.blocks += poolUsed[pool];
    row.free += map.room(pool) - poolUsed[pool];
  }
  return [...bySize.values()].sort((a, b) => a.size - b.size);
}

const earlierOf = new WeakMap<Session, Map<string, Promise<EarlierArenas>>>();

/**
 * The arenas of another snapshot, which is read for it and not kept.
 * @param session the snapshot that is compared with it; remembers the answer
 * @throws SnapshotError
 */
export function readArenas(session: Session, file: string, limit: number): Promise<EarlierArenas> {
  let known = earlierOf.get(session);
  if (!known) earlierOf.set(session, (known = new Map()));
  const key = `${limit} ${file}`;
  let answer = known.get(key);
  if (!answer) {
    answer = Session.open(file).then((other) => summarizeArenas(other, limit));
    known.set(key, answer);
    answer.catch(() => known.delete(key));
  }
  return answer;
}

/** What a comparison with a later snapshot needs of this one. */
export function summarizeArenas(session: Session, limit: number): EarlierArenas {
  const { path, graph, analysis } = session;
  const map = graph.info.runtime === "cpython" ? analysis.arenas : null;
  const rows = map ? arenaRows(map, limit) : [];
  const { capturedAt, pid, version } = info(session);
  return {
    ...{ file: path, capturedAt, pid, version },
    source: allocatorFacts(graph, map).source,
    totals: addCounts(rows),
    arenas: rows,
  };
}
