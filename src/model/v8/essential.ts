import type { HeapGraph, NodeIndex } from "../../heap/HeapGraph.js";
import { EDGE_KIND_MASK, EdgeKind, Standing, STANDING_MASK } from "../../heap/kinds.js";
import { V8Edge, v8EdgeOf } from "../../heap/v8.js";
import { SYSTEM_DISTANCE } from "./distances.js";
import { isDocuments, rootOf } from "./roots.js";

/**
 * The edges over which DevTools computes dominators: no weak ones, none from a node to itself, of the two edges to a
 * WeakMap's value that of the key, shortcuts from the root alone, and none into what a page owns from outside of it
 * (computeIsEssentialEdge in DevTools' HeapSnapshot.ts). One byte an edge of the heap: 1 for those.
 * @param distance `v8Distances`, which spares a search
 */
export function essentialEdges(graph: HeapGraph, distance: Int32Array): Uint8Array {
  const { firstEdge, edgeTo, edgeClass } = graph.columns;
  const root = rootOf(graph);
  const owned = pageOwned(graph, root, distance);
  const essential = new Uint8Array(graph.edgeCount);
  for (let from = 0; from < graph.nodeCount; from++) {
    const enters = from === root || owned[from] === 1;
    const end = firstEdge[from + 1];
    for (let e = firstEdge[from]; e < end; e++) {
      const to = edgeTo[e];
      const strong = (edgeClass[e] & STANDING_MASK) <= Standing.owned;
      if (strong && to !== from && (enters || owned[to] === 0)) essential[e] = 1;
    }
  }
  return essential;
}

/** One byte a node: 1 for what a page's global objects and documents reach, 0 for what the engine or a debugger holds. */
function pageOwned(graph: HeapGraph, root: NodeIndex, distance: Int32Array): Uint8Array {
  const { firstEdge, edgeTo, edgeClass } = graph.columns;
  const owned = new Uint8Array(graph.nodeCount);
  for (let e = firstEdge[root]; e < firstEdge[root + 1]; e++) {
    const type = v8EdgeOf(edgeClass[e]);
    if (type === V8Edge.shortcut || (type === V8Edge.element && isDocuments(graph, edgeTo[e]))) owned[edgeTo[e]] = 1;
  }
  // What the program's roots reach is nearly all of it, unless there are roots that are not the page's.
  let allOfPage = true;
  for (let node = 0; node < owned.length; node++) if (distance[node] === 1 && owned[node] === 0) allOfPage = false;
  if (allOfPage) {
    for (let node = 0; node < owned.length; node++) {
      if (distance[node] > 0 && distance[node] < SYSTEM_DISTANCE) owned[node] = 1;
    }
  }
  const added: number[] = [];
  const follow = (node: number) => {
    const end = firstEdge[node + 1];
    for (let e = firstEdge[node]; e < end; e++) {
      if (owned[edgeTo[e]] === 1 || (edgeClass[e] & EDGE_KIND_MASK) === EdgeKind.weak) continue;
      owned[edgeTo[e]] = 1;
      added.push(edgeTo[e]);
    }
  };
  for (let node = 0; node < owned.length; node++) {
    if (owned[node] === 1) follow(node);
    while (added.length > 0) follow(added.pop()!);
  }
  return owned;
}
