import type { HeapGraph, NodeIndex } from "../../heap/HeapGraph.js";

/** Which weak references refer to an object, in the order of its own list. */
export interface WeakrefIndex {
  /** Weak references (node indices) to a referent; empty where there is none. */
  of(referent: NodeIndex): Uint32Array;
}

const NONE = new Uint32Array(0);

/** Groups the heap's pairs of (referent, weakref) by referent. */
export function indexWeakrefs(graph: HeapGraph): WeakrefIndex {
  const { weakrefs } = graph;
  const groups = new Map<number, number[]>();
  for (let i = 0; i < weakrefs.length; i += 2) {
    const group = groups.get(weakrefs[i]);
    if (group) group.push(weakrefs[i + 1]);
    else groups.set(weakrefs[i], [weakrefs[i + 1]]);
  }
  const packed = new Map(Array.from(groups, ([referent, list]) => [referent, Uint32Array.from(list)] as const));
  return { of: (referent) => packed.get(referent) ?? NONE };
}
