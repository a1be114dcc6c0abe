import { type Arcs, mergeParallel } from "./arcs.js";
import { greedyOrder } from "./greedyOrder.js";

/** Components of up to this many nodes are reduced on a dense matrix. */
export const SMALL_NODES = 128;
/** Reduced components of up to this many nodes are solved exactly: 2^12 sets times 12 nodes to add. */
export const EXACT_NODES = 12;

const ABSENT = -1;

/**
 * Marks in `cut` the arcs of a feedback arc set of a strongly connected component of up to SMALL_NODES nodes.
 *
 * Merging keeps a least set least: where a node's only arc in weighs as much as its arcs out together, cutting those
 * is never worse than cutting it, so it stays, and the node is one with its holder (the same the other way round).
 * After Hanoch Levy, David W. Low, "A contraction algorithm for finding small cycle cutsets", Journal of Algorithms 9
 * (1988), with weights.
 */
export function feedbackOfSmall(arcs: Arcs, cut: Uint8Array): void {
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
  if (alive.length < 2) return;
  const position = new Uint32Array(n);
  const order = alive.length <= EXACT_NODES ? leastOrder(matrix, n, alive) : greedyPositions(matrix, n, alive);
  for (let i = 0; i < alive.length; i++) position[alive[i]] = order[i];
  for (let a = 0; a < cut.length; a++) {
    if (position[merged[arcs.tail[a]]] > position[merged[arcs.to[a]]]) cut[a] = 1;
  }
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
 * (1964).
 */
function leastOrder(matrix: Float64Array, n: number, nodes: readonly number[]): Uint32Array {
  const k = nodes.length;
  const sets = 1 << k;
  const least = new Float64Array(sets).fill(Infinity);
  const last = new Uint8Array(sets);
  least[0] = 0;
  for (let set = 0; set < sets; set++) {
    if (least[set] === Infinity) continue;
    for (let i = 0; i < k; i++) {
      if ((set & (1 << i)) !== 0) continue;
      let total = least[set];
      for (let j = 0; j < k; j++) {
        if ((set & (1 << j)) === 0) continue;
        const weight = matrix[nodes[i] * n + nodes[j]];
        if (weight !== ABSENT) total += weight;
      }
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
