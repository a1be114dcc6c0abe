import type { Csr } from "./csr.js";

/** The edges between some nodes as columns, with these nodes numbered in ascending order. */
export interface InnerEdges extends Csr {
  /** For each edge its index in the graph it comes from. */
  readonly edge: Uint32Array;
  readonly from: Uint32Array;
}

/** The edges whose ends are both among `members`, which may repeat and need no order. Time O(m log n). */
export function innerEdges(csr: Csr, members: ArrayLike<number>): InnerEdges {
  const nodes = Uint32Array.from(members).sort();
  let n = 0;
  for (let i = 0; i < nodes.length; i++) if (i === 0 || nodes[i] !== nodes[n - 1]) nodes[n++] = nodes[i];
  let bound = 0;
  for (let i = 0; i < n; i++) bound += csr.first[nodes[i] + 1] - csr.first[nodes[i]];
  const edge = new Uint32Array(bound);
  const from = new Uint32Array(bound);
  const to = new Uint32Array(bound);
  const first = new Uint32Array(n + 1);
  let count = 0;
  for (let i = 0; i < n; i++) {
    const end = csr.first[nodes[i] + 1];
    for (let e = csr.first[nodes[i]]; e < end; e++) {
      const j = indexIn(nodes, n, csr.to[e]);
      if (j < 0) continue;
      edge[count] = e;
      from[count] = i;
      to[count++] = j;
    }
    first[i + 1] = count;
  }
  return {
    nodeCount: n,
    first,
    edge: edge.subarray(0, count),
    from: from.subarray(0, count),
    to: to.subarray(0, count),
  };
}

/** Binary search; a table over all nodes would cost more than a small component is worth. */
function indexIn(sorted: Uint32Array, count: number, value: number): number {
  let low = 0;
  let high = count - 1;
  while (low <= high) {
    const middle = (low + high) >>> 1;
    if (sorted[middle] === value) return middle;
    if (sorted[middle] < value) low = middle + 1;
    else high = middle - 1;
  }
  return -1;
}
