import type { EdgeIndex, HeapGraph, NodeIndex } from "../../heap/HeapGraph.js";
import { Kind } from "../../heap/kinds.js";
import { LabelSort, labelPayload, labelSort } from "../../heap/labels.js";
import type { Analysis } from "../Analysis.js";
import { visitAttributes } from "./attributes.js";
import { rowOf, type WeakReferences, WeakState } from "./find.js";
import type { Holders } from "./holders.js";

/** An entry of a dict under whose key a weak reference stands. */
export interface WeakEntry {
  readonly weakref: NodeIndex;
  readonly referent: NodeIndex;
  /** Packed label: the key's text, or the node of the key. */
  readonly label: number;
}

/** A weak reference that stands under a key which is not, or not any more, its referent's. */
export interface StaleEntry extends WeakEntry {
  /** The key that the referent has now, or undefined. */
  readonly now?: NodeIndex;
}

/** Stale entries of one dict with weak values. */
export interface StaleRegistry {
  readonly dict: NodeIndex;
  /** Name of the attribute that the keys are taken from, where the other entries show it. */
  readonly attribute?: string;
  /** Entries whose key is the referent's attribute, as it should be. */
  readonly fitting: number;
  /** Entries whose key differs from the referent's attribute; without one, all of an object with several keys. */
  readonly entries: readonly StaleEntry[];
}

// So many entries at least must show where keys come from, and they must be most.
const SHOWN_BY = 3;

/**
 * Dicts with weak references as values (a WeakValueDictionary's, or a program's own) in which objects stand under keys
 * that are not theirs: `otherKey` by the attribute that most other keys are taken from, `severalKeys` where one object
 * stands under more than one key and no attribute tells which is right. That an object was initialised anew can't be
 * seen in one snapshot; both are what it leaves behind.
 */
export function staleRegistries(
  analysis: Analysis,
  found: WeakReferences,
  holders: Holders,
): { readonly otherKey: StaleRegistry[]; readonly severalKeys: StaleRegistry[] } {
  const { graph } = analysis;
  const { edgeTo, edgeLabel } = graph.columns;
  const referentOf: ReferentOf = (edge) => found.referent[rowOf(found.node, edgeTo[edge])];
  const entryOf = (edge: EdgeIndex): WeakEntry => ({
    weakref: edgeTo[edge],
    referent: referentOf(edge),
    label: edgeLabel[edge],
  });
  const otherKey: StaleRegistry[] = [];
  const severalKeys: StaleRegistry[] = [];
  for (const [dict, edges] of registries(analysis, found, holders)) {
    const attribute = keyAttribute(graph, edges, referentOf);
    const stale: StaleEntry[] = [];
    const untold: EdgeIndex[] = [];
    for (const edge of edges) {
      const now = attribute === undefined ? undefined : valueOf(graph, referentOf(edge), attribute);
      const fits = now === undefined ? undefined : isKey(graph, edgeLabel[edge], now);
      if (fits === undefined) untold.push(edge);
      else if (now !== undefined && !fits) stale.push({ ...entryOf(edge), now });
    }
    if (attribute !== undefined && stale.length > 0) {
      const fitting = edges.length - stale.length - untold.length;
      otherKey.push({ dict, attribute: graph.string(attribute), fitting, entries: stale });
    }
    const several = underSeveralKeys(untold, referentOf);
    if (several.length > 0) severalKeys.push({ dict, fitting: 0, entries: several.map(entryOf) });
  }
  return { otherKey, severalKeys };
}

/** The referent of the weak reference that a dict's reference leads to. */
type ReferentOf = (edge: EdgeIndex) => NodeIndex;

/** Dicts with weak references that are alive as values, with the references to these in the dict's order. */
function registries(
  { graph, referrers, strong, roots }: Analysis,
  found: WeakReferences,
  holders: Holders,
): Map<NodeIndex, EdgeIndex[]> {
  const { kind, edgeLabel } = graph.columns;
  const dicts = new Map<NodeIndex, EdgeIndex[]>();
  for (let row = 0; row < found.node.length; row++) {
    const weakref = found.node[row];
    if (found.state[row] !== WeakState.alive || roots.isGarbage[weakref] === 1) continue;
    // A class is recycled by nobody, but stands under several names in many a registry.
    if (kind[found.referent[row]] === Kind.type) continue;
    for (let r = referrers.first[weakref]; r < referrers.first[weakref + 1]; r++) {
      const dict = referrers.to[r];
      const edge = strong.edge[referrers.edge[r]];
      const sort = labelSort(edgeLabel[edge]);
      if (kind[dict] !== Kind.dict || (sort !== LabelSort.key && sort !== LabelSort.nodeKey)) continue;
      if (holders.ownerOfDict(dict) >= 0) continue;
      const edges = dicts.get(dict);
      if (edges) edges.push(edge);
      else dicts.set(dict, [edge]);
    }
  }
  for (const edges of dicts.values()) edges.sort((a, b) => a - b);
  return dicts;
}

/** The attribute whose value is the key of most entries: its name's string index, or undefined. */
function keyAttribute(graph: HeapGraph, edges: readonly EdgeIndex[], referentOf: ReferentOf): number | undefined {
  if (edges.length < SHOWN_BY) return undefined;
  const matches = new Map<number, number>();
  const counted = new Map<number, EdgeIndex>();
  for (const edge of edges) {
    const label = graph.columns.edgeLabel[edge];
    visitAttributes(graph, referentOf(edge), (name, value) => {
      // From 3.13 on an instance and its dict share their values.
      if (counted.get(name) === edge || isKey(graph, label, value) !== true) return;
      counted.set(name, edge);
      matches.set(name, (matches.get(name) ?? 0) + 1);
    });
  }
  const [best] = [...matches].sort((a, b) => b[1] - a[1]);
  return best && best[1] >= SHOWN_BY && 2 * best[1] > edges.length ? best[0] : undefined;
}

function valueOf(graph: HeapGraph, node: NodeIndex, attribute: number): NodeIndex | undefined {
  let found: NodeIndex | undefined;
  visitAttributes(graph, node, (name, value) => {
    if (name === attribute) found = value;
    return found !== undefined;
  });
  return found;
}

/** Whether a value is equal to a key, for texts and numbers; undefined where the snapshot does not hold what they are. */
function isKey(graph: HeapGraph, label: number, value: NodeIndex): boolean | undefined {
  const { kind, text } = graph.columns;
  const payload = labelPayload(label);
  if (labelSort(label) === LabelSort.key) {
    if (kind[value] !== Kind.str) return kind[value] === Kind.number || kind[value] === Kind.none ? false : undefined;
    return text[value] === 0
      ? undefined
      : text[value] === payload || graph.string(text[value]) === graph.string(payload);
  }
  if (payload === value) return true;
  if (kind[payload] === Kind.number && kind[value] === Kind.number) {
    const [key, number] = [graph.numbers.get(payload), graph.numbers.get(value)];
    return key === undefined || number === undefined ? undefined : key === number;
  }
  const simple = (node: NodeIndex) => kind[node] === Kind.number || (kind[node] === Kind.str && text[node] !== 0);
  return simple(payload) && simple(value) ? false : undefined;
}

/** Those of objects that stand under more than one key. */
function underSeveralKeys(edges: readonly EdgeIndex[], referentOf: ReferentOf): EdgeIndex[] {
  const count = new Map<NodeIndex, number>();
  for (const edge of edges) count.set(referentOf(edge), (count.get(referentOf(edge)) ?? 0) + 1);
  return edges.filter((edge) => count.get(referentOf(edge))! > 1);
}
