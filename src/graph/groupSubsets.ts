import { type Csr, filterEdges } from "./csr.js";
import type { Groups, Selection } from "./groupSearch.js";
import { cyclicComponents, stronglyConnectedComponents } from "./scc.js";

/**
 * The groups of least weight whose edges together leave no cycle, of few groups (2^groups sets are listed).
 *
 * Goes through the sets of groups, the lightest first, passes over those that miss a cycle known so far, and looks in
 * what each other one leaves for a cycle; the first that leaves none is the answer. So only as many graphs are searched
 * as there are cycles that matter, seldom more than a handful. After Ali Baharev, Hermann Schichl, Arnold Neumaier,
 * Tobias Achterberg, "An exact method for the minimum feedback arc set problem", ACM Journal of Experimental Algorithmics
 * 26 (2021), who find the cycles as lazily.
 */
export function leastHittingSet(groups: Groups): Selection {
  const { graph, group, weight } = groups;
  const count = weight.length;
  const known: number[] = []; // By cycle: the groups on it, as bits.
  for (const set of setsByWeight(weight)) {
    if (known.some((cycle) => (cycle & set) === 0)) continue;
    const left = filterEdges(graph, (e) => group[e] < 0 || (set & (1 << group[e])) === 0);
    const cycles = someCycles(left, (e) => (group[left.edge[e]] < 0 ? 0 : 1 << group[left.edge[e]]));
    if (cycles.length === 0) {
      return { chosen: Uint8Array.from({ length: count }, (_, g) => (set >> g) & 1), exact: true };
    }
    known.push(...cycles);
  }
  throw new RangeError("edges that must not be cut form a cycle");
}

/** All sets as bits, by weight, then number of members, then lower members first. */
function setsByWeight(weight: Float64Array): Uint32Array {
  const sets = 1 << weight.length;
  const total = new Float64Array(sets);
  const members = new Uint8Array(sets);
  for (let g = 0; g < weight.length; g++) {
    const bit = 1 << g;
    for (let rest = 0; rest < bit; rest++) {
      total[bit | rest] = total[rest] + weight[g];
      members[bit | rest] = members[rest] + 1;
    }
  }
  const order = Uint32Array.from({ length: sets }, (_, set) => set);
  return order.sort((a, b) => total[a] - total[b] || members[a] - members[b] || a - b);
}

/** Of each cyclic component the groups (bits) on a shortest cycle through its first node that is on one. */
function someCycles(graph: Csr, bitOf: (edge: number) => number): number[] {
  const scc = stronglyConnectedComponents(graph);
  const cyclic = cyclicComponents(graph, scc);
  const start = new Int32Array(scc.count).fill(-1);
  for (let v = graph.nodeCount - 1; v >= 0; v--) start[scc.component[v]] = v;
  const cameBy = new Int32Array(graph.nodeCount).fill(-1);
  const cameFrom = new Uint32Array(graph.nodeCount);
  const queue = new Uint32Array(graph.nodeCount);
  return cyclic.map((component) => {
    let tail = 0;
    queue[tail++] = start[component];
    for (let head = 0; ; head++) {
      const v = queue[head];
      for (let e = graph.first[v]; e < graph.first[v + 1]; e++) {
        const w = graph.to[e];
        if (scc.component[w] !== component || cameBy[w] >= 0) continue;
        cameBy[w] = e;
        cameFrom[w] = v;
        if (w !== start[component]) {
          queue[tail++] = w;
          continue;
        }
        let groups = 0;
        let at = w;
        do {
          groups |= bitOf(cameBy[at]);
          at = cameFrom[at];
        } while (at !== w);
        return groups;
      }
    }
  });
}
