import type { NodeIndex, TypeInfo } from "../heap/HeapGraph.js";
import type { Kind } from "../heap/kinds.js";
import type { Analysis } from "../model/Analysis.js";

/** Bytes that would be freed if all of these went: what one of them keeps, and another one with it, counts once. */
export function retainedTogether({ ownership, graph }: Analysis, nodes: Iterable<NodeIndex>): number {
  const group = new Set(nodes);
  let bytes = 0;
  // Whether something above a node is in the group, for the nodes on the way up that were looked at.
  const known = new Map<number, boolean>();
  for (const start of group) {
    const way: number[] = [];
    let isBelow = false;
    for (let node = ownership.idom[start]; node < graph.nodeCount; node = ownership.idom[node]) {
      const answer = group.has(node) || known.get(node);
      if (answer !== undefined) {
        isBelow = answer;
        break;
      }
      way.push(node);
    }
    for (const node of way) known.set(node, isBelow);
    if (!isBelow) bytes += ownership.retained[start];
  }
  return bytes;
}

/** Bytes that are worth telling of: so many, and a share of what is alive. */
export function leastWorth({ ownership }: Analysis, bytes: number, share: number): number {
  return Math.max(bytes, ownership.retained[ownership.aliveRoot] * share);
}

/** True if a node is kept by nothing but another one, or is that itself. */
export function isKeptBy({ ownership, graph }: Analysis, node: NodeIndex, owner: NodeIndex): boolean {
  for (let at = node; at < graph.nodeCount; at = ownership.idom[at]) if (at === owner) return true;
  return false;
}

/** The first target of a kind. */
export function targetOfKind({ graph }: Analysis, node: NodeIndex, wanted: Kind): NodeIndex | undefined {
  const { firstEdge, edgeTo, kind } = graph.columns;
  for (let e = firstEdge[node]; e < firstEdge[node + 1]; e++) if (kind[edgeTo[e]] === wanted) return edgeTo[e];
  return undefined;
}

/** A list by key, in the order in which keys came up first. */
export function groupBy<Item, Key>(items: Iterable<Item>, keyOf: (item: Item) => Key): Map<Key, Item[]> {
  const groups = new Map<Key, Item[]>();
  for (const item of items) {
    const key = keyOf(item);
    const group = groups.get(key);
    if (group) group.push(item);
    else groups.set(key, [item]);
  }
  return groups;
}

/** All nodes of some kinds that are alive. */
export function* aliveOf({ graph, roots }: Analysis, ...kinds: readonly Kind[]): Generator<NodeIndex> {
  const { kind } = graph.columns;
  const wanted: ReadonlySet<number> = new Set(kinds);
  for (let node = 0; node < graph.nodeCount; node++) {
    if (wanted.has(kind[node]) && roots.isGarbage[node] === 0) yield node;
  }
}

/** All instances of some types that are alive. Names are looked at once a type, not once an object. */
export function* aliveOfType({ graph, roots }: Analysis, isWanted: (type: TypeInfo) => boolean): Generator<NodeIndex> {
  const wanted = graph.types.map(isWanted);
  if (!wanted.includes(true)) return;
  const { type } = graph.columns;
  for (let node = 0; node < graph.nodeCount; node++) {
    if (wanted[type[node]] && roots.isGarbage[node] === 0) yield node;
  }
}
