import {
  componentMembers,
  type Components,
  condense,
  type Csr,
  cyclicComponents,
  dominatorTree,
  type Grouping,
  retainedSizes,
  stronglyConnectedComponents,
} from "../graph/index.js";
import type { HeapGraph } from "../heap/HeapGraph.js";
import type { Ownership } from "./ownership.js";
import type { Roots } from "./roots.js";
import { shapesOf } from "./shapes.js";

/** One set of objects that all reach each other (a strongly connected component). */
export interface Cycle {
  /** Node indices, ascending. */
  readonly members: Uint32Array;
  /** Sum of self sizes. */
  readonly bytes: number;
  /** Bytes that only this cycle keeps, beside its own. */
  readonly pinned: number;
}

/** Cycles of one shape. */
export interface CycleFamily {
  /** Names the shape, without addresses or line numbers. */
  readonly signature: string;
  readonly garbage: boolean;
  /** In order of their first member. */
  readonly cycles: readonly Cycle[];
  readonly bytes: number;
  readonly pinned: number;
}

/** Live components that the infrastructure policy leaves out: how many, and the largest one's size in objects. */
export interface LeftOut {
  readonly sccs: number;
  readonly largest: number;
}

/**
 * Finds the cycles in the garbage, where no policy is needed, and those among what is alive and no infrastructure
 * (docs/MODEL.md), and groups them by shape.
 * @returns families, most bytes (own and pinned) first
 */
export function findCycles(
  graph: HeapGraph,
  strong: Csr,
  roots: Roots,
  infrastructure: Uint8Array,
  owners: Ownership,
): CycleFamily[] {
  const { isGarbage } = roots;
  const live = isGarbage.map((g, node) => (g === 0 && infrastructure[node] === 0 ? 1 : 0));
  const families = [
    ...familiesIn(graph, strong, isGarbage, roots, owners, true),
    ...familiesIn(graph, strong, live, roots, owners, false),
  ];
  return families.sort((a, b) => b.bytes + b.pinned - (a.bytes + a.pinned));
}

function familiesIn(
  graph: HeapGraph,
  strong: Csr,
  mask: Uint8Array,
  roots: Roots,
  owners: Ownership,
  garbage: boolean,
): CycleFamily[] {
  if (!mask.includes(1)) return [];
  const scc = stronglyConnectedComponents(strong, mask);
  const cyclic = cyclicComponents(strong, scc);
  if (cyclic.length === 0) return [];
  const grouped = componentMembers(scc);
  const { selfSize } = graph.columns;
  const bytes = new Float64Array(scc.count);
  for (const node of grouped.members) bytes[scc.component[node]] += selfSize[node];
  const entries = entryMembers(scc, grouped, cyclic, owners.idom);
  // Where all ways into a cycle lead through one member, that member retains what the cycle retains.
  const single = cyclic.every((component) => entries.get(component)!.length === 1);
  const whole = single ? undefined : retainedByComponent(graph, strong, scc, roots, garbage);
  const retained = (component: number) => whole?.[component] ?? owners.retained[entries.get(component)![0]];
  const shapes = shapesOf(graph, strong, scc, grouped, cyclic);
  const families = new Map<string, Cycle[]>();
  cyclic.sort((a, b) => grouped.members[grouped.first[a]] - grouped.members[grouped.first[b]]);
  for (const component of cyclic) {
    const cycle: Cycle = {
      members: membersOf(grouped, component),
      bytes: bytes[component],
      pinned: Math.max(0, retained(component) - bytes[component]),
    };
    const shape = shapes.get(component)!;
    const family = families.get(shape);
    if (family) family.push(cycle);
    else families.set(shape, [cycle]);
  }
  const sum = (cycles: Cycle[], of: (cycle: Cycle) => number) => cycles.reduce((total, c) => total + of(c), 0);
  return [...families].map(([signature, cycles]) => ({
    signature,
    garbage,
    cycles,
    bytes: sum(cycles, (c) => c.bytes),
    pinned: sum(cycles, (c) => c.pinned),
  }));
}

function membersOf({ first, members }: Grouping, component: number): Uint32Array {
  return members.slice(first[component], first[component + 1]);
}

/**
 * For each cyclic component its members whose immediate dominator is outside of it. Where that is one member, it
 * dominates all others: the members' dominators all end there.
 */
function entryMembers(
  scc: Components,
  { first, members }: Grouping,
  cyclic: readonly number[],
  idom: Uint32Array,
): Map<number, number[]> {
  const entries = new Map<number, number[]>();
  for (const component of cyclic) {
    const found: number[] = [];
    for (let i = first[component]; i < first[component + 1]; i++) {
      if (scc.component[idom[members[i]]] !== component) found.push(members[i]);
    }
    entries.set(component, found);
  }
  return entries;
}

/**
 * Bytes that each component retains as a whole: retained sizes over the graph in which each component is one node.
 * Nodes that the components leave out stand for themselves.
 */
function retainedByComponent(
  graph: HeapGraph,
  strong: Csr,
  scc: Components,
  roots: Roots,
  garbage: boolean,
): Float64Array {
  const component = Int32Array.from(scc.component);
  let count = scc.count;
  const wanted = garbage ? 1 : 0;
  for (let node = 0; node < component.length; node++) {
    if (component[node] < 0 && roots.isGarbage[node] === wanted) component[node] = count++;
  }
  const sizes = new Float64Array(count);
  for (let node = 0; node < component.length; node++) {
    if (component[node] >= 0) sizes[component[node]] += graph.columns.selfSize[node];
  }
  const entries = garbage ? roots.garbage : roots.alive;
  const tree = dominatorTree(
    condense(strong, component, count),
    entries.map((node) => component[node]),
  );
  return retainedSizes(tree, sizes);
}

/** Counts the live components that have to do with infrastructure. */
export function leftOutOf(strong: Csr, roots: Roots, infrastructure: Uint8Array): LeftOut {
  const alive = roots.isGarbage.map((g) => 1 - g);
  const scc = stronglyConnectedComponents(strong, alive);
  const concerned = new Uint8Array(scc.count);
  for (let node = 0; node < alive.length; node++) {
    if (infrastructure[node] === 1 && scc.component[node] >= 0) concerned[scc.component[node]] = 1;
  }
  const found = cyclicComponents(strong, scc).filter((c) => concerned[c] === 1);
  return { sccs: found.length, largest: found.reduce((most, c) => Math.max(most, scc.size[c]), 0) };
}
