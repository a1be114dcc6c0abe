import type { Csr } from "../../src/graph/index.js";
import { edgesOf } from "./shapes.js";

/** What an answer costs whose edges are cut by these costs; a group (same number) counts once. */
export interface Priced {
  readonly groupOf: (edge: number) => number;
  readonly weight: (group: number) => number;
}

/** The edges of some cycle among those that are left, or undefined: depth first along the path itself. */
export function anyCycle(csr: Csr, isLeft: (edge: number) => boolean): number[] | undefined {
  const finished = new Set<number>();
  const path: number[] = [];
  const onPath = new Map<number, number>();
  const edges: number[] = [];
  function visit(v: number): number[] | undefined {
    onPath.set(v, path.push(v) - 1);
    for (let e = csr.first[v]; e < csr.first[v + 1]; e++) {
      if (!isLeft(e)) continue;
      const w = csr.to[e];
      const at = onPath.get(w);
      if (at !== undefined) return [...edges.slice(at), e];
      if (finished.has(w)) continue;
      edges.push(e);
      const found = visit(w);
      if (found) return found;
      edges.pop();
    }
    path.pop();
    onPath.delete(v);
    finished.add(v);
    return undefined;
  }
  for (let v = 0; v < csr.nodeCount; v++) {
    const found = finished.has(v) ? undefined : visit(v);
    if (found) return found;
  }
  return undefined;
}

/**
 * The least total weight of groups without which no cycle is left, by branching over a cycle: one of its groups has to
 * go. Infinity if a cycle has none (groups below 0 must not be cut).
 */
export function leastByCycles(csr: Csr, { groupOf, weight }: Priced): number {
  let best = Infinity;
  const gone = new Set<number>();
  const kept = new Set<number>();
  function branch(spent: number): void {
    if (spent >= best) return;
    const cycle = anyCycle(csr, (e) => !gone.has(groupOf(e)));
    if (!cycle) {
      best = spent;
      return;
    }
    const choices = [...new Set(cycle.map(groupOf))].filter((g) => g >= 0 && !kept.has(g));
    // Once a choice has been tried, the others are tried with it kept.
    for (const g of choices) {
      gone.add(g);
      branch(spent + weight(g));
      gone.delete(g);
      kept.add(g);
    }
    for (const g of choices) kept.delete(g);
  }
  branch(0);
  return best;
}

/** The least weight of backward edges (self-loops included) over all orders of the nodes; for up to 8 nodes. */
export function leastByOrders(csr: Csr, weight: (edge: number) => number): number {
  const edges = edgesOf(csr);
  const place = new Int32Array(csr.nodeCount).fill(-1);
  let best = Infinity;
  function put(at: number, spent: number): void {
    if (spent >= best) return;
    if (at === csr.nodeCount) {
      best = spent;
      return;
    }
    for (let v = 0; v < csr.nodeCount; v++) {
      if (place[v] >= 0) continue;
      let more = 0;
      for (const { edge, from, to } of edges) if (from === v && (to === v || place[to] >= 0)) more += weight(edge);
      place[v] = at;
      put(at + 1, spent + more);
      place[v] = -1;
    }
  }
  put(0, 0);
  return best;
}
