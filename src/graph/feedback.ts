import { type Arcs, collapseChains, mergeParallel, NO_ARC } from "./arcs.js";
import { type Csr, filterEdges, groupBy } from "./csr.js";
import { feedbackOfSmall, SMALL_NODES } from "./feedbackSmall.js";
import { greedyOrder } from "./greedyOrder.js";
import { restoreRedundant } from "./restoreRedundant.js";
import { componentMembers, stronglyConnectedComponents } from "./scc.js";

/**
 * Edges between the members whose removal leaves no cycle among them, in ascending order. `weight` says what cutting
 * an edge costs: 0 or more, Infinity for edges that must not be cut. Cycles of such edges alone are left as they are.
 *
 * The set has the least possible weight wherever a component, with nodes merged whose only edge in (or out) costs as
 * much as all their edges out (or in), comes down to EXACT_NODES (12) nodes or fewer; so rings of any length, and
 * anything of up to 12 nodes, are exact. Otherwise it comes from the greedy order (see `greedyOrder`).
 *
 * No edge of the set is redundant, except possibly in components so large and entangled that the check of redundancy
 * reaches its bound (see `restoreRedundant`); with nodes × (nodes + edges) up to 20 million it never does.
 * Time O(m log n) and that bound.
 *
 * Throws a RangeError if a weight is negative or not a number.
 */
export function feedbackEdges(csr: Csr, members: ArrayLike<number>, weight: (edge: number) => number): number[] {
  const inner = innerEdges(csr, members, weight);
  const { edge, from, to, cost, nodeCount } = inner;
  const found: number[] = [];

  // What edges that must not be cut tie together is one node for the rest; a finite edge inside it closes a cycle
  // that only this edge can open.
  const tied = stronglyConnectedComponents(filterEdges(inner, (e) => cost[e] === Infinity));
  for (let e = 0; e < edge.length; e++) {
    from[e] = tied.component[from[e]];
    to[e] = tied.component[to[e]];
    if (from[e] === to[e] && cost[e] !== Infinity) found.push(edge[e]);
  }
  const { arcs, arcOf } = mergeParallel(nodeCount === 0 ? 0 : tied.count, from, to, cost);
  const cut = feedbackArcs(arcs);
  for (let e = 0; e < edge.length; e++) if (arcOf[e] !== NO_ARC && cut[arcOf[e]] === 1) found.push(edge[e]);
  return found.sort((a, b) => a - b);
}

/** The edges between the members as columns, with the members numbered in ascending order. */
interface InnerEdges extends Csr {
  readonly edge: Uint32Array;
  readonly from: Uint32Array;
  readonly cost: Float64Array;
}

function innerEdges(csr: Csr, members: ArrayLike<number>, weight: (edge: number) => number): InnerEdges {
  const nodes = Uint32Array.from(members).sort();
  let n = 0;
  for (let i = 0; i < nodes.length; i++) if (i === 0 || nodes[i] !== nodes[n - 1]) nodes[n++] = nodes[i];
  let bound = 0;
  for (let i = 0; i < n; i++) bound += csr.first[nodes[i] + 1] - csr.first[nodes[i]];
  const edge = new Uint32Array(bound);
  const from = new Uint32Array(bound);
  const to = new Uint32Array(bound);
  const cost = new Float64Array(bound);
  const first = new Uint32Array(n + 1);
  let count = 0;
  for (let i = 0; i < n; i++) {
    const end = csr.first[nodes[i] + 1];
    for (let e = csr.first[nodes[i]]; e < end; e++) {
      const j = indexIn(nodes, n, csr.to[e]);
      if (j < 0) continue;
      const w = weight(e);
      if (!(w >= 0)) throw new RangeError(`edge ${e} has weight ${w}; expected 0 or more`);
      edge[count] = e;
      from[count] = i;
      to[count] = j;
      cost[count++] = w;
    }
    first[i + 1] = count;
  }
  const cutTo = <T extends Uint32Array | Float64Array>(column: T): T => column.subarray(0, count) as T;
  return { nodeCount: n, first, edge: cutTo(edge), from: cutTo(from), to: cutTo(to), cost: cutTo(cost) };
}

/** Binary search; a table over all nodes would cost more than a small component is worth. */
function indexIn(sorted: Uint32Array, count: number, value: number): number {
  let low = 0;
  let high = count - 1;
  while (low <= high) {
    const middle = (low + high) >>> 1;
    if (sorted[middle] === value) return middle;
    if (sorted[middle] < value) low = middle + 1;
    else high = middle - 1;
  }
  return -1;
}

/** For each arc 1 if it is cut. Works on each strongly connected component by itself. */
function feedbackArcs(arcs: Arcs): Uint8Array {
  const { tail, to } = arcs;
  const cut = new Uint8Array(to.length);
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
    const partCut = feedbackOfComponent(part);
    restoreRedundant(part, partCut);
    for (let i = 0; i < own.length; i++) cut[own[i]] = partCut[i];
  }
  return cut;
}

function feedbackOfComponent(arcs: Arcs): Uint8Array {
  const cut = new Uint8Array(arcs.to.length);
  if (arcs.nodeCount <= SMALL_NODES) {
    feedbackOfSmall(arcs, cut);
    return cut;
  }
  const smaller = collapseChains(arcs, cut);
  let inner: Uint8Array;
  // Each round at least halves the graph, or is the last: linear, and a recursion no deeper than 32.
  if (smaller.arcs.nodeCount <= Math.max(SMALL_NODES, arcs.nodeCount / 2)) {
    inner = feedbackOfComponent(smaller.arcs);
  } else {
    const position = greedyOrder(smaller.arcs);
    inner = new Uint8Array(smaller.arcs.to.length);
    for (let a = 0; a < inner.length; a++) {
      if (position[smaller.arcs.tail[a]] > position[smaller.arcs.to[a]]) inner[a] = 1;
    }
  }
  for (let a = 0; a < cut.length; a++) if (smaller.arcOf[a] !== NO_ARC && inner[smaller.arcOf[a]] === 1) cut[a] = 1;
  return cut;
}
