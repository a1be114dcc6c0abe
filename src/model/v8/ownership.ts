import { type Csr, dominatorTree, predecessors, retainedSizes, UNREACHED } from "../../graph/index.js";
import type { HeapGraph } from "../../heap/HeapGraph.js";
import type { Ownership } from "../ownership.js";
import { v8Distances } from "./distances.js";
import { rootOf } from "./essential.js";

/**
 * Dominators, retained sizes and distances as DevTools tells them. The root dominates all: also what only weak
 * references lead to, which counts as held by the root, and what nothing leads to.
 * @param essential `essentialEdges`
 */
export function v8Ownership(graph: HeapGraph, essential: Csr): Ownership {
  const n = graph.nodeCount;
  const root = rootOf(graph);
  const reverse = predecessors(essential);
  const starts = [root];
  for (let node = 0; node < n; node++) {
    if (node !== root && reverse.first[node] === reverse.first[node + 1]) starts.push(node);
  }
  const tree = dominatorTree(essential, starts, { reverse });
  const sizes = retainedSizes(tree, graph.columns.selfSize);
  const retained = new Float64Array(n + 2);
  retained.set(sizes.subarray(0, n));
  const { idom } = tree;
  let total = sizes[n];
  for (let node = 0; node < n; node++) {
    if (idom[node] === UNREACHED) {
      retained[node] = graph.columns.selfSize[node];
      total += retained[node];
    }
    if (idom[node] === UNREACHED || idom[node] === n) idom[node] = root;
  }
  idom[root] = n;
  retained[root] = retained[n] = total;
  return { idom, aliveRoot: n, garbageRoot: n + 1, retained, distance: v8Distances(graph) };
}
