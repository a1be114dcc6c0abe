import type { HeapGraph } from "../../heap/HeapGraph.js";
import { isTraversed } from "../edges.js";

/** In `parentEdge`: not examined, or unreachable; reachable by itself. */
export const NO_PARENT = -1;
export const IS_ROOT = -2;

/**
 * Why the collector lets each object live: a spanning forest over the references that it sees, from the objects with
 * references from elsewhere. It answers what becomes unreachable when references go without looking at the whole heap.
 */
export class CollectorForest {
  /** By node: the edge by which it is reached, `IS_ROOT` or `NO_PARENT`. */
  readonly parentEdge: Int32Array;
  /** By node: references that are not traversed edges of examined objects (`gc_refs` after subtract_refs). */
  readonly outside: Int32Array;
  /** One byte a node: 1 if the collection examines it. */
  readonly isExamined: Uint8Array;

  /**
   * @param examined what a full collection examines
   * @param refcount by node
   */
  constructor(graph: HeapGraph, examined: Uint32Array, refcount: Int32Array) {
    const { firstEdge, edgeTo } = graph.columns;
    const n = graph.nodeCount;
    this.parentEdge = new Int32Array(n).fill(NO_PARENT);
    this.outside = new Int32Array(n);
    this.isExamined = new Uint8Array(n);
    for (const node of examined) {
      this.isExamined[node] = 1;
      this.outside[node] = refcount[node];
    }
    for (const node of examined) {
      for (let e = firstEdge[node]; e < firstEdge[node + 1]; e++) {
        if (this.isExamined[edgeTo[e]] === 1 && isTraversed(graph, e)) this.outside[edgeTo[e]]--;
      }
    }
    const [major, minor] = graph.info.version;
    const belowIsReachable = major === 3 && minor >= 8;
    const queue = new Uint32Array(examined.length);
    let end = 0;
    for (const node of examined) {
      if (this.outside[node] <= 0 && !(belowIsReachable && this.outside[node] < 0)) continue;
      this.parentEdge[node] = IS_ROOT;
      queue[end++] = node;
    }
    for (let at = 0; at < end; at++) {
      const node = queue[at];
      for (let e = firstEdge[node]; e < firstEdge[node + 1]; e++) {
        const target = edgeTo[e];
        if (this.isExamined[target] === 0 || this.parentEdge[target] !== NO_PARENT || !isTraversed(graph, e)) continue;
        this.parentEdge[target] = e;
        queue[end++] = target;
      }
    }
  }
}
