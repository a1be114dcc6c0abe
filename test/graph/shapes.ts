import fc from "fast-check";
import { type Csr, csrOf } from "../../src/graph/index.js";

/** Any graph of up to `maxNodes` nodes, with self-loops and parallel edges. */
export function anyGraph(maxNodes = 9, maxEdges = 24): fc.Arbitrary<Csr> {
  return fc.integer({ min: 1, max: maxNodes }).chain((n) => {
    const node = fc.integer({ min: 0, max: n - 1 });
    return fc.array(fc.tuple(node, node), { maxLength: maxEdges, size: "max" }).map((pairs) => csrOf(n, pairs));
  });
}

/** A graph and some of its nodes. */
export function graphAndNodes(maxNodes = 9, maxEdges = 24): fc.Arbitrary<{ csr: Csr; nodes: number[] }> {
  return anyGraph(maxNodes, maxEdges).chain((csr) =>
    fc
      .array(fc.integer({ min: 0, max: csr.nodeCount - 1 }), { maxLength: 3, size: "max" })
      .map((nodes) => ({ csr, nodes })),
  );
}

/** The edges as triples. */
export function edgesOf(csr: Csr): { edge: number; from: number; to: number }[] {
  const list: { edge: number; from: number; to: number }[] = [];
  for (let v = 0; v < csr.nodeCount; v++) {
    for (let e = csr.first[v]; e < csr.first[v + 1]; e++) list.push({ edge: e, from: v, to: csr.to[e] });
  }
  return list;
}

/** By the definition: a start reaches itself and what an edge leads to from a reached node. */
export function slowReach(
  csr: Csr,
  starts: readonly number[],
  allowed: (node: number, edge: number) => boolean = () => true,
): Set<number> {
  const reached = new Set(starts.filter((s) => allowed(s, -1)));
  for (let grew = true; grew;) {
    grew = false;
    for (const { edge, from, to } of edgesOf(csr)) {
      if (!reached.has(from) || reached.has(to) || !allowed(to, edge)) continue;
      reached.add(to);
      grew = true;
    }
  }
  return reached;
}

/** A graph of `n` nodes whose node `v` has the edges that `targets` writes. */
export function bigGraph(n: number, edgesPerNode: number, targets: (v: number, add: (w: number) => void) => void): Csr {
  const first = new Uint32Array(n + 1);
  const to = new Uint32Array(n * edgesPerNode);
  let count = 0;
  for (let v = 0; v < n; v++) {
    targets(v, (w) => (to[count++] = w));
    first[v + 1] = count;
  }
  return { nodeCount: n, first, to: to.slice(0, count) };
}

export const MILLION = 1_000_000;
/** 0 → 1 → 2 → … */
export const list = (n: number): Csr => bigGraph(n, 1, (v, add) => v + 1 < n && add(v + 1));
/** 0 ⇄ 1 ⇄ 2 ⇄ … */
export const doublyLinked = (n: number): Csr =>
  bigGraph(n, 2, (v, add) => {
    if (v + 1 < n) add(v + 1);
    if (v > 0) add(v - 1);
  });
/** 0 → 1 → … → 0 */
export const ring = (n: number): Csr => bigGraph(n, 1, (v, add) => add((v + 1) % n));
/** 0 ⇄ every other node. */
export const star = (n: number): Csr =>
  bigGraph(n, 2, (v, add) => {
    if (v > 0) add(0);
    else for (let w = 1; w < n; w++) add(w);
  });
/** Every node to every node, itself included. */
export const complete = (n: number): Csr =>
  bigGraph(n, n, (_, add) => {
    for (let w = 0; w < n; w++) add(w);
  });
