import type { HeapGraph } from "./HeapGraph.js";

/**
 * An edge label packed in 32 bits: the upper four say of which sort it is, the lower 28 hold an index
 * into the string table, a position, or a node index.
 */
export const LabelSort = {
  internal: 0,
  attribute: 1,
  index: 2,
  key: 3,
  nodeKey: 4,
  closure: 5,
  local: 6,
  keyOf: 7,
  /** A reference that only the engine follows, which has a name all the same. */
  internalName: 8,
} as const;
export type LabelSort = (typeof LabelSort)[keyof typeof LabelSort];

const PAYLOAD_BITS = 28;
const PAYLOAD_MASK = 2 ** PAYLOAD_BITS - 1;

/** Packs a label; a payload that does not fit gives the internal label. */
export function packLabel(sort: LabelSort, payload: number): number {
  return payload > PAYLOAD_MASK ? LabelSort.internal : ((sort << PAYLOAD_BITS) | payload) >>> 0;
}

/** The sort of a packed label. */
export function labelSort(label: number): LabelSort {
  return (label >>> PAYLOAD_BITS) as LabelSort;
}

/** The string index, position or node index of a packed label. */
export function labelPayload(label: number): number {
  return label & PAYLOAD_MASK;
}

/** The text of a label of one sort (an attribute's name, a text key, a variable), undefined for other sorts. */
export function nameOfLabel(graph: HeapGraph, label: number, sort: LabelSort): string | undefined {
  return labelSort(label) === sort ? graph.string(labelPayload(label)) : undefined;
}

function quote(text: string): string {
  return `'${text.replaceAll("\\", "\\\\").replaceAll("'", "\\'").replaceAll("\n", "\\n")}'`;
}

/**
 * A label as people read and type it: `.attr`, `[3]`, `['key']`, `closure:NAME`, `local:NAME`,
 * `<key>` for a dict's hold on a key, `<NAME>` for one that only the engine follows, `<internal>` without a name.
 */
export function labelText(graph: HeapGraph, label: number): string {
  const payload = labelPayload(label);
  switch (labelSort(label)) {
    case LabelSort.attribute:
      return `.${graph.string(payload)}`;
    case LabelSort.index:
      return `[${payload}]`;
    case LabelSort.key:
      return `[${quote(graph.string(payload))}]`;
    case LabelSort.nodeKey:
      return `[${graph.nodeName(payload)}]`;
    case LabelSort.closure:
      return `closure:${graph.string(payload)}`;
    case LabelSort.local:
      return `local:${graph.string(payload)}`;
    case LabelSort.keyOf:
      return "<key>";
    case LabelSort.internalName:
      return `<${graph.string(payload)}>`;
    default:
      return "<internal>";
  }
}
