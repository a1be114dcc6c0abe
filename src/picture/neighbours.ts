import type { EdgeIndex, HeapGraph, NodeIndex } from "../heap/HeapGraph.js";
import { Kind } from "../heap/kinds.js";
import type { Analysis } from "../model/Analysis.js";
import type { Expansion } from "./Picture.js";

/** An object's own edges in the order in which people count: lists and tuples are traversed backwards. */
export function* edgesInOrder({ columns }: HeapGraph, node: NodeIndex): Generator<EdgeIndex> {
  const first = columns.firstEdge[node];
  const end = columns.firstEdge[node + 1];
  if (columns.kind[node] === Kind.list || columns.kind[node] === Kind.tuple) {
    for (let e = end - 1; e >= first; e--) yield e;
  } else {
    for (let e = first; e < end; e++) yield e;
  }
}

/** What an object refers to, or what refers to it, by strong references; one that does so twice comes twice. */
export function* neighbours(
  { graph, strong, referrers }: Analysis,
  node: NodeIndex,
  direction: Expansion["direction"],
): Generator<NodeIndex> {
  const { first, to } = direction === "referrers" ? referrers : strong;
  const { kind } = graph.columns;
  const backwards = direction === "referents" && (kind[node] === Kind.list || kind[node] === Kind.tuple);
  if (backwards) for (let e = first[node + 1] - 1; e >= first[node]; e--) yield to[e];
  else for (let e = first[node]; e < first[node + 1]; e++) yield to[e];
}

/** As `neighbours`, each object once, ascending. */
export function distinctNeighbours(
  { strong, referrers }: Analysis,
  node: NodeIndex,
  direction: Expansion["direction"],
): Uint32Array {
  const { first, to } = direction === "referrers" ? referrers : strong;
  // Of an object with a million neighbours a sorted copy is made much faster than a Set.
  const all = to.slice(first[node], first[node + 1]).sort();
  let count = 0;
  for (let i = 0; i < all.length; i++) if (i === 0 || all[i] !== all[i - 1]) all[count++] = all[i];
  return all.subarray(0, count);
}
