import type { HeapGraph, NodeIndex } from "../../heap/HeapGraph.js";
import { Kind } from "../../heap/kinds.js";
import { LabelSort, labelSort } from "../../heap/labels.js";
import { V8Edge, v8EdgeOf } from "../../heap/v8.js";
import { followInternal, internalIndexOf, propertyLabels, stringIndices } from "./labels.js";

const NONE = -1;
// A hash table of V8 begins with three numbers and the heads of its chains (objects/ordered-hash-table.h): twice as
// many entries as chains, each of a Map's key, value and link, of a Set's key and link.
const HEADER = 3;
const OF_MAP = 3;
const OF_SET = 2;

/** An entry of a container: node indices, -1 for a small integer, which no snapshot shows. */
export interface Entry {
  readonly key: NodeIndex | -1;
  readonly value: NodeIndex | -1;
}

/** Names of classes whose instances can be containers. */
export type ContainerClass = "Array" | "Map" | "Object" | "Set";

/** Which container a node is; undefined for others. A WeakMap keeps nothing by itself. */
export function containerClassOf(graph: HeapGraph, node: NodeIndex): ContainerClass | undefined {
  const { kind } = graph.columns;
  switch (kind[node]) {
    case Kind.list:
      return "Array";
    case Kind.dict:
    case Kind.set: {
      const name = graph.typeName(node);
      return name === "Map" || name === "Set" ? name : undefined;
    }
    case Kind.instance:
      // Of some versions "Object / global", or a list of the properties behind the name.
      return /^Object(?![\w$])/.test(graph.typeName(node)) ? "Object" : undefined;
    default:
      return undefined;
  }
}

/** The hash table that a Map or a Set keeps its entries in. */
export function tableOf(graph: HeapGraph, container: NodeIndex): NodeIndex | undefined {
  return followInternal(graph, container, "table");
}

/**
 * Entries of an Array, a Map, a Set or a plain object, as far as an object stands in them: an entry of two small
 * integers is not seen.
 */
export function* entriesOf(graph: HeapGraph, container: NodeIndex): Generator<Entry> {
  switch (containerClassOf(graph, container)) {
    case "Map":
      return yield* tableEntries(graph, container, OF_MAP);
    case "Set":
      return yield* tableEntries(graph, container, OF_SET);
    case "Array":
    case "Object":
      return yield* ownEntries(graph, container);
    case undefined:
      return;
  }
}

function* ownEntries(graph: HeapGraph, container: NodeIndex): Generator<Entry> {
  const { firstEdge, edgeTo, edgeClass, edgeLabel } = graph.columns;
  const protos = propertyLabels(graph, "__proto__");
  for (let e = firstEdge[container]; e < firstEdge[container + 1]; e++) {
    const type = v8EdgeOf(edgeClass[e]);
    if (type === V8Edge.element) yield { key: NONE, value: edgeTo[e] };
    if (type !== V8Edge.property || labelSort(edgeLabel[e]) !== LabelSort.attribute) continue;
    if (!protos.has(edgeLabel[e])) yield { key: NONE, value: edgeTo[e] };
  }
}

function* tableEntries(graph: HeapGraph, container: NodeIndex, size: number): Generator<Entry> {
  const table = tableOf(graph, container);
  if (table === undefined) return;
  const { firstEdge, edgeTo, edgeLabel } = graph.columns;
  const cells: [index: number, to: NodeIndex][] = [];
  for (let e = firstEdge[table]; e < firstEdge[table + 1]; e++) {
    const index = internalIndexOf(graph, edgeLabel[e]);
    if (index >= HEADER) cells.push([index, edgeTo[e]]);
  }
  cells.sort((a, b) => a[0] - b[0]);
  if (cells.length === 0) return;
  // What stands where an entry was deleted.
  const holes = stringIndices(graph, "system / Hole");
  const { text, kind } = graph.columns;
  const start = HEADER + chainsOf(cells, size);
  let [at, key, value] = [NONE, NONE, NONE];
  for (const [index, to] of cells) {
    if (kind[to] === Kind.other && holes.has(text[to])) continue;
    const entry = Math.floor((index - start) / size);
    if (entry !== at) {
      if (at !== NONE) yield { key, value };
      [at, key, value] = [entry, NONE, NONE];
    }
    if ((index - start) % size === 0) key = to;
    else value = to;
  }
  if (at !== NONE) yield { key, value };
}

/**
 * How many chains a table has, a power of two, by the places in it where objects stand: the largest number with which
 * no object stands where a link is. Others with which that is so too divide the table in the same way.
 */
function chainsOf(cells: readonly (readonly [index: number, to: NodeIndex])[], size: number): number {
  let chains = 2;
  while (HEADER + 2 * chains <= cells[0][0]) chains *= 2;
  const largest = chains;
  const isLink = ([index]: readonly [number, NodeIndex]) => (index - HEADER - chains) % size === size - 1;
  while (cells.some(isLink)) {
    if (chains === 2) return largest;
    chains /= 2;
  }
  return chains;
}
