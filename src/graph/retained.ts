import { type Grouping, groupBy } from "./csr.js";
import type { DominatorTree } from "./dominators.js";

/**
 * The retained size of each node: its own size and that of all nodes it dominates, in the unit of `selfSize` (one
 * entry a node). nodeCount + 1 entries: the last is the total under the virtual root. 0 for unreached nodes.
 * @param retained zeros, to be filled and returned; may be longer
 */
export function retainedSizes(
  tree: DominatorTree,
  selfSize: Float64Array,
  retained = new Float64Array(tree.idom.length + 1),
): Float64Array {
  const { idom, order } = tree;
  for (let i = order.length - 1; i >= 0; i--) {
    const v = order[i];
    retained[v] += selfSize[v];
    retained[idom[v]] += retained[v];
  }
  return retained;
}

/** What `dominatorChildren` returns. */
export interface DominatorChildren {
  /** nodeCount + 2 entries: the children of `v` are `children[first[v]]` to `children[first[v + 1] - 1]`. */
  readonly first: Uint32Array;
  /** One entry a reached node; the children of one node in ascending order. */
  readonly children: Uint32Array;
}

/** The nodes that each node, and the virtual root (nodeCount), immediately dominates. */
export function dominatorChildren(tree: DominatorTree): DominatorChildren {
  const grouped: Grouping = groupBy(tree.idom.length + 1, tree.idom);
  return { first: grouped.first, children: grouped.members };
}
