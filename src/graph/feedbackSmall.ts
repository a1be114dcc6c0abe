import { type Arcs, mergeParallel } from "./arcs.js";
import { greedyOrder } from "./greedyOrder.js";
import { improveOrder } from "./improveOrder.js";

/** Components of up to this many nodes are reduced on a dense matrix. */
export const SMALL_NODES = 128;
/** Reduced components of up to this many nodes are solved exactly: 2^15 sets times 15 nodes to add, 0.3 MB. */
export const EXACT_NODES = 15;

const ABSENT = -1;

/**
 * Marks in `cut` the arcs of a feedback arc set of a strongly connected component of up to SMALL_NODES nodes. Returns
 * whether it is proven to be one of least weight.
 *
 * Merging keeps a least set least: where a node's only arc in weighs as much as its arcs out together, cutting those
 * is never worse than cutting it, so it stays, and the node is one with its holder (the same the other way round).
 * After Hanoch Levy, David W. Low, "A contraction algorithm for finding small cycle cutsets", Journal of Algorithms 9
 * (1988), with weights.
 */
export function feedbackOfSmall(arcs: Arcs, cut: Uint8Array): boolean {
  const n = arcs.nodeCount;
  const matrix = new Float64Array(n * n).fill(ABSENT);
  for (let a = 0; a < arcs.to.length; a++) matrix[arcs.tail[a] * n + arcs.to[a]] = arcs.weight[a];
  const merged = Uint32Array.from({ length: n }, (_, v) => v); // The node that each node is now part of.

  /** Merges `v` into `u`; what would become a self-loop besides the arc that is merged away has to be cut. */
  function mergeInto(v: number, u: number, byArcOut: boolean): void {
    const loopFrom = byArcOut ? u : v;
    const loopTo = byArcOut ? v : u;
    for (let a = 0; a < arcs.to.length; a++) {
      if (merged[arcs.tail[a]] === loopFrom && merged[arcs.to[a]] === loopTo) cut[a] = 1;
    }
    for (let x = 0; x < n; x++) {
      if (x !== u) {
        add(u * n + x, matrix[v * n + x]);
        add(x * n + u, matrix[x * n + v]);
      }
      matrix[v * n + x] = ABSENT;
      matrix[x * n + v] = ABSENT;
      if (merged[x] === v) merged[x] = u;
    }
  }
  function add(cell: number, weight: number): void {
    if (weight !== ABSENT) matrix[cell] = (matrix[cell] === ABSENT ? 0 : matrix[cell]) + weight;
  }

  let last = 0; // Go round until a whole round has changed nothing.
  for (let step = 0, v = 0; step - last <= n; step++, v = (v + 1) % n) {
    if (merged[v] !== v) continue;
    const row = lineSum(matrix, v * n, 1, n);
    const column = lineSum(matrix, v, n, n);
    if (column.count === 1 && column.sum >= row.sum) mergeInto(v, column.only, false);
    else if (row.count === 1 && row.sum >= column.sum) mergeInto(v, row.only, true);
    else continue;
    last = step;
  }

  const alive: number[] = [];
  for (let v = 0; v < n; v++) if (merged[v] === v) alive.push(v);
  if (alive.length < 2) return true;
  const exact = alive.length <= EXACT_NODES;
  const position = new Uint32Array(n);
  const order = exact ? leastOrder(matrix, n, alive) : goodOrder(matrix, n, alive);
  for (let i = 0; i < alive.length; i++) position[alive[i]] = order[i];
  for (let a = 0; a < cut.length; a++) {
    if (position[merged[arcs.tail[a]]] > position[merged[arcs.to[a]]]) cut[a] = 1;
  }
  return exact;
}

function lineSum(matrix: Float64Array, start: number, stride: number, n: number) {
  let sum = 0;
  let count = 0;
  let only = -1;
  for (let x = 0, cell = start; x < n; x++, cell += stride) {
    if (matrix[cell] === ABSENT) continue;
    sum += matrix[cell];
    count++;
    only = x;
  }
  return { sum, count, only };
}

/**
 * For each of the nodes its place in an order whose backward arcs weigh least, by dynamic programming over the sets of
 * nodes placed first: Eugene Lawler, "A comment on minimum feedback arc sets", IEEE Transactions on Circuit Theory 11
 * (1964). What a node's arcs into a set weigh is looked up in two halves, so that each step takes constant time.
 */
function leastOrder(matrix: Float64Array, n: number, nodes: readonly number[]): Uint32Array {
  const k = nodes.length;
  const sets = 1 << k;
  const half = Math.ceil(k / 2);
  const lowerHalf = (1 << half) - 1;
  const low = sumsOver(matrix, n, nodes, 0, half);
  const high = sumsOver(matrix, n, nodes, half, k);
  const least = new Float64Array(sets).fill(Infinity);
  const last = new Uint8Array(sets);
  least[0] = 0;
  for (let set = 0; set < sets - 1; set++) {
    const sum = least[set];
    if (sum === Infinity) continue;
    const lower = (set & lowerHalf) * k;
    const upper = (set >> half) * k;
    for (let others = ~set & (sets - 1); others !== 0; others &= others - 1) {
      const i = 31 - Math.clz32(others & -others);
      const total = sum + low[lower + i] + high[upper + i];
      const larger = set | (1 << i);
      if (total < least[larger]) {
        least[larger] = total;
        last[larger] = i;
      }
    }
  }
  const place = new Uint32Array(k);
  for (let set = sets - 1, at = k - 1; set !== 0; at--) {
    place[last[set]] = at;
    set &= ~(1 << last[set]);
  }
  return place;
}

/** By set of the nodes from `start` to `end - 1`, then by node: the weight of the node's arcs into the set. */
function sumsOver(matrix: Float64Array, n: number, nodes: readonly number[], start: number, end: number): Float64Array {
  const k = nodes.length;
  const sums = new Float64Array(k << (end - start));
  for (let j = start; j < end; j++) {
    const bit = 1 << (j - start);
    for (let i = 0; i < k; i++) {
      const weight = Math.max(0, matrix[nodes[i] * n + nodes[j]]);
      for (let rest = 0; rest < bit; rest++) sums[(bit | rest) * k + i] = sums[rest * k + i] + weight;
    }
  }
  return sums;
}

/** For each of the nodes its place in a good order: the greedy one, improved. */
function goodOrder(matrix: Float64Array, n: number, nodes: readonly number[]): Uint32Array {
  const place = greedyPositions(matrix, n, nodes);
  const order = new Uint32Array(nodes.length);
  for (let i = 0; i < nodes.length; i++) order[place[i]] = i;
  improveOrder(order, (i, j) => Math.max(0, matrix[nodes[i] * n + nodes[j]]));
  for (let at = 0; at < order.length; at++) place[order[at]] = at;
  return place;
}

function greedyPositions(matrix: Float64Array, n: number, nodes: readonly number[]): Uint32Array {
  const from: number[] = [];
  const to: number[] = [];
  const weight: number[] = [];
  for (let i = 0; i < nodes.length; i++) {
    for (let j = 0; j < nodes.length; j++) {
      if (matrix[nodes[i] * n + nodes[j]] === ABSENT) continue;
      from.push(i);
      to.push(j);
      weight.push(matrix[nodes[i] * n + nodes[j]]);
    }
  }
  const columns = [Uint32Array.from(from), Uint32Array.from(to), Float64Array.from(weight)] as const;
  return greedyOrder(mergeParallel(nodes.length, ...columns).arcs);
}
