import type { HeapGraph } from "./HeapGraph.js";
import { labelPayload, LabelSort, labelSort } from "./labels.js";

/** V8's own types of edges, which `HeapGraph.edgeClass` keeps in bits 4 to 7; 0 in heaps of other runtimes. */
export const V8Edge = {
  none: 0,
  context: 1,
  element: 2,
  property: 3,
  internal: 4,
  hidden: 5,
  shortcut: 6,
  weak: 7,
} as const;
export type V8Edge = (typeof V8Edge)[keyof typeof V8Edge];

export const V8_EDGE_SHIFT = 4;

/** The name that DevTools gives to all nodes of a V8 type whose nodes have names of their own. */
export const V8Group = {
  system: "(system)",
  array: "(array)",
  code: "(compiled code)",
  joined: "(concatenated string)",
} as const;

/** Name of the node under which V8 hangs the documents of a page. */
export const DOCUMENTS = "(Document DOM trees)";

/** What all names of edges of an entry of a WeakMap have in common. */
export const EPHEMERON = " / part of key (";

const KEY_END = / @\d+\) -> value \(/;
const VALUE_END = / @\d+\) pair in WeakMap \(table @(\d+)\)$/;
// DevTools takes no name with a line break for one, and its numbers are to be ours.
const LINE_BREAK = /[\n\r\u2028\u2029]/;

/** An entry of a WeakMap as the name of an edge tells it: the table's id, and what the names of its two edges share. */
export interface EphemeronName {
  readonly table: number;
  readonly pair: string;
}

/**
 * The entry of a WeakMap that an edge's name tells of (`1 / part of key (A @3) -> value (B @5) pair in WeakMap (table
 * @7)`), or undefined. Linear time, whatever stands in the name.
 */
export function ephemeronOf(name: string): EphemeronName | undefined {
  const digits = /^\d+/.exec(name)?.[0].length ?? 0;
  if (digits === 0 || !name.startsWith(EPHEMERON, digits)) return undefined;
  const [key, value] = [KEY_END.exec(name), VALUE_END.exec(name)];
  if (!key || !value || key.index + key[0].length > value.index || LINE_BREAK.test(name)) return undefined;
  return { table: Number(value[1]), pair: name.slice(digits) };
}

/** The V8 type of an edge. */
export function v8EdgeOf(edgeClass: number): V8Edge {
  return (edgeClass >> V8_EDGE_SHIFT) as V8Edge;
}

/** The name of an edge that only the engine follows, such as `table` or `shared`; undefined for others. */
export function internalNameOf(graph: HeapGraph, label: number): string | undefined {
  return labelSort(label) === LabelSort.internalName ? graph.string(labelPayload(label)) : undefined;
}
