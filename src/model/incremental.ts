import type { HeapGraph, NodeIndex } from "../heap/HeapGraph.js";
import { Flag, Kind } from "../heap/kinds.js";

/** The collector's own numbers of its lists: objects that it has visited already, has yet to visit, and young ones. */
const Space = { young: 0, visited: 1, pending: 2 } as const;

/** True for the versions with the incremental collector: 3.14.0 to 3.14.4 (it was taken out again in 3.14.5). */
export function isIncremental([major, minor, micro]: readonly [number, number, number]): boolean {
  return major === 3 && minor === 14 && micro < 5;
}

/**
 * The objects that a full collection of the incremental collector examines, in scan order: the visited ones with the
 * pending and then the young ones appended (Python/gc.c, gc_collect_full), without immortal ones, and without
 * young tuples that it stops tracking first (untrack_tuples).
 */
export function incrementalOrder(graph: HeapGraph): Uint32Array {
  const { flags } = graph.columns;
  const dropped = untrackedTuples(graph);
  const order = new Uint32Array(graph.collected);
  let length = 0;
  for (const space of [Space.visited, Space.pending, Space.young]) {
    const [from, to] = rowsOf(graph, space);
    for (let node = from; node < to; node++) {
      if ((flags[node] & Flag.immortal) === 0 && dropped[node] === 0) order[length++] = node;
    }
  }
  return order.subarray(0, length);
}

/** The rows of one of the collector's lists; all rows count as old where the file does not tell. */
function rowsOf(graph: HeapGraph, space: number): readonly [from: number, to: number] {
  if (graph.info.segments === null) return space === Space.visited ? [0, graph.collected] : [0, 0];
  let at = 0;
  for (const { generation, count } of graph.info.segments) {
    if (generation === space) return [at, at + count];
    at += count;
  }
  return [0, 0];
}

/**
 * By node: 1 for young exact tuples that hold nothing which the collector could have to track (_PyTuple_MaybeUntrack,
 * Objects/tupleobject.c), in list order, since a tuple of such tuples counts only if they came before it.
 */
function untrackedTuples(graph: HeapGraph): Uint8Array {
  const { firstEdge, edgeTo } = graph.columns;
  const dropped = new Uint8Array(graph.nodeCount);
  const [from, to] = rowsOf(graph, Space.young);
  for (let node = from; node < to; node++) {
    if (!isExactTuple(graph, node)) continue;
    let holdsNothing = true;
    for (let e = firstEdge[node]; holdsNothing && e < firstEdge[node + 1]; e++) {
      holdsNothing = !canBeTracked(graph, edgeTo[e], dropped);
    }
    if (holdsNothing) dropped[node] = 1;
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
  const tracked = (flags[node] & Flag.tracked) !== 0 && dropped[node] === 0;
  // A static type object is never tracked, though its type says that instances can be (type_is_gc).
  if (kind[node] === Kind.type || isExactTuple(graph, node)) return tracked;
  return true;
}
