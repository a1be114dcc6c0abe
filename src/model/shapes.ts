import type { Components, Csr, DerivedCsr, Grouping } from "../graph/index.js";
import type { HeapGraph } from "../heap/HeapGraph.js";
import { LabelSort, labelPayload, labelSort } from "../heap/labels.js";
import { Kind } from "../heap/kinds.js";

const ROUNDS = 4;
const NAMED_PARTS = 6;

/** FNV-1a over UTF-16 code units (Fowler, Noll, Vo). */
function hashText(text: string): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
  return hash >>> 0;
}

/** The finalizer of MurmurHash3 (Appleby) over a running value. */
function mix(hash: number, value: number): number {
  let h = Math.imul(hash ^ value, 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return (h ^ (h >>> 16)) >>> 0;
}

/**
 * A name for the shape of each cyclic component. Two components have the same shape if colour refinement can't tell
 * them apart: each node starts with a colour from its kind, type and code, and takes on, for four rounds, the set of
 * (label, colour) pairs that it refers to. As a set, so that a parent with three children and one with five are
 * the same shape; indices and keys of data are no part of it. (1-dimensional Weisfeiler-Leman over sets, that is
 * k-bisimulation: Paige and Tarjan 1987.) Names hold no address and no line number.
 */
export function shapesOf(
  graph: HeapGraph,
  strong: Csr,
  scc: Components,
  grouped: Grouping,
  cyclic: readonly number[],
): Map<number, string> {
  const painter = new Painter(graph, strong as DerivedCsr, scc);
  const shapes = new Map<number, string>();
  for (const component of cyclic) {
    shapes.set(
      component,
      painter.shape(grouped.members.subarray(grouped.first[component], grouped.first[component + 1])),
    );
  }
  return shapes;
}

class Painter {
  readonly #graph: HeapGraph;
  readonly #strong: DerivedCsr;
  readonly #scc: Components;
  readonly #colour: Uint32Array;
  readonly #next: Uint32Array;
  readonly #parts = new Map<string, readonly [colour: number, part: string]>();
  readonly #labels = new Map<number, number>();

  constructor(graph: HeapGraph, strong: DerivedCsr, scc: Components) {
    this.#graph = graph;
    this.#strong = strong;
    this.#scc = scc;
    this.#colour = new Uint32Array(graph.nodeCount);
    this.#next = new Uint32Array(graph.nodeCount);
  }

  shape(members: Uint32Array): string {
    const names = new Set<string>();
    for (const node of members) {
      const [colour, part] = this.#part(node);
      this.#colour[node] = colour;
      names.add(part);
    }
    for (let round = 0; round < ROUNDS; round++) {
      for (const node of members) this.#next[node] = this.#refine(node);
      for (const node of members) this.#colour[node] = this.#next[node];
    }
    const colours = [...new Set(Array.from(members, (node) => this.#colour[node]))].sort((a, b) => a - b);
    const low = colours.reduce(mix, 17);
    const high = colours.reduce((hash, colour) => mix(hash, colour ^ 0x5bd1e995), 31);
    const hex = (value: number) => value.toString(16).padStart(8, "0");
    const sorted = [...names].sort();
    const shown = sorted.slice(0, NAMED_PARTS).join(" + ");
    const more = sorted.length > NAMED_PARTS ? ` + ${sorted.length - NAMED_PARTS} more` : "";
    return `${shown}${more} #${hex(low)}${hex(high)}`;
  }

  #part(node: number): readonly [colour: number, part: string] {
    const { type, location, kind } = this.#graph.columns;
    const key = `${type[node]} ${location[node]}`;
    let known = this.#parts.get(key);
    if (!known) {
      const at = this.#graph.location(node);
      const name = this.#graph.typeName(node);
      const file = at ? at.file.split(/[\\/]/).slice(-2).join("/") : "";
      const part = at && kind[node] !== Kind.type ? `${name} ${at.name}` : name;
      known = [mix(hashText(part), hashText(file)), part];
      this.#parts.set(key, known);
    }
    return known;
  }

  #refine(node: number): number {
    const { first, to, edge } = this.#strong;
    const { component } = this.#scc;
    const seen: number[] = [];
    for (let e = first[node]; e < first[node + 1]; e++) {
      if (component[to[e]] !== component[node]) continue;
      seen.push(mix(this.#label(this.#graph.columns.edgeLabel[edge[e]]), this.#colour[to[e]]));
    }
    seen.sort((a, b) => a - b);
    let hash = this.#colour[node];
    for (let i = 0; i < seen.length; i++) if (i === 0 || seen[i] !== seen[i - 1]) hash = mix(hash, seen[i]);
    return hash;
  }

  #label(label: number): number {
    const sort = labelSort(label);
    if (sort !== LabelSort.attribute && sort !== LabelSort.closure && sort !== LabelSort.local) return mix(sort, 0);
    let known = this.#labels.get(label);
    if (known === undefined) {
      known = mix(sort, hashText(this.#graph.string(labelPayload(label))));
      this.#labels.set(label, known);
    }
    return known;
  }
}
