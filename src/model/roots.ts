import { componentMembers, type Csr, reachable, stronglyConnectedComponents } from "../graph/index.js";
import type { HeapGraph } from "../heap/HeapGraph.js";
import { Flag, Kind } from "../heap/kinds.js";
import type { References } from "./references.js";

/** Why an object is a root. */
export const RootReason = {
  /** Held by the interpreter under a name: sys.modules, a thread, ... */
  named: 0,
  /** A static type. */
  staticType: 1,
  /** Tracked, with references that nothing in the heap explains. */
  outside: 2,
  /** Untracked, and nothing in the heap refers to it. */
  unexplained: 3,
  /** In the permanent generation, and nothing else keeps it. */
  frozen: 4,
  /** Kept by references that the collector can't see, such as a type by its instances before 3.9. */
  untraversed: 5,
} as const;
export type RootReason = (typeof RootReason)[keyof typeof RootReason];

/** What keeps the heap alive, and what hangs free of it. */
export interface Roots {
  /** Roots of what is alive, most telling first, each node once. */
  readonly alive: Uint32Array;
  /** A `RootReason` for each entry of `alive`. */
  readonly reason: Uint8Array;
  /** Entry points of the garbage: for each group that nothing else in the garbage refers to, its first object. */
  readonly garbage: Uint32Array;
  /** One byte a node: 1 for garbage, by the collector's verdict, and for what only garbage holds. */
  readonly isGarbage: Uint8Array;
}

/**
 * Finds the roots as docs/MODEL.md defines them. Together they reach every node.
 * @param strong all edges that keep something alive
 * @param unreachable the collector's verdict
 */
export function findRoots(graph: HeapGraph, strong: Csr, references: References, unreachable: Uint32Array): Roots {
  const { flags, kind } = graph.columns;
  const n = graph.nodeCount;
  const condemned = new Uint8Array(n);
  for (const node of unreachable) condemned[node] = 1;
  const alive: number[] = [];
  const reason: number[] = [];
  const isRoot = new Uint8Array(n);
  const add = (node: number, why: RootReason) => {
    if (isRoot[node] === 1 || condemned[node] === 1) return;
    isRoot[node] = 1;
    alive.push(node);
    reason.push(why);
  };
  for (const root of graph.roots) add(root.node, RootReason.named);
  for (let node = 0; node < n; node++) {
    const isStatic = kind[node] === Kind.type && (flags[node] & Flag.tracked) === 0;
    if (isStatic) add(node, RootReason.staticType);
  }
  for (let node = 0; node < n; node++) {
    if ((flags[node] & Flag.tracked) !== 0 && references.outside[node] > 0) add(node, RootReason.outside);
  }
  const notCondemned = condemned.map((c) => 1 - c);
  const seen = reachable(strong, alive, { mask: notCondemned });
  const addEntries = (left: Uint8Array, why: (node: number) => RootReason) => {
    const fresh = entryPoints(strong, left);
    if (fresh.length === 0) return;
    for (const node of fresh) add(node, why(node));
    const more = reachable(strong, fresh, { mask: notCondemned });
    for (let node = 0; node < n; node++) seen[node] |= more[node];
  };
  const leftTracked = seen.map((s, node) => (s === 0 && condemned[node] === 0 && flags[node] & Flag.tracked ? 1 : 0));
  addEntries(leftTracked, (node) => (flags[node] & Flag.frozen ? RootReason.frozen : RootReason.untraversed));
  // What is left now is untracked: garbage holds it, or nothing in the heap does.
  const isGarbage = reachable(strong, unreachable, { mask: seen.map((s) => 1 - s) });
  const leftUntracked = seen.map((s, node) => (s === 0 && isGarbage[node] === 0 ? 1 : 0));
  addEntries(leftUntracked, () => RootReason.unexplained);
  return {
    alive: Uint32Array.from(alive),
    reason: Uint8Array.from(reason),
    garbage: Uint32Array.from(entryPoints(strong, isGarbage, unreachable)),
    isGarbage,
  };
}

/**
 * One object for each group within the mask (strongly connected component) that nothing else in the mask refers
 * to: the one that comes first in `order` (by default the lowest node). These reach all of the mask.
 */
function entryPoints(strong: Csr, mask: Uint8Array, order?: Uint32Array): number[] {
  if (!mask.includes(1)) return [];
  const scc = stronglyConnectedComponents(strong, mask);
  const { members } = componentMembers(scc);
  const held = new Uint8Array(scc.count);
  for (const node of members) {
    for (let e = strong.first[node]; e < strong.first[node + 1]; e++) {
      const target = scc.component[strong.to[e]];
      if (target >= 0 && target !== scc.component[node]) held[target] = 1;
    }
  }
  const entries: number[] = [];
  const consider = (node: number) => {
    const component = scc.component[node];
    if (component < 0 || held[component] === 1) return;
    held[component] = 1;
    entries.push(node);
  };
  order?.forEach(consider);
  for (let node = 0; node < mask.length; node++) consider(node);
  return entries;
}
