import type { HeapGraph, NodeIndex } from "../../heap/HeapGraph.js";
import { labelPayload, LabelSort, labelSort, packLabel } from "../../heap/labels.js";

// More digits than any table needs would come near infinity.
const INDEX = /^\d{1,10}$/;

/** Names of edges, decoded once each: a heap has many edges and few names. */
class EdgeNames {
  readonly #graph: HeapGraph;
  readonly #strings = new Map<string, ReadonlySet<number>>();
  readonly #labels = new Map<string, ReadonlySet<number>>();
  readonly #texts = new Map<number, string>();
  readonly #indices = new Map<number, number>();

  constructor(graph: HeapGraph) {
    this.#graph = graph;
  }

  /** The packed labels of a sort with this text. */
  labels(sort: LabelSort, text: string): ReadonlySet<number> {
    const key = `${sort} ${text}`;
    let found = this.#labels.get(key);
    if (!found) {
      found = new Set([...this.strings(text)].map((index) => packLabel(sort, index)));
      this.#labels.set(key, found);
    }
    return found;
  }

  strings(text: string): ReadonlySet<number> {
    let found = this.#strings.get(text);
    if (!found) {
      const { strings } = this.#graph;
      found = new Set(strings.containing(text).filter((index) => strings.get(index) === text));
      this.#strings.set(text, found);
    }
    return found;
  }

  text(label: number): string {
    const payload = labelPayload(label);
    let text = this.#texts.get(payload);
    if (text === undefined) this.#texts.set(payload, (text = this.#graph.string(payload)));
    return text;
  }

  index(label: number): number {
    let index = this.#indices.get(label);
    if (index === undefined) {
      const text = this.#graph.string(labelPayload(label));
      this.#indices.set(label, (index = INDEX.test(text) ? Number(text) : -1));
    }
    return index;
  }
}

const known = new WeakMap<HeapGraph, EdgeNames>();

function namesOf(graph: HeapGraph): EdgeNames {
  let names = known.get(graph);
  if (!names) known.set(graph, (names = new EdgeNames(graph)));
  return names;
}

function follow(graph: HeapGraph, node: NodeIndex, labels: ReadonlySet<number>): NodeIndex | undefined {
  const { firstEdge, edgeTo, edgeLabel } = graph.columns;
  if (labels.size === 0) return undefined;
  for (let e = firstEdge[node]; e < firstEdge[node + 1]; e++) if (labels.has(edgeLabel[e])) return edgeTo[e];
  return undefined;
}

/** Where the first edge leads that only the engine follows and that has this name; undefined where there is none. */
export function followInternal(graph: HeapGraph, node: NodeIndex, name: string): NodeIndex | undefined {
  return follow(graph, node, namesOf(graph).labels(LabelSort.internalName, name));
}

/** Where a property leads; undefined where there is none, or its value is a small integer, which no snapshot shows. */
export function followProperty(graph: HeapGraph, node: NodeIndex, name: string): NodeIndex | undefined {
  return follow(graph, node, propertyLabels(graph, name));
}

/** The string indices of a text. */
export function stringIndices(graph: HeapGraph, text: string): ReadonlySet<number> {
  return namesOf(graph).strings(text);
}

/** Labels of the edges that only the engine follows and that have a name. */
export function internalLabels(graph: HeapGraph, name: string): ReadonlySet<number> {
  return namesOf(graph).labels(LabelSort.internalName, name);
}

/** Labels of the properties that have a name. */
export function propertyLabels(graph: HeapGraph, name: string): ReadonlySet<number> {
  return namesOf(graph).labels(LabelSort.attribute, name);
}

/** The text of a label that has one (a property's, a variable's, an internal link's). */
export function edgeName(graph: HeapGraph, label: number): string {
  return namesOf(graph).text(label);
}

/** The number that an internal edge has for a name, as those of hash tables and arrays have; -1 for others. */
export function internalIndexOf(graph: HeapGraph, label: number): number {
  switch (labelSort(label)) {
    case LabelSort.internalName:
      return namesOf(graph).index(label);
    case LabelSort.index:
      return labelPayload(label);
    default:
      return -1;
  }
}
