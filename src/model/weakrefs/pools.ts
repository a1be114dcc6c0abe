import type { NodeIndex } from "../../heap/HeapGraph.js";
import { Flag, Kind } from "../../heap/kinds.js";
import type { Analysis } from "../Analysis.js";
import { NO_NODE, type WeakReferences, WeakState } from "./find.js";
import type { Holders } from "./holders.js";

/** Objects that wait in a pool to be used again while weak references to them are out. */
export interface PooledObjects {
  /** The list, dict, set, deque or tuple that alone holds them. */
  readonly pool: NodeIndex;
  /** Index of their type in the heap's types. */
  readonly type: number;
  /** Rows in the columns of WeakReferences that refer to them, ascending. */
  readonly rows: Uint32Array;
  /** How many objects the rows refer to. */
  readonly objects: number;
  /** Objects of the type that are alive and in use: something else holds them. */
  readonly inUse: number;
}

/** A pool and what is known of it so far. */
interface Draft {
  readonly pool: NodeIndex;
  readonly type: number;
  readonly rows: number[];
  readonly objects: Set<NodeIndex>;
}

// Words of a name, as in free_actors, _actorPool, RECYCLED.
const POOL =
  /^(pools?|pooled|free|freed|freelist|recycled?|recycling|recycler|reuse|reusable|spares?|idle|unused|avail|available|graveyard)$/i;
// A cache is a pool only where the type has objects elsewhere as well.
const CACHE = /^caches?$/i;
const NOT_LOOKED: NodeIndex = -2;
const POOLS: ReadonlySet<number> = new Set([Kind.list, Kind.dict, Kind.set, Kind.deque, Kind.tuple]);

/**
 * Objects with weak references to them that nothing but a pool holds, by the pool's name: they are out of use, and
 * whoever refers to them weakly will meet them again as something else.
 */
export function pooledObjects(analysis: Analysis, found: WeakReferences, holders: Holders): PooledObjects[] {
  const { graph, roots, infrastructure } = analysis;
  const { type, flags } = graph.columns;
  const pools = new Map<string, Draft>();
  const poolOf = new Int32Array(graph.nodeCount).fill(NOT_LOOKED);
  const isPool = new Map<NodeIndex, "pool" | "cache" | "none">();
  for (let row = 0; row < found.node.length; row++) {
    const referent = found.referent[row];
    if (found.state[row] !== WeakState.alive || roots.isGarbage[referent] === 1) continue;
    if (infrastructure[referent] === 1 || (flags[referent] & Flag.heapType) === 0) continue;
    if (poolOf[referent] === NOT_LOOKED) poolOf[referent] = soleContainer(analysis, holders, referent);
    const pool = poolOf[referent];
    if (pool === NO_NODE) continue;
    const sort = isPool.get(pool) ?? poolName(holders.nameOf(pool));
    isPool.set(pool, sort);
    if (sort === "none") continue;
    const key = `${pool} ${type[referent]}`;
    const entry: Draft = pools.get(key) ?? { pool, type: type[referent], rows: [], objects: new Set<NodeIndex>() };
    pools.set(key, entry);
    entry.rows.push(row);
    entry.objects.add(referent);
  }
  const inUse = usedElsewhere(analysis, holders, [...pools.values()]);
  return [...pools.values()]
    .map(({ pool, type: of, rows, objects }, i) => ({
      pool,
      type: of,
      rows: Uint32Array.from(rows),
      objects: objects.size,
      inUse: inUse[i],
    }))
    .filter(({ pool, inUse: used }) => isPool.get(pool) === "pool" || used > 0)
    .sort((a, b) => b.rows.length - a.rows.length || a.pool - b.pool);
}

/** The one container that holds an object, beside what the object itself holds; NO_NODE where there is no such one. */
function soleContainer(analysis: Analysis, holders: Holders, node: NodeIndex): NodeIndex {
  const { graph, referrers, references, ownership } = analysis;
  if (references.outside[node] > 0) return NO_NODE;
  let container: NodeIndex = NO_NODE;
  for (let r = referrers.first[node]; r < referrers.first[node + 1]; r++) {
    const from = referrers.to[r];
    if (from === container || from === node || ownership.idom[from] === node) continue;
    if (container !== NO_NODE || !POOLS.has(graph.columns.kind[from])) return NO_NODE;
    if (holders.ownerOfDict(from) !== NO_NODE) return NO_NODE;
    container = from;
  }
  return container;
}

/** What the last name in a holder's text says: `module app.free_actors`, `app.Pool._free`. */
function poolName(holder: string): "pool" | "cache" | "none" {
  const name =
    holder
      .replace(/(\[…\])+$/, "")
      .split(/[. ]/)
      .at(-1) ?? "";
  const words = name.split(/_+|(?<=[a-z0-9])(?=[A-Z])/);
  return words.some((word) => POOL.test(word)) ? "pool" : words.some((word) => CACHE.test(word)) ? "cache" : "none";
}

/** For each pool how many live objects of its type are held by something else. */
function usedElsewhere(
  analysis: Analysis,
  holders: Holders,
  pools: readonly { readonly pool: NodeIndex; readonly type: number }[],
): number[] {
  const { graph, roots } = analysis;
  const byType = new Map<number, number[]>();
  pools.forEach(({ type }, i) => byType.set(type, [...(byType.get(type) ?? []), i]));
  const used = pools.map(() => 0);
  if (byType.size === 0) return used;
  for (let node = 0; node < graph.nodeCount; node++) {
    const wanted = byType.get(graph.columns.type[node]);
    if (!wanted || roots.isGarbage[node] === 1) continue;
    const container = soleContainer(analysis, holders, node);
    for (const i of wanted) if (container !== pools[i].pool) used[i]++;
  }
  return used;
}
