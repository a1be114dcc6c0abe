import { dominatorTree, retainedSizes, UNREACHED } from "../../graph/index.js";
import type { HeapGraph, NodeIndex } from "../../heap/HeapGraph.js";
import type { Ownership } from "../ownership.js";
import { v8Distances } from "./distances.js";
import { essentialEdges } from "./essential.js";
import { rootOf } from "./roots.js";

/**
 * Dominators, retained sizes and distances as DevTools tells them. The root dominates all: also what only weak
 * references lead to, which counts as held by the root, and what nothing leads to.
 */
export function v8Ownership(graph: HeapGraph): Ownership {
  const n = graph.nodeCount;
  const { firstEdge: first, edgeTo: to, selfSize } = graph.columns;
  const root = rootOf(graph);
  const distance = v8Distances(graph);
  const essential = essentialEdges(graph, distance);
  const tree = dominatorTree({ nodeCount: n, first, to }, startsOf(graph, root, essential), { edges: essential });
  const retained = retainedSizes(tree, selfSize, new Float64Array(n + 2));
  const { idom } = tree;
  let total = retained[n];
  for (let node = 0; node < n; node++) {
    if (idom[node] === UNREACHED) {
      retained[node] = selfSize[node];
      total += retained[node];
    }
    if (idom[node] === UNREACHED || idom[node] === n) idom[node] = root;
  }
  idom[root] = n;
  retained[root] = retained[n] = total;
  return { idom, aliveRoot: n, garbageRoot: n + 1, retained, distance };
}

/** The root, and what no essential edge leads to: that has dominated nodes of its own. */
function startsOf(graph: HeapGraph, root: NodeIndex, essential: Uint8Array): NodeIndex[] {
  const { edgeTo } = graph.columns;
  const entered = new Uint8Array(graph.nodeCount);
  for (let e = 0; e < essential.length; e++) if (essential[e] === 1) entered[edgeTo[e]] = 1;
  const starts = [root];
  for (let node = 0; node < entered.length; node++) if (entered[node] === 0 && node !== root) starts.push(node);
  return starts;
}
