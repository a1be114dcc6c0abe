import { type Csr, distances, dominatorTree, retainedSizes, UNREACHED } from "../graph/index.js";
import type { HeapGraph } from "../heap/HeapGraph.js";
import { type Roots, RootReason } from "./roots.js";

/** Dominators and retained sizes. What is alive and what is garbage never mix: each has a virtual root. */
export interface Ownership {
  /** Immediate dominator by node; `aliveRoot` or `garbageRoot` at the top. */
  readonly idom: Uint32Array;
  /** nodeCount */
  readonly aliveRoot: number;
  /** nodeCount + 1 */
  readonly garbageRoot: number;
  /** Bytes by node that would be freed if this object went; the two virtual roots' totals at the end. */
  readonly retained: Float64Array;
  /** Edges from the nearest named root; -1 where no named root reaches the node. */
  readonly distance: Int32Array;
}

/** Computes ownership over all edges that keep something alive. */
export function ownership(graph: HeapGraph, strong: Csr, roots: Roots): Ownership {
  const n = graph.nodeCount;
  const aliveMask = roots.isGarbage.map((g) => 1 - g);
  const alive = dominatorTree(strong, roots.alive, { mask: aliveMask });
  const aliveRetained = retainedSizes(alive, graph.columns.selfSize);
  const retained = new Float64Array(n + 2);
  retained.set(aliveRetained);
  const idom = alive.idom;
  if (roots.garbage.length > 0) {
    const garbage = dominatorTree(strong, roots.garbage, { mask: roots.isGarbage });
    const garbageRetained = retainedSizes(garbage, graph.columns.selfSize);
    for (let node = 0; node < n; node++) {
      if (garbage.idom[node] === UNREACHED) continue;
      idom[node] = garbage.idom[node] === n ? n + 1 : garbage.idom[node];
      retained[node] = garbageRetained[node];
    }
    retained[n + 1] = garbageRetained[n];
  }
  const named = roots.alive.filter((_, i) => roots.reason[i] === RootReason.named);
  return { idom, aliveRoot: n, garbageRoot: n + 1, retained, distance: distances(strong, named) };
}
