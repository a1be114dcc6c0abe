import { csrOf, cyclicComponents, feedbackEdges, stronglyConnectedComponents } from "../graph/index.js";
import type { NodeIndex } from "../heap/HeapGraph.js";
import { Flag, Kind } from "../heap/kinds.js";
import { LabelSort, labelPayload, labelSort, labelText } from "../heap/labels.js";
import type { Analysis } from "./Analysis.js";

/** A reference whose removal helps to end a cycle. */
export interface Cut {
  /** Edge index in `analysis.strong`. */
  readonly edge: number;
  readonly from: NodeIndex;
  readonly to: NodeIndex;
  readonly label: string;
  readonly remedy: Remedy;
}

/** What a programmer can do about a reference, and the name that it has in the source (or the container's type). */
export interface Remedy {
  readonly kind:
    | "clear-cell"
    | "weak-capture"
    | "clear-local"
    | "delete-exception"
    | "drop-traceback"
    | "weak-attribute"
    | "clear-container"
    | "remove-entry";
  readonly name: string;
}

const NOT_CHANGEABLE = Infinity;
const SITES_TRIED = 12;
// Names by which a child knows what it belongs to: the reference to make weak.
const UPWARDS = /^_*(parent|owner|root|prev|previous|back|container|outer|up)(_?ref)?_*$/i;
const CONTAINERS: ReadonlySet<number> = new Set([Kind.dict, Kind.list, Kind.set, Kind.deque, Kind.tuple]);

/** References of the same kind between the same kinds of object: one place in the source, one change ends them all. */
interface Site {
  readonly effort: number;
  readonly edges: number[];
}

/** What the search knows of a cycle. */
interface CycleEdges {
  readonly members: Uint32Array;
  /** Where each inner edge (index in `strong`) comes from. */
  readonly source: ReadonlyMap<number, NodeIndex>;
  readonly instanceDicts: ReadonlySet<NodeIndex>;
}

/**
 * What it costs a programmer to end a reference, from 1 (one line: empty a variable after its last use) upwards.
 * Interpreter internals can't be cut.
 */
function effort(analysis: Analysis, edge: number, from: NodeIndex, to: NodeIndex, instanceDict: boolean): number {
  const { graph, strong } = analysis;
  const { kind } = graph.columns;
  const label = graph.columns.edgeLabel[strong.edge[edge]];
  const name = graph.string(labelPayload(label));
  switch (labelSort(label)) {
    case LabelSort.closure:
      return kind[to] === Kind.function ? 1 : 3;
    case LabelSort.local:
      return kind[to] === Kind.cell ? NOT_CHANGEABLE : 1;
    case LabelSort.key:
      return instanceDict ? attributeEffort(name, kind[to]) : /^__\w+__$/.test(name) ? NOT_CHANGEABLE : 4;
    case LabelSort.index:
    case LabelSort.nodeKey:
      return kind[from] === Kind.tuple ? NOT_CHANGEABLE : 4;
    case LabelSort.attribute:
      if (kind[from] === Kind.cell) return 1;
      if (name === "__traceback__") return 1;
      return graph.hasFlag(from, Flag.heapType) ? attributeEffort(name, kind[to]) : NOT_CHANGEABLE;
    default:
      return kind[from] === Kind.set || kind[from] === Kind.deque ? 4 : NOT_CHANGEABLE;
  }
}

/** A weak reference can only be made to an instance or a function, not to a list or a dict. */
function attributeEffort(name: string, target: number): number {
  if (/^__\w+__$/.test(name)) return NOT_CHANGEABLE;
  if (CONTAINERS.has(target)) return 5;
  return UPWARDS.test(name) ? 1.5 : 2;
}

function remedy(analysis: Analysis, edge: number, from: NodeIndex, to: NodeIndex): Remedy {
  const { graph, strong } = analysis;
  const { kind } = graph.columns;
  const label = graph.columns.edgeLabel[strong.edge[edge]];
  const name = graph.string(labelPayload(label));
  switch (labelSort(label)) {
    case LabelSort.closure:
      return { kind: kind[to] === Kind.function ? "clear-cell" : "weak-capture", name };
    case LabelSort.local:
      return { kind: kind[to] === Kind.exception ? "delete-exception" : "clear-local", name };
    case LabelSort.key:
    case LabelSort.attribute:
      if (name === "__traceback__") return { kind: "drop-traceback", name };
      return { kind: CONTAINERS.has(kind[to]) ? "clear-container" : "weak-attribute", name };
    default:
      return { kind: "remove-entry", name: graph.typeName(from) };
  }
}

/**
 * References inside a cycle that together end it, cheapest for a programmer first. Empty where nothing can be changed.
 * What counts is the number of places in the source, not of references: the cheapest single site (all references of
 * one label between two types) that ends the cycle is taken; where none does alone, a minimal set of references
 * (`feedbackEdges`).
 * @param members node indices of the cycle, ascending
 */
export function suggestCuts(analysis: Analysis, members: Uint32Array): Cut[] {
  const cycle = edgesOf(analysis, members);
  const { graph, strong } = analysis;
  const cost = (edge: number) => {
    const from = cycle.source.get(edge)!;
    return effort(analysis, edge, from, strong.to[edge], cycle.instanceDicts.has(from));
  };
  const chosen = singleSite(analysis, cycle, cost) ?? feedbackEdges(strong, Array.from(members), cost);
  return chosen.map((edge) => {
    const from = cycle.source.get(edge)!;
    const to = strong.to[edge];
    const label = labelText(graph, graph.columns.edgeLabel[strong.edge[edge]]);
    return { edge, from, to, label, remedy: remedy(analysis, edge, from, to) };
  });
}

function edgesOf({ graph, strong }: Analysis, members: Uint32Array): CycleEdges {
  const instanceDicts = new Set<number>();
  const inside = new Set<number>(members);
  const source = new Map<number, number>();
  for (const node of members) {
    for (let e = strong.first[node]; e < strong.first[node + 1]; e++) {
      if (!inside.has(strong.to[e])) continue;
      source.set(e, node);
      if (labelText(graph, graph.columns.edgeLabel[strong.edge[e]]) === ".__dict__") instanceDicts.add(strong.to[e]);
    }
  }
  return { members, source, instanceDicts };
}

/** The edges of the cheapest site that ends the cycle alone, or undefined. */
function singleSite(
  { graph, strong }: Analysis,
  { members, source }: CycleEdges,
  cost: (edge: number) => number,
): number[] | undefined {
  const sites = new Map<string, Site>();
  for (const [edge, from] of source) {
    const price = cost(edge);
    if (price === NOT_CHANGEABLE) continue;
    const { type, edgeLabel } = graph.columns;
    const label = edgeLabel[strong.edge[edge]];
    const sort = labelSort(label);
    const name = sort === LabelSort.index || sort === LabelSort.nodeKey ? "" : graph.string(labelPayload(label));
    const key = `${sort} ${name} ${type[from]} ${type[strong.to[edge]]}`;
    const site = sites.get(key);
    if (site) site.edges.push(edge);
    else sites.set(key, { effort: price, edges: [edge] });
  }
  const byEffort = [...sites.values()].sort((a, b) => a.effort - b.effort || a.edges.length - b.edges.length);
  const rank = new Map(Array.from(members, (node, i) => [node, i]));
  for (const site of byEffort.slice(0, SITES_TRIED)) {
    const cut = new Set(site.edges);
    const pairs: [number, number][] = [];
    for (const [edge, from] of source) if (!cut.has(edge)) pairs.push([rank.get(from)!, rank.get(strong.to[edge])!]);
    const left = csrOf(members.length, pairs);
    if (cyclicComponents(left, stronglyConnectedComponents(left)).length === 0) return site.edges;
  }
  return undefined;
}
