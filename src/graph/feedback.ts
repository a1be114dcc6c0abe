import { type Arcs, collapseChains, mergeParallel, NO_ARC } from "./arcs.js";
import { type Csr, filterEdges, groupBy } from "./csr.js";
import { feedbackOfSmall, SMALL_NODES } from "./feedbackSmall.js";
import { greedyOrder } from "./greedyOrder.js";
import { innerEdges } from "./innerEdges.js";
import { restoreRedundant } from "./restoreRedundant.js";
import { componentMembers, stronglyConnectedComponents } from "./scc.js";

/** Edges whose removal leaves no cycle, in ascending order, and whether none of less weight do. */
export interface FeedbackSet {
  readonly edges: number[];
  /** True where the weight is proven to be the least; false where it comes from the heuristic. */
  readonly exact: boolean;
}

/**
 * Edges between the members whose removal leaves no cycle among them. `weight` says what cutting an edge costs: 0 or
 * more, Infinity for edges that must not be cut. Cycles of such edges alone are left as they are. Parallel edges are
 * cut together, and their weights add up.
 *
 * The set has the least possible weight wherever a component, with nodes merged whose only edge in (or out) costs as
 * much as all their edges out (or in), comes down to EXACT_NODES (15) nodes or fewer; so rings of any length, and
 * anything of up to 15 nodes, are exact. Otherwise it comes from the greedy order (see `greedyOrder`), which
 * components of up to SMALL_NODES (128) nodes improve node by node (see `improveOrder`).
 *
 * No edge of the set is redundant, except possibly in components so large and entangled that the check of redundancy
 * reaches its bound (see `restoreRedundant`); with nodes × (nodes + edges) up to 20 million it never does.
 * Time O(m log n) and that bound.
 *
 * Throws a RangeError if a weight is negative or not a number.
 */
export function feedbackSet(csr: Csr, members: ArrayLike<number>, weight: (edge: number) => number): FeedbackSet {
  const inner = innerEdges(csr, members);
  const { edge, nodeCount } = inner;
  const cost = Float64Array.from(edge, (e) => {
    const w = weight(e);
    if (!(w >= 0)) throw new RangeError(`edge ${e} has weight ${w}; expected 0 or more`);
    return w;
  });
  const found: number[] = [];

  // What edges that must not be cut tie together is one node for the rest; a finite edge inside it closes a cycle
  // that only this edge can open.
  const tied = stronglyConnectedComponents(filterEdges(inner, (e) => cost[e] === Infinity));
  const from = inner.from.map((v) => tied.component[v]);
  const to = inner.to.map((v) => tied.component[v]);
  for (let e = 0; e < edge.length; e++) if (from[e] === to[e] && cost[e] !== Infinity) found.push(edge[e]);
  const { arcs, arcOf } = mergeParallel(nodeCount === 0 ? 0 : tied.count, from, to, cost);
  const cut = new Uint8Array(arcs.to.length);
  const exact = feedbackArcs(arcs, cut);
  for (let e = 0; e < edge.length; e++) if (arcOf[e] !== NO_ARC && cut[arcOf[e]] === 1) found.push(edge[e]);
  return { edges: found.sort((a, b) => a - b), exact };
}

/** The edges of `feedbackSet`. */
export function feedbackEdges(csr: Csr, members: ArrayLike<number>, weight: (edge: number) => number): number[] {
  return feedbackSet(csr, members, weight).edges;
}

/** Marks arcs in `cut`, for each strongly connected component by itself. Returns whether all of it is exact. */
function feedbackArcs(arcs: Arcs, cut: Uint8Array): boolean {
  const { tail, to } = arcs;
  const scc = stronglyConnectedComponents(arcs);
  const nodes = componentMembers(scc);
  const place = new Uint32Array(arcs.nodeCount);
  for (let c = 0; c < scc.count; c++) {
    for (let m = nodes.first[c]; m < nodes.first[c + 1]; m++) place[nodes.members[m]] = m - nodes.first[c];
  }
  const componentOfArc = new Int32Array(to.length).fill(-1);
  for (let a = 0; a < to.length; a++) {
    const c = scc.component[tail[a]];
    if (c === scc.component[to[a]]) componentOfArc[a] = c;
  }
  const inner = groupBy(scc.count, componentOfArc);
  let exact = true;
  for (let c = 0; c < scc.count; c++) {
    if (scc.size[c] < 2) continue;
    const own = inner.members.subarray(inner.first[c], inner.first[c + 1]);
    // Nothing is parallel here, and the order stays: arc i of the part is own[i].
    const { arcs: part } = mergeParallel(
      scc.size[c],
      own.map((a) => place[tail[a]]),
      own.map((a) => place[to[a]]),
      Float64Array.from(own, (a) => arcs.weight[a]),
    );
    const partCut = new Uint8Array(own.length);
    if (!feedbackOfComponent(part, partCut)) exact = false;
    restoreRedundant(part, partCut);
    for (let i = 0; i < own.length; i++) cut[own[i]] = partCut[i];
  }
  return exact;
}

function feedbackOfComponent(arcs: Arcs, cut: Uint8Array): boolean {
  if (arcs.nodeCount <= SMALL_NODES) return feedbackOfSmall(arcs, cut);
  const smaller = collapseChains(arcs, cut);
  const inner = new Uint8Array(smaller.arcs.to.length);
  let exact = false;
  // Each round at least halves the graph, or is the last: linear, and a recursion no deeper than 32.
  if (smaller.arcs.nodeCount <= Math.max(SMALL_NODES, arcs.nodeCount / 2)) {
    exact = feedbackOfComponent(smaller.arcs, inner);
  } else {
    const position = greedyOrder(smaller.arcs);
    for (let a = 0; a < inner.length; a++) {
      if (position[smaller.arcs.tail[a]] > position[smaller.arcs.to[a]]) inner[a] = 1;
    }
  }
  for (let a = 0; a < cut.length; a++) if (smaller.arcOf[a] !== NO_ARC && inner[smaller.arcOf[a]] === 1) cut[a] = 1;
  return exact;
}
