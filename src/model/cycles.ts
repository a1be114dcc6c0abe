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

/** All cycles of a heap. */
export interface Cycles {
  /** Most bytes (own and pinned) first. */
  readonly families: readonly CycleFamily[];
  /** Live components that the infrastructure policy leaves out: how many, and the largest one's size in objects. */
  readonly infrastructure: { readonly sccs: number; readonly largest: number };
}

/**
 * Finds the cycles in the garbage, where no policy is needed, and those among what is alive and no infrastructure
 * (docs/MODEL.md), and groups them by shape.
 */
export function findCycles(graph: HeapGraph, strong: Csr, roots: Roots, infrastructure: Uint8Array): Cycles {
  const alive = roots.isGarbage.map((g) => 1 - g);
  const families = [
    ...familiesIn(graph, strong, roots.isGarbage, roots.isGarbage, roots.garbage, true),
    ...familiesIn(
      graph,
      strong,
      alive.map((a, node) => a & (1 - infrastructure[node])),
      alive,
      roots.alive,
      false,
    ),
  ];
  families.sort((a, b) => b.bytes + b.pinned - (a.bytes + a.pinned));
  return { families, infrastructure: leftOut(strong, alive, infrastructure) };
}

function familiesIn(
  graph: HeapGraph,
  strong: Csr,
  mask: Uint8Array,
  region: Uint8Array,
  entries: Uint32Array,
  garbage: boolean,
): CycleFamily[] {
  const scc = stronglyConnectedComponents(strong, mask);
  const cyclic = cyclicComponents(strong, scc);
  if (cyclic.length === 0) return [];
  const grouped = componentMembers(scc);
  const { selfSize } = graph.columns;
  const bytes = new Float64Array(scc.count);
  for (const node of grouped.members) bytes[scc.component[node]] += selfSize[node];
  const retained = retainedByComponent(graph, strong, scc, region, entries);
  const shapes = shapesOf(graph, strong, scc, grouped, cyclic);
  const families = new Map<string, Cycle[]>();
  cyclic.sort((a, b) => grouped.members[grouped.first[a]] - grouped.members[grouped.first[b]]);
  for (const component of cyclic) {
    const cycle: Cycle = {
      members: membersOf(grouped, component),
      bytes: bytes[component],
      pinned: Math.max(0, retained[component] - bytes[component]),
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
 * Bytes that each component retains as a whole: retained sizes over the graph in which each component is one node.
 * Nodes of the region that the components leave out stand for themselves.
 */
function retainedByComponent(
  graph: HeapGraph,
  strong: Csr,
  scc: Components,
  region: Uint8Array,
  entries: Uint32Array,
): Float64Array {
  const component = Int32Array.from(scc.component);
  let count = scc.count;
  for (let node = 0; node < component.length; node++) {
    if (component[node] < 0 && region[node] === 1) component[node] = count++;
  }
  const sizes = new Float64Array(count);
  for (let node = 0; node < component.length; node++) {
    if (component[node] >= 0) sizes[component[node]] += graph.columns.selfSize[node];
  }
  const whole = condense(strong, component, count);
  const tree = dominatorTree(
    whole,
    entries.map((node) => component[node]),
  );
  return retainedSizes(tree, sizes);
}

function leftOut(strong: Csr, alive: Uint8Array, infrastructure: Uint8Array): { sccs: number; largest: number } {
  const scc = stronglyConnectedComponents(strong, alive);
  const concerned = new Uint8Array(scc.count);
  for (let node = 0; node < alive.length; node++) {
    if (infrastructure[node] === 1 && scc.component[node] >= 0) concerned[scc.component[node]] = 1;
  }
  const found = cyclicComponents(strong, scc).filter((c) => concerned[c] === 1);
  return { sccs: found.length, largest: found.reduce((most, c) => Math.max(most, scc.size[c]), 0) };
}
