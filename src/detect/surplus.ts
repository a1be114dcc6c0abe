import type { NodeIndex } from "../heap/HeapGraph.js";
import { Flag, Kind } from "../heap/kinds.js";
import type { Analysis } from "../model/Analysis.js";
import { fingerprint } from "./Finding.js";
import { groupBy } from "./together.js";

/** Objects of one type with references that nothing in the heap explains. */
export interface Surplus {
  readonly type: string;
  readonly nodes: readonly NodeIndex[];
  /** How many such references there are to all of them. */
  readonly surplus: number;
  /** The object with most of them. */
  readonly most: NodeIndex;
}

/**
 * Tracked objects that are alive and have more references than the heap explains, by type. Left out are classes and
 * modules of C code, which that code holds, and what the interpreter itself holds by name.
 */
export function surplusOf({ graph, references, roots }: Analysis): Surplus[] {
  const { kind, flags } = graph.columns;
  const named = new Set(graph.roots.map(({ node }) => node));
  const held: NodeIndex[] = [];
  for (let node = 0; node < graph.nodeCount; node++) {
    if ((flags[node] & (Flag.tracked | Flag.frozen | Flag.immortal | Flag.agent)) !== Flag.tracked) continue;
    if (references.outside[node] <= 0 || roots.isGarbage[node] === 1 || named.has(node)) continue;
    if (kind[node] !== Kind.type && kind[node] !== Kind.module && kind[node] !== Kind.frame) held.push(node);
  }
  const { outside } = references;
  return [...groupBy(held, (node) => graph.typeName(node))].map(([type, nodes]) => ({
    type,
    nodes,
    surplus: nodes.reduce((sum, node) => sum + outside[node], 0),
    most: nodes.reduce((a, b) => (outside[b] > outside[a] ? b : a)),
  }));
}

/** The fingerprint of the finding for objects of a type. */
export function surplusFingerprint(type: string): string {
  return fingerprint("refcount-surplus", type);
}
