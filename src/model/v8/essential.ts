import { type DerivedCsr, filterEdges } from "../../graph/index.js";
import type { HeapGraph, NodeIndex } from "../../heap/HeapGraph.js";
import { EDGE_KIND_MASK, EdgeKind, Flag } from "../../heap/kinds.js";
import { isStrong } from "../edges.js";
import { DOCUMENTS, V8Edge, v8EdgeOf } from "../../heap/v8.js";

/** The node that V8 hangs everything under. */
export function rootOf(graph: HeapGraph): NodeIndex {
  return graph.roots.find(({ engine }) => engine === true)!.node;
}

/** True for the synthetic node of a page's documents. */
export function isDocuments(graph: HeapGraph, node: NodeIndex): boolean {
  return graph.hasFlag(node, Flag.synthetic) && graph.string(graph.columns.text[node]) === DOCUMENTS;
}

/**
 * The edges over which DevTools computes dominators: no weak ones, none from a node to itself, of the two edges to a
 * WeakMap's value that of the key, shortcuts from the root alone, and none into what a page owns from outside of it
 * (computeIsEssentialEdge in DevTools' HeapSnapshot.ts). `edge` leads back to the heap's edges.
 */
export function essentialEdges(graph: HeapGraph): DerivedCsr {
  const { firstEdge, edgeTo } = graph.columns;
  const root = rootOf(graph);
  const owned = pageOwned(graph, root);
  const all = { nodeCount: graph.nodeCount, first: firstEdge, to: edgeTo };
  return filterEdges(all, (edge, from, to) => {
    if (from === to || !isStrong(graph, edge)) return false;
    return from === root || owned[to] === 0 || owned[from] === 1;
  });
}

/** One byte a node: 1 for what a page's global objects and documents reach, 0 for what the engine or a debugger holds. */
function pageOwned(graph: HeapGraph, root: NodeIndex): Uint8Array {
  const { firstEdge, edgeTo, edgeClass } = graph.columns;
  const owned = new Uint8Array(graph.nodeCount);
  const queue = new Uint32Array(graph.nodeCount);
  let length = 0;
  const add = (node: number) => {
    if (owned[node] === 1) return;
    owned[node] = 1;
    queue[length++] = node;
  };
  for (let e = firstEdge[root]; e < firstEdge[root + 1]; e++) {
    const type = v8EdgeOf(edgeClass[e]);
    if (type === V8Edge.shortcut || (type === V8Edge.element && isDocuments(graph, edgeTo[e]))) add(edgeTo[e]);
  }
  for (let i = 0; i < length; i++) {
    const end = firstEdge[queue[i] + 1];
    for (let e = firstEdge[queue[i]]; e < end; e++) {
      if ((edgeClass[e] & EDGE_KIND_MASK) !== EdgeKind.weak) add(edgeTo[e]);
    }
  }
  return owned;
}
