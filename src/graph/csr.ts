/**
 * A directed graph in compressed sparse rows: the edges of node `v` are `first[v]` to `first[v + 1] - 1`, and edge
 * `e` leads to `to[e]`. Up to 2^31 - 2 nodes and 2^32 - 1 edges.
 */
export interface Csr {
  readonly nodeCount: number;
  /** nodeCount + 1 entries, ascending. */
  readonly first: Uint32Array;
  /** One entry an edge. */
  readonly to: Uint32Array;
}

/** A graph made from another one's edges. */
export interface DerivedCsr extends Csr {
  /** For each edge the index it has in the graph it comes from. */
  readonly edge: Uint32Array;
}

/** A graph with all edges turned round: the row of `v` lists what refers to `v`, in ascending order of the referrer. */
export type ReverseCsr = DerivedCsr;

/** The graph with its edges turned round, each with its original index. Linear time. */
export function reverse(csr: Csr): ReverseCsr {
  const n = csr.nodeCount;
  const first = new Uint32Array(n + 1);
  const to = new Uint32Array(csr.to.length);
  const edge = new Uint32Array(csr.to.length);
  for (let e = 0; e < csr.to.length; e++) first[csr.to[e] + 1]++;
  for (let v = 0; v < n; v++) first[v + 1] += first[v];
  for (let v = 0; v < n; v++) {
    const end = csr.first[v + 1];
    for (let e = csr.first[v]; e < end; e++) {
      const slot = first[csr.to[e]]++;
      to[slot] = v;
      edge[slot] = e;
    }
  }
  shiftBack(first);
  return { nodeCount: n, first, to, edge };
}

/** After `first[v]++` has been used as the write cursor, each entry holds its row's end: the next row's start. */
function shiftBack(first: Uint32Array): void {
  first.copyWithin(1, 0, first.length - 1);
  first[0] = 0;
}

/** The nodes and only those edges for which `keep` returns true; the order of edges is kept. */
export function filterEdges(csr: Csr, keep: (edge: number, from: number, to: number) => boolean): DerivedCsr {
  const n = csr.nodeCount;
  const kept = new Uint8Array(csr.to.length);
  const first = new Uint32Array(n + 1);
  let count = 0;
  for (let v = 0; v < n; v++) {
    const end = csr.first[v + 1];
    for (let e = csr.first[v]; e < end; e++) {
      if (keep(e, v, csr.to[e])) {
        kept[e] = 1;
        count++;
      }
    }
    first[v + 1] = count;
  }
  const to = new Uint32Array(count);
  const edge = new Uint32Array(count);
  for (let e = 0, slot = 0; slot < count; e++) {
    if (kept[e] === 0) continue;
    to[slot] = csr.to[e];
    edge[slot++] = e;
  }
  return { nodeCount: n, first, to, edge };
}

/** The graph of these `[from, to]` pairs; the edges of one node keep the order in which they are given. */
export function csrOf(nodeCount: number, pairs: readonly (readonly [from: number, to: number])[]): Csr {
  const from = Uint32Array.from(pairs, (pair) => pair[0]);
  const grouped = groupBy(nodeCount, from);
  return { nodeCount, first: grouped.first, to: grouped.members.map((pair) => pairs[pair][1]) };
}

/** Rows of a column put into groups: those of group `g` are `members[first[g]]` to `members[first[g + 1] - 1]`. */
export interface Grouping {
  /** One entry a group and one more, ascending. */
  readonly first: Uint32Array;
  readonly members: Uint32Array;
}

/**
 * Groups the rows of `key` by their value (counting sort); each group in ascending order of row.
 * Rows whose key is not in 0 … groupCount - 1 are left out.
 */
export function groupBy(groupCount: number, key: Uint32Array | Int32Array): Grouping {
  const first = new Uint32Array(groupCount + 1);
  for (let row = 0; row < key.length; row++) {
    const group = key[row];
    if (group >= 0 && group < groupCount) first[group + 1]++;
  }
  for (let g = 0; g < groupCount; g++) first[g + 1] += first[g];
  const members = new Uint32Array(first[groupCount]);
  for (let row = 0; row < key.length; row++) {
    const group = key[row];
    if (group >= 0 && group < groupCount) members[first[group]++] = row;
  }
  shiftBack(first);
  return { first, members };
}

/** The node from which an edge starts. Logarithmic time. */
export function edgeSource(csr: Csr, edge: number): number {
  let low = 0;
  let high = csr.nodeCount - 1;
  while (low < high) {
    const middle = Math.floor((low + high) / 2);
    if (csr.first[middle + 1] <= edge) low = middle + 1;
    else high = middle;
  }
  return low;
}
