import type { Arcs } from "./arcs.js";
import { reverse } from "./csr.js";
import { MaxHeap } from "./MaxHeap.js";

/**
 * For each node its place in an order with few and light backward arcs; arcs of infinite weight, which must not form
 * a cycle, always lead forward. Time O(m log n).
 *
 * Peter Eades, Xuemin Lin, W. F. Smyth, "A fast and effective heuristic for the feedback arc set problem", Information
 * Processing Letters 47 (1993), with weights: sinks go to the end; else the node goes to the front whose arcs out
 * outweigh its arcs in by most, among those that no infinite arc enters. Ties: the lowest node.
 */
export function greedyOrder(arcs: Arcs): Uint32Array {
  const { nodeCount: n, first, to, tail, weight } = arcs;
  const back = reverse(arcs);
  const finiteIn = new Float64Array(n);
  const finiteOut = new Float64Array(n);
  const infiniteIn = new Uint32Array(n);
  const inCount = new Uint32Array(n);
  const outCount = new Uint32Array(n);
  for (let a = 0; a < to.length; a++) {
    outCount[tail[a]]++;
    inCount[to[a]]++;
    if (weight[a] === Infinity) {
      infiniteIn[to[a]]++;
    } else {
      finiteOut[tail[a]] += weight[a];
      finiteIn[to[a]] += weight[a];
    }
  }

  const heap = new MaxHeap(n);
  const placed = new Uint8Array(n);
  const position = new Uint32Array(n);
  const sinks = new Uint32Array(n);
  let sinkCount = 0;
  let front = 0;
  let end = n;

  function offer(v: number): void {
    // Counts, not sums, tell what is left: sums of fractions need not come back to 0.
    if (infiniteIn[v] === 0) heap.set(v, inCount[v] === 0 ? Infinity : finiteOut[v] - finiteIn[v]);
  }
  function place(v: number, at: number): void {
    placed[v] = 1;
    position[v] = at;
    heap.remove(v);
    for (let a = first[v]; a < first[v + 1]; a++) {
      const w = to[a];
      if (placed[w] === 1) continue;
      inCount[w]--;
      if (weight[a] === Infinity) infiniteIn[w]--;
      else finiteIn[w] -= weight[a];
      offer(w);
    }
    for (let k = back.first[v]; k < back.first[v + 1]; k++) {
      const u = back.to[k];
      if (placed[u] === 1) continue;
      if (--outCount[u] === 0) sinks[sinkCount++] = u;
      const w = weight[back.edge[k]];
      if (w !== Infinity) finiteOut[u] -= w;
      offer(u);
    }
  }

  for (let v = 0; v < n; v++) {
    offer(v);
    if (outCount[v] === 0) sinks[sinkCount++] = v;
  }
  while (front < end) {
    if (sinkCount > 0) {
      const sink = sinks[--sinkCount];
      if (placed[sink] === 0) place(sink, --end);
      continue;
    }
    place(heap.top(), front++);
  }
  return position;
}

/** For each node its place in a topological order (Kahn 1962) of the arcs not cut, which must not form a cycle. */
export function topologicalOrder(arcs: Arcs, cut: Uint8Array): Uint32Array {
  const { nodeCount: n, first, to } = arcs;
  const waiting = new Uint32Array(n);
  for (let a = 0; a < to.length; a++) if (cut[a] === 0) waiting[to[a]]++;
  const queue = new Uint32Array(n);
  let tail = 0;
  for (let v = 0; v < n; v++) if (waiting[v] === 0) queue[tail++] = v;
  for (let head = 0; head < tail; head++) {
    const v = queue[head];
    for (let a = first[v]; a < first[v + 1]; a++) if (cut[a] === 0 && --waiting[to[a]] === 0) queue[tail++] = to[a];
  }
  return queue;
}
