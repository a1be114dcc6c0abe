import type { HeapGraph, NodeIndex } from "../heap/HeapGraph.js";
import { Flag, Kind } from "../heap/kinds.js";

/**
 * The incremental collector's lists, as a snapshot numbers them: old objects that this cycle of increments has visited
 * already, old ones that it has yet to visit, and young ones.
 */
const Space = { young: 0, visited: 1, pending: 2 } as const;

/**
 * The lists that a collection of a generation examines, in scan order. A full one appends the young to the pending and
 * these to the visited objects (gc_collect_full, Python/gc.c); one of generation 0 examines the young
 * (gc_collect_young). What an increment (generation 1) examines depends on how far the cycle has come, which a snapshot
 * does not tell.
 */
export const INCREMENTAL_MERGED: readonly (readonly number[])[] = [
  [Space.young],
  [],
  [Space.visited, Space.pending, Space.young],
];

/** True for the versions with the incremental collector: 3.14.0 to 3.14.4 (3.14.5 took it out again). */
export function isIncremental([major, minor, micro]: readonly [number, number, number]): boolean {
  return major === 3 && minor === 14 && micro < 5;
}

/**
 * By node: 1 for young exact tuples that hold nothing which the collector could have to track, so that it stops
 * tracking them first (untrack_tuples, Python/gc.c; _PyTuple_MaybeUntrack, Objects/tupleobject.c). In list order,
 * since a tuple of such tuples counts only if they came before it.
 */
export function untrackedTuples(graph: HeapGraph): Uint8Array {
  const { firstEdge, edgeTo } = graph.columns;
  const dropped = new Uint8Array(graph.nodeCount);
  const [from, to] = graph.rowsOfGeneration(Space.young);
  for (let node = from; node < to; node++) {
    if (!isExactTuple(graph, node)) continue;
    let e = firstEdge[node];
    while (e < firstEdge[node + 1] && !canBeTracked(graph, edgeTo[e], dropped)) e++;
    if (e === firstEdge[node + 1]) dropped[node] = 1;
  }
  return dropped;
}

function isExactTuple(graph: HeapGraph, node: NodeIndex): boolean {
  return graph.columns.kind[node] === Kind.tuple && (graph.columns.flags[node] & Flag.heapType) === 0;
}

/** _PyObject_GC_MAY_BE_TRACKED, Include/internal/pycore_gc.h. */
function canBeTracked(graph: HeapGraph, node: NodeIndex, dropped: Uint8Array): boolean {
  const { type, kind, flags } = graph.columns;
  if (!graph.types[type[node]].gc) return false;
  // A static type object is never tracked, though the type of types says that instances can be (type_is_gc).
  if (kind[node] !== Kind.type && !isExactTuple(graph, node)) return true;
  return (flags[node] & Flag.tracked) !== 0 && dropped[node] === 0;
}
