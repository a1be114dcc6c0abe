import type { HeapGraph } from "../heap/HeapGraph.js";
import { Flag, UNKNOWN_REFCOUNT } from "../heap/kinds.js";
import { isStrong } from "./edges.js";

/** Where each node's references come from. */
export interface References {
  /** References that the heap explains: traversed and owned edges to the node. */
  readonly inside: Uint32Array;
  /**
   * Refcount less `inside`: references from outside the heap (the interpreter, C code, running code).
   * -1 where the refcount is unknown or the object immortal; never less than 0 otherwise.
   */
  readonly outside: Int32Array;
}

/** Explains refcounts by the references found in the heap. */
export function explainReferences(graph: HeapGraph): References {
  const { edgeTo, refcount, flags } = graph.columns;
  const inside = new Uint32Array(graph.nodeCount);
  for (let e = 0; e < edgeTo.length; e++) if (isStrong(graph, e)) inside[edgeTo[e]]++;
  const outside = new Int32Array(graph.nodeCount);
  for (let node = 0; node < outside.length; node++) {
    const unknown = refcount[node] === UNKNOWN_REFCOUNT || (flags[node] & Flag.immortal) !== 0;
    outside[node] = unknown ? -1 : Math.max(0, refcount[node] - inside[node]);
  }
  return { inside, outside };
}
