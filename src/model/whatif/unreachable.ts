import type { DerivedCsr, ReverseCsr } from "../../graph/index.js";
import type { EdgeIndex, HeapGraph, NodeIndex } from "../../heap/HeapGraph.js";
import { isTraversed, sourceOf } from "../edges.js";
import type { Simulation } from "../simulation/Simulation.js";
import { type CollectorForest, IS_ROOT } from "./CollectorForest.js";

/** What keeps an object that lost the reference by which it was reached. */
export type Holder = NodeIndex | typeof OUTSIDE;
/** Held by something outside the heap. */
export const OUTSIDE = -1;

/** What the references that a simulation took away mean for the collector. */
export interface Lost {
  /** Examined objects that only now are unreachable; those whose refcount fell to zero are not among them. */
  readonly unreachable: readonly NodeIndex[];
  /** Objects that are reached in another way than before. */
  readonly holder: ReadonlyMap<NodeIndex, Holder>;
}

/**
 * Finds what has become unreachable. Only objects that were reached through something that is gone are looked at: the
 * forest's branches below the lost references. What else holds one of them keeps all that hangs on it.
 * (Decremental reachability with a spanning forest: Even and Shiloach 1981, without their levels.)
 */
export function findLost(
  graph: HeapGraph,
  forest: CollectorForest,
  simulation: Simulation,
  strong: DerivedCsr,
  referrers: ReverseCsr,
): Lost {
  const { firstEdge, edgeTo, refcount } = graph.columns;
  const { parentEdge, isExamined } = forest;
  // Traversed references of examined objects that are gone, by target; the others are what came from elsewhere.
  const lostInside = new Map<NodeIndex, number>();
  const branches: NodeIndex[] = [];
  const below = new Set<NodeIndex>();
  const add = (node: NodeIndex) => {
    if (below.has(node) || simulation.isDead(node)) return;
    below.add(node);
    branches.push(node);
  };
  const lose = (edge: EdgeIndex) => {
    const target = edgeTo[edge];
    if (isExamined[target] === 0 || !isTraversed(graph, edge)) return;
    lostInside.set(target, (lostInside.get(target) ?? 0) + 1);
    if (parentEdge[target] === edge) add(target);
  };
  const { removed } = simulation;
  for (const edge of removed) if (isExamined[sourceOf(graph, edge)] === 1) lose(edge);
  for (const node of simulation.died) {
    if (isExamined[node] === 0) continue;
    for (let e = firstEdge[node]; e < firstEdge[node + 1]; e++) if (!removed.has(e)) lose(e);
  }
  const isHeld = (node: NodeIndex): boolean => {
    const lost = simulation.isTouched(node) ? refcount[node] - simulation.refcount[node] : 0;
    return forest.outside[node] - (lost - (lostInside.get(node) ?? 0)) > 0;
  };
  for (const node of simulation.touched) if (parentEdge[node] === IS_ROOT && !isHeld(node)) add(node);
  for (let at = 0; at < branches.length; at++) {
    const node = branches[at];
    for (let e = firstEdge[node]; e < firstEdge[node + 1]; e++) if (parentEdge[edgeTo[e]] === e) add(edgeTo[e]);
  }

  const holder = new Map<NodeIndex, Holder>();
  const found: NodeIndex[] = [];
  const keep = (node: NodeIndex, by: Holder) => {
    holder.set(node, by);
    found.push(node);
  };
  const spread = () => {
    for (let node = found.pop(); node !== undefined; node = found.pop()) {
      for (let e = firstEdge[node]; e < firstEdge[node + 1]; e++) {
        const target = edgeTo[e];
        if (!below.has(target) || holder.has(target)) continue;
        if (isTraversed(graph, e) && simulation.holds(node, e)) keep(target, node);
      }
    }
  };
  for (const node of branches) {
    if (holder.has(node)) continue;
    if (isHeld(node)) keep(node, OUTSIDE);
    else {
      for (let r = referrers.first[node]; r < referrers.first[node + 1]; r++) {
        const source = referrers.to[r];
        const edge = strong.edge[referrers.edge[r]];
        const isAlive = isExamined[source] === 1 && parentEdge[source] !== -1 && !simulation.isDead(source);
        if (!isAlive || (below.has(source) && !holder.has(source))) continue;
        if (!isTraversed(graph, edge) || !simulation.holds(source, edge)) continue;
        keep(node, source);
        break;
      }
    }
    spread();
  }
  return { unreachable: branches.filter((node) => !holder.has(node)), holder };
}
