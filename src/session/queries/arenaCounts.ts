import type { HeapGraph } from "../../heap/HeapGraph.js";
import { addressText } from "../../heap/names.js";
import type { ArenaMap } from "../../model/pymalloc/ArenaMap.js";
import { isNearlyEmpty } from "../../model/pymalloc/pins.js";
import { Session } from "../Session.js";
import { info } from "./info.js";
import type { AllocatorFacts, ArenaCounts, ArenaRow, EarlierArenas } from "./arenaRows.js";

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
 * Rows of all arenas in order of address.
 * @param limit share of the bytes up to which an arena is nearly empty, 0 to 1
 */
export function arenaRows(map: ArenaMap, limit: number): ArenaRow[] {
  return Array.from(map.pymalloc.arenaAddress, (_, arena) => arenaRow(map, arena, limit));
}

/** The row of an arena; `limit` as for all. */
export function arenaRow(map: ArenaMap, arena: number, limit: number): ArenaRow {
  const { arenaAddress, arenaBytes, firstPool } = map.pymalloc;
  const counts = map.counts(arena);
  let unexplained = 0;
  for (let pool = firstPool[arena]; pool < firstPool[arena + 1]; pool++) unexplained += map.unexplained(pool);
  return {
    address: addressText(arenaAddress[arena]),
    bytes: arenaBytes,
    pools: firstPool[arena + 1] - firstPool[arena],
    ...counts,
    unexplained,
    fill: counts.bytesInUse / arenaBytes,
    nearlyEmpty: isNearlyEmpty(counts, map, limit),
    objects: new Set(map.entryNode.subarray(...map.entriesOf(arena))).size,
  };
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
