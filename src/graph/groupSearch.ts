import { type Csr, filterEdges } from "./csr.js";
import { feedbackSet } from "./feedback.js";
import { leastHittingSet } from "./groupSubsets.js";
import { cyclicComponents, stronglyConnectedComponents } from "./scc.js";

/** Up to so many groups all sets of groups are gone through: 2^15 of them, 0.5 MB. */
export const EXACT_GROUPS = 15;
/** How many lower bounds the search beyond that computes at most, and how many edges they may look at together. */
const SOLVES = 400;
const EDGES_LOOKED_AT = 4_000_000;
const ROUNDING = 1e-9;

/** Edges in groups. Group numbers are 0 … weight.length - 1. */
export interface Groups {
  readonly graph: Csr;
  /** For each edge its group, or -1 if it must not be cut; such edges form no cycle. */
  readonly group: Int32Array;
  readonly weight: Float64Array;
}

/** Which groups to cut: one byte a group. */
export interface Selection {
  readonly chosen: Uint8Array;
  /** True if no selection weighs less. */
  readonly exact: boolean;
}

/**
 * The groups of least weight whose edges together leave no cycle.
 *
 * Up to EXACT_GROUPS groups: the least set that hits all cycles found so far, until it leaves none (`leastHittingSet`).
 * Beyond, branch and bound. The bound is a least feedback set in which each group's weight is shared out evenly among
 * its edges, which never costs more than the group; where it cuts a group in part, the search goes on with the group
 * cut and with it kept. It stops at its limits with the best that it has found: the greedy solution (each group that
 * the first bound touches, less those that prove needless) or the cheapest group that ends all cycles alone.
 */
export function leastGroups(groups: Groups): Selection {
  if (groups.weight.length === 0) return { chosen: new Uint8Array(0), exact: true };
  return groups.weight.length <= EXACT_GROUPS ? leastHittingSet(groups) : branchAndBound(groups);
}

/** What the search has decided about a group. */
const OPEN = 0;
const CUT = 1;
const KEPT = 2;

function branchAndBound(groups: Groups): Selection {
  const { graph, group, weight } = groups;
  const count = weight.length;
  const nodes = Uint32Array.from({ length: graph.nodeCount }, (_, v) => v);
  const edgesOf = new Uint32Array(count);
  for (const g of group) if (g >= 0) edgesOf[g]++;

  let best = cheapestSingle(groups);
  let least = best === undefined ? Infinity : total(groups, best);
  let exact = true;
  let left = Math.min(SOLVES, Math.max(1, Math.floor(EDGES_LOOKED_AT / graph.to.length)));
  const waiting: Uint8Array[] = [new Uint8Array(count)];
  while (waiting.length > 0) {
    if (left-- === 0) {
      exact = false;
      break;
    }
    const state = waiting.pop()!;
    let bound = 0;
    for (let g = 0; g < count; g++) if (state[g] === CUT) bound += weight[g];
    const cost = (e: number): number => {
      const g = group[e];
      if (g < 0 || state[g] === KEPT) return Infinity;
      return state[g] === CUT ? 0 : weight[g] / edgesOf[g];
    };
    const solved = feedbackSet(graph, nodes, cost);
    const touched = new Uint32Array(count);
    for (const e of solved.edges) {
      bound += cost(e);
      touched[group[e]]++;
    }
    const candidate = withoutNeedless(
      groups,
      touched.map((n) => Math.min(n, 1)),
    );
    const price = total(groups, candidate);
    if (price < least - ROUNDING) {
      least = price;
      best = candidate;
    }
    if (!solved.exact) {
      exact = false; // What is no bound proves nothing.
      break;
    }
    if (bound >= least - ROUNDING) continue;
    const next = furthestFromWhole(groups, state, touched, edgesOf);
    if (next < 0) continue;
    const cut = state.slice();
    cut[next] = CUT;
    waiting.push(cut);
    const kept = state.slice();
    kept[next] = KEPT;
    if (!isCyclic(groups, (g) => kept[g] === KEPT)) waiting.push(kept);
  }
  return { chosen: best!, exact };
}

/** The open group of which the bound cuts a part only, and whose rest weighs most; -1 if there is none. */
function furthestFromWhole({ weight }: Groups, state: Uint8Array, touched: Uint32Array, edgesOf: Uint32Array): number {
  let next = -1;
  let most = 0;
  for (let g = 0; g < weight.length; g++) {
    if (state[g] !== OPEN || touched[g] === 0) continue;
    const rest = weight[g] * (1 - touched[g] / edgesOf[g]);
    if (rest > most) {
      most = rest;
      next = g;
    }
  }
  return next;
}

/** The lightest group whose edges end all cycles, if there is one; looks at so many groups as the limit allows. */
function cheapestSingle(groups: Groups): Uint8Array | undefined {
  const { graph, weight } = groups;
  const order = Array.from(weight.keys()).sort((a, b) => weight[a] - weight[b] || a - b);
  const tried = Math.max(16, Math.floor(EDGES_LOOKED_AT / graph.to.length));
  const single = order.slice(0, tried).find((g) => !isCyclic(groups, (other) => other !== g));
  return single === undefined ? undefined : new Uint8Array(weight.length).fill(1, single, single + 1);
}

/** Keeps those of the chosen groups that turn out not to be needed, the heaviest first. */
function withoutNeedless(groups: Groups, chosen: Uint32Array): Uint8Array {
  const { graph, weight } = groups;
  const left = Uint8Array.from(chosen);
  const order = Array.from(weight.keys())
    .filter((g) => left[g] === 1)
    .sort((a, b) => weight[b] - weight[a] || b - a);
  for (const g of order.slice(0, Math.floor(EDGES_LOOKED_AT / graph.to.length))) {
    left[g] = 0;
    if (isCyclic(groups, (other) => left[other] === 0)) left[g] = 1;
  }
  return left;
}

function total({ weight }: Groups, chosen: Uint8Array): number {
  return weight.reduce((sum, w, g) => (chosen[g] === 1 ? sum + w : sum), 0);
}

/** Whether the groups that stay, and what must not be cut, form a cycle. */
function isCyclic({ graph, group }: Groups, stays: (group: number) => boolean): boolean {
  const left = filterEdges(graph, (e) => group[e] < 0 || stays(group[e]));
  return cyclicComponents(left, stronglyConnectedComponents(left)).length > 0;
}
