import type { EdgeIndex, NodeIndex } from "../heap/HeapGraph.js";
import type { Analysis } from "./Analysis.js";

/** An edge of the heap with its ends. */
export interface HeapEdge {
  readonly from: NodeIndex;
  readonly to: NodeIndex;
  /** Index into the heap's edge columns. */
  readonly edge: EdgeIndex;
}

/** All references between the members, in order of the members and of their traversal. */
export function innerEdges(analysis: Analysis, members: Uint32Array): HeapEdge[] {
  const { cyclic: strong } = analysis;
  const inside = new Set<number>(members);
  const edges: HeapEdge[] = [];
  for (const from of members) {
    for (let e = strong.first[from]; e < strong.first[from + 1]; e++) {
      if (inside.has(strong.to[e])) edges.push({ from, to: strong.to[e], edge: strong.edge[e] });
    }
  }
  return edges;
}

/** A shortest way from a member back to itself, along members only. Breadth first. */
export function shortestRing(analysis: Analysis, members: Uint32Array, start: NodeIndex): HeapEdge[] {
  const { cyclic: strong } = analysis;
  const inside = new Set<number>(members);
  const cameBy = new Map<number, HeapEdge>();
  const queue = [start];
  for (let at = 0; at < queue.length; at++) {
    const from = queue[at];
    for (let e = strong.first[from]; e < strong.first[from + 1]; e++) {
      const to = strong.to[e];
      if (!inside.has(to) || cameBy.has(to)) continue;
      cameBy.set(to, { from, to, edge: strong.edge[e] });
      if (to === start) {
        const ring: HeapEdge[] = [];
        let step = cameBy.get(start)!;
        ring.push(step);
        while (step.from !== start) ring.push((step = cameBy.get(step.from)!));
        return ring.reverse();
      }
      queue.push(to);
    }
  }
  return [];
}
