import type { HeapGraph, NodeIndex } from "../heap/HeapGraph.js";
import { Flag, Kind } from "../heap/kinds.js";

/**
 * The incremental collector's lists, as a snapshot numbers them: old objects that this cycle of increments has visited
 * already, old ones that it has yet to visit, and young ones.
 */
const Space = { young: 0, visited: 1, pending: 2 } as const;

/** The lists that a collection of a generation examines, in scan order; see `incrementalOrder`. */
const EXAMINED = { 0: [Space.young], 2: [Space.visited, Space.pending, Space.young] } as const;

/** True for the versions with the incremental collector: 3.14.0 to 3.14.4 (3.14.5 took it out again). */
export function isIncremental([major, minor, micro]: readonly [number, number, number]): boolean {
  return major === 3 && minor === 14 && micro < 5;
}

/**
 * The objects that a collection of the incremental collector examines, in scan order, without young tuples that it
 * stops tracking first and without immortal objects (Python/gc.c: untrack_tuples, update_refs). A full one appends the
 * young to the pending and these to the visited objects (gc_collect_full); one of generation 0 examines the young
 * (gc_collect_young). What an increment (generation 1) examines depends on how far the cycle has come, which a snapshot
 * does not tell.
 */
export function incrementalOrder(graph: HeapGraph, generation: 0 | 2): Uint32Array {
  const { flags } = graph.columns;
  const dropped = untrackedTuples(graph);
  const order = new Uint32Array(graph.collected);
  let length = 0;
  for (const space of EXAMINED[generation]) {
    const [from, to] = rowsOf(graph, space);
    for (let node = from; node < to; node++) {
      if ((flags[node] & Flag.immortal) === 0 && dropped[node] === 0) order[length++] = node;
    }
  }
  return order.subarray(0, length);
}

/** The rows of one of the lists; all rows count as visited where the file does not tell. */
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
