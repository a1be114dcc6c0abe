import { type Csr, type DerivedCsr, filterEdges } from "./csr.js";
import { feedbackEdges } from "./feedback.js";
import { type Groups, leastGroups, type Selection } from "./groupSearch.js";
import { innerEdges } from "./innerEdges.js";
import { cyclicComponents, stronglyConnectedComponents } from "./scc.js";

/** Groups of edges whose removal leaves no cycle, and edges of theirs that suffice. */
export interface FeedbackGroups {
  /** Ascending. */
  readonly groups: readonly number[];
  /** Edges of these groups, ascending: as few as end all cycles. None is redundant. */
  readonly edges: readonly number[];
  /** The sum of the groups' weights. */
  readonly weight: number;
  /** True where the weight is proven to be the least; false where it comes from a heuristic. */
  readonly exact: boolean;
}

/**
 * Groups of least total weight whose edges together leave no cycle among the members: a group counts once, however
 * many of its edges are cut. (With labels for groups, the minimum label feedback arc set.) Among sets of the same weight
 * those with fewer groups, then with lower group numbers come first, as far as the search is exhaustive.
 *
 * Exact where at most EXACT_GROUPS (15) groups lie on cycles, whatever the graph's size; otherwise where `feedbackSet`
 * is exact, that is in components that come down to 15 nodes, as long as the search needs no more than SOLVES (400)
 * bounds (see `leastGroups`).
 *
 * Returns undefined where edges that must not be cut close a cycle.
 * @param groupOf of an edge of `csr`: 0 or more, or -1 if it must not be cut
 * @param weight of a group: more than 0
 */
export function feedbackGroups(
  csr: Csr,
  members: ArrayLike<number>,
  groupOf: (edge: number) => number,
  weight: (group: number) => number,
): FeedbackGroups | undefined {
  const inner = cyclicPart(innerEdges(csr, members));
  const group = Int32Array.from(inner.edge, (e) => groupOf(e));
  if (hasCycle(filterEdges(inner, (e) => group[e] < 0))) return undefined;
  const numbers = [...new Set(group)].filter((g) => g >= 0).sort((a, b) => a - b);
  const index = new Map(numbers.map((g, i) => [g, i]));
  const groups: Groups = {
    graph: inner,
    group: group.map((g) => (g < 0 ? -1 : index.get(g)!)),
    weight: Float64Array.from(numbers, (g) => weight(g)),
  };
  for (const w of groups.weight) if (!(w > 0)) throw new RangeError(`a group has weight ${w}; expected more than 0`);
  const { chosen, exact }: Selection = leastGroups(groups);
  const all = Uint32Array.from({ length: inner.nodeCount }, (_, v) => v);
  const edges = feedbackEdges(inner, all, (e) => (chosen[groups.group[e]] === 1 ? 1 : Infinity));
  const used = new Set(edges.map((e) => group[e]));
  return {
    groups: numbers.filter((g) => used.has(g)),
    edges: edges.map((e) => inner.edge[e]),
    weight: [...used].reduce((sum, g) => sum + weight(g), 0),
    exact,
  };
}

/** Without the edges that lie on no cycle. */
function cyclicPart(graph: DerivedCsr): DerivedCsr {
  const { component } = stronglyConnectedComponents(graph);
  const kept = filterEdges(graph, (_, from, to) => component[from] === component[to]);
  return { ...kept, edge: kept.edge.map((e) => graph.edge[e]) };
}

function hasCycle(graph: Csr): boolean {
  return cyclicComponents(graph, stronglyConnectedComponents(graph)).length > 0;
}
