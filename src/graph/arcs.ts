import { type Csr, groupBy } from "./csr.js";

/** A graph with at most one edge (arc) between two nodes in each direction, no self-loops, and a weight per arc. */
export interface Arcs extends Csr {
  /** Where each arc starts. */
  readonly tail: Uint32Array;
  readonly weight: Float64Array;
}

/** `arcOf` of an edge that no arc stands for. */
export const NO_ARC = 0xffffffff;

/**
 * The arcs of edges given as columns: parallel edges become one arc with the sum of their weights. `arcOf` gives each
 * edge's arc. Edges with weight -1 and self-loops are left out. Linear time.
 */
export function mergeParallel(
  nodeCount: number,
  from: Uint32Array,
  to: Uint32Array,
  edgeWeight: Float64Array,
): { arcs: Arcs; arcOf: Uint32Array } {
  const { first: firstEdge, members } = groupBy(nodeCount, from);
  const arcOf = new Uint32Array(from.length).fill(NO_ARC);
  const first = new Uint32Array(nodeCount + 1);
  const latest = new Uint32Array(nodeCount).fill(NO_ARC); // By head: the newest arc to it.
  const tail = new Uint32Array(from.length);
  const head = new Uint32Array(from.length);
  const weight = new Float64Array(from.length);
  let count = 0;
  for (let v = 0; v < nodeCount; v++) {
    for (let m = firstEdge[v]; m < firstEdge[v + 1]; m++) {
      const e = members[m];
      if (to[e] === v || edgeWeight[e] < 0) continue;
      let arc = latest[to[e]];
      if (arc === NO_ARC || arc < first[v]) {
        arc = latest[to[e]] = count++;
        tail[arc] = v;
        head[arc] = to[e];
      }
      weight[arc] += edgeWeight[e];
      arcOf[e] = arc;
    }
    first[v + 1] = count;
  }
  const arcs: Arcs = {
    nodeCount,
    first,
    to: head.slice(0, count),
    tail: tail.slice(0, count),
    weight: weight.slice(0, count),
  };
  return { arcs, arcOf };
}

/**
 * Replaces each chain of nodes with one arc in and one arc out by a single arc: a cycle that uses one of its arcs uses
 * all, so only the lightest (the first of them) is ever worth cutting. `arcOf` maps that one to the arc of the smaller
 * graph. Where a chain leads back to its own start (a ring has any node for one) that arc is marked in `cut` instead.
 * Expects every node on a cycle. Linear time.
 */
export function collapseChains(arcs: Arcs, cut: Uint8Array): { arcs: Arcs; arcOf: Uint32Array } {
  const { nodeCount: n, first, to, tail, weight } = arcs;
  const inDegree = new Uint32Array(n);
  for (let a = 0; a < to.length; a++) inDegree[to[a]]++;
  const isInner = (v: number): boolean => inDegree[v] === 1 && first[v + 1] - first[v] === 1;
  const branch = new Int32Array(n).fill(-1);
  let branches = 0;
  for (let v = 0; v < n; v++) if (!isInner(v)) branch[v] = branches++;
  // A ring has no branch; any node will do to start its chain, which then comes back to it.
  if (branches === 0 && n > 0) branch[0] = branches++;

  const from = new Uint32Array(to.length);
  const into = new Uint32Array(to.length);
  const lightest = new Float64Array(to.length).fill(-1); // By arc that stands for its chain; -1 elsewhere.
  for (let a = 0; a < to.length; a++) {
    if (branch[tail[a]] < 0) continue;
    let best = a;
    let v = to[a];
    while (branch[v] < 0) {
      const next = first[v];
      if (weight[next] < weight[best] || (weight[next] === weight[best] && next < best)) best = next;
      v = to[next];
    }
    from[best] = branch[tail[a]];
    into[best] = branch[v];
    if (from[best] === into[best]) cut[best] = 1;
    else lightest[best] = weight[best];
  }
  return mergeParallel(branches, from, into, lightest);
}
