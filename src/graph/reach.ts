import type { Csr } from "./csr.js";

/** Options of `reachable`. */
export interface ReachOptions {
  /** One entry a node; nodes with another value than 0 are not entered, even where they are starts. */
  readonly blockedNodes?: Uint8Array | undefined;
  /** One entry a node; nodes with 0 are treated as absent. */
  readonly mask?: Uint8Array | undefined;
  /** Edges for which it returns false are not followed. */
  readonly edgeAllowed?: ((edge: number, from: number, to: number) => boolean) | undefined;
}

/** For each node 1 if a start reaches it (starts reach themselves), else 0. Linear time, 4 bytes a node besides. */
export function reachable(csr: Csr, starts: ArrayLike<number>, options: ReachOptions = {}): Uint8Array {
  const { blockedNodes, mask, edgeAllowed } = options;
  const seen = new Uint8Array(csr.nodeCount);
  const stack = new Uint32Array(csr.nodeCount);
  let height = 0;

  function enter(v: number): void {
    if (seen[v] === 1) return;
    if (blockedNodes !== undefined && blockedNodes[v] !== 0) return;
    if (mask !== undefined && mask[v] === 0) return;
    seen[v] = 1;
    stack[height++] = v;
  }

  for (let s = 0; s < starts.length; s++) enter(starts[s]);
  while (height > 0) {
    const v = stack[--height];
    const end = csr.first[v + 1];
    for (let e = csr.first[v]; e < end; e++) {
      const w = csr.to[e];
      if (edgeAllowed === undefined || edgeAllowed(e, v, w)) enter(w);
    }
  }
  return seen;
}

/** For each node the number of edges on a shortest path from any start: 0 at starts, -1 where none leads. */
export function distances(csr: Csr, starts: ArrayLike<number>): Int32Array {
  const distance = new Int32Array(csr.nodeCount).fill(-1);
  const queue = new Uint32Array(csr.nodeCount);
  let tail = 0;
  for (let s = 0; s < starts.length; s++) {
    if (distance[starts[s]] === 0) continue;
    distance[starts[s]] = 0;
    queue[tail++] = starts[s];
  }
  for (let head = 0; head < tail; head++) {
    const v = queue[head];
    const next = distance[v] + 1;
    const end = csr.first[v + 1];
    for (let e = csr.first[v]; e < end; e++) {
      const w = csr.to[e];
      if (distance[w] >= 0) continue;
      distance[w] = next;
      queue[tail++] = w;
    }
  }
  return distance;
}
