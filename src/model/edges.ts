import { type DerivedCsr, filterEdges } from "../graph/index.js";
import type { EdgeIndex, HeapGraph, NodeIndex } from "../heap/HeapGraph.js";
import { EDGE_KIND_MASK, EdgeKind, Standing, STANDING_MASK } from "../heap/kinds.js";

const TRAVERSED = EdgeKind.strong | Standing.traversed;
const BORROWED = EdgeKind.strong | Standing.borrowed;
const CLASS_MASK = EDGE_KIND_MASK | STANDING_MASK;

/** True if the collector sees the edge and subtracts it: strong and traversed. */
export function isTraversed(graph: HeapGraph, edge: EdgeIndex): boolean {
  return (graph.columns.edgeClass[edge] & CLASS_MASK) === TRAVERSED;
}

/** True if the collector sees the edge and follows it: traversed, or borrowed, which it does not subtract. */
export function isVisited(graph: HeapGraph, edge: EdgeIndex): boolean {
  const standing = graph.columns.edgeClass[edge] & CLASS_MASK;
  return standing === TRAVERSED || standing === BORROWED;
}

/**
 * True if the edge keeps its target alive: traversed or owned. In CPython it holds a count; in V8 the edge of a
 * WeakMap's key to the value is one too.
 */
export function isStrong(graph: HeapGraph, edge: EdgeIndex): boolean {
  return (graph.columns.edgeClass[edge] & STANDING_MASK) <= Standing.owned;
}

/** The graph of all edges that keep something alive, traversed or owned. `edge` leads back to the heap's edges. */
export function strongEdges(graph: HeapGraph): DerivedCsr {
  const { firstEdge, edgeTo } = graph.columns;
  const all = { nodeCount: graph.nodeCount, first: firstEdge, to: edgeTo };
  return filterEdges(all, (edge) => isStrong(graph, edge));
}

/** The node that an edge belongs to. */
export function sourceOf(graph: HeapGraph, edge: EdgeIndex): NodeIndex {
  const { firstEdge } = graph.columns;
  let low = 0;
  let high = graph.nodeCount;
  while (high - low > 1) {
    const middle = (low + high) >>> 1;
    if (firstEdge[middle] <= edge) low = middle;
    else high = middle;
  }
  return low;
}
