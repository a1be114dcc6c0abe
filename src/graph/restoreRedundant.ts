import type { Arcs } from "./arcs.js";
import { reverse } from "./csr.js";
import { topologicalOrder } from "./greedyOrder.js";

/** How many arcs the check may look at, as a multiple of the graph's nodes and arcs, plus a fixed part. */
const BOUND_FACTOR = 8;
const BOUND_FIXED = 20_000_000;

/**
 * Unmarks in `cut` what need not be cut: afterwards each arc still marked would close a cycle. The arcs not marked
 * must not form a cycle.
 *
 * Goes through a topological order from its end. An arc back into `v` is needed if and only if `v` reaches its start
 * over what is kept among the nodes from `v` on; arcs put back into `v` do not change what `v` reaches, so one search
 * serves them all. Searches stop when all starts are found. To keep entangled graphs of a million nodes from taking
 * quadratic time, arcs stay cut unchecked once the bound on arcs looked at is reached.
 */
export function restoreRedundant(arcs: Arcs, cut: Uint8Array): void {
  const { nodeCount: n, first, to, tail } = arcs;
  const order = topologicalOrder(arcs, cut);
  const place = new Uint32Array(n);
  for (let at = 0; at < n; at++) place[order[at]] = at;
  for (let a = 0; a < to.length; a++) if (place[tail[a]] < place[to[a]]) cut[a] = 0;

  const back = reverse(arcs);
  const seenFrom = new Int32Array(n).fill(-1); // The place of the latest search that came by.
  const soughtFrom = new Int32Array(n).fill(-1); // The place of the latest search that looks for this node.
  const stack = new Uint32Array(n);
  let left = BOUND_FIXED + BOUND_FACTOR * (n + to.length);

  for (let at = n - 1; at >= 0; at--) {
    const v = order[at];
    let sought = 0;
    for (let k = back.first[v]; k < back.first[v + 1]; k++) {
      if (cut[back.edge[k]] === 0) continue;
      soughtFrom[back.to[k]] = at;
      sought++;
    }
    if (sought === 0) continue;
    let height = 0;
    stack[height++] = v;
    seenFrom[v] = at;
    while (height > 0 && sought > 0) {
      const u = stack[--height];
      left -= first[u + 1] - first[u];
      for (let a = first[u]; a < first[u + 1]; a++) {
        const w = to[a];
        if (cut[a] === 1 || seenFrom[w] === at) continue;
        seenFrom[w] = at;
        if (soughtFrom[w] === at) sought--;
        stack[height++] = w;
      }
    }
    if (sought > 0) {
      for (let k = back.first[v]; k < back.first[v + 1]; k++) {
        if (seenFrom[back.to[k]] !== at) cut[back.edge[k]] = 0;
      }
    }
    if (left < 0) return;
  }
}
