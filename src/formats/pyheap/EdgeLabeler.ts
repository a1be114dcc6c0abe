import { Kind } from "../../heap/kinds.js";
import { LabelSort, packLabel } from "../../heap/labels.js";
import type { ExtraEdges, TraversedEdges } from "./GraphDraft.js";
import { ItemKind, type Items, NONE } from "./Items.js";

/** What the labeler knows of the nodes. */
export interface NodeFacts {
  readonly total: number;
  readonly version: readonly [number, number, number];
  readonly kind: Uint8Array;
  /** Node index of each node's type if it is a heap type and a node, else NONE. */
  readonly heapType: (node: number) => number;
  /** True for exact dicts, not subclasses. */
  readonly isExactDict: (node: number) => boolean;
  readonly isSequence: (node: number) => boolean;
  /** String index by node for str objects, or 0. */
  readonly text: Uint32Array;
  /** String indices of `__dict__`, `__class__` and `cell_contents`. */
  readonly strings: { readonly dictName: number; readonly className: number; readonly cellContents: number };
}

// Beyond this many edges a value out of order is found through a map, not by looking at each edge.
const LINEAR = 64;

const CONTAINERS: ReadonlySet<number> = new Set([Kind.dict, Kind.set, Kind.deque]);

/**
 * Gives each traversed edge its label, and finds the references that follow from the labels:
 * a dict's hold on its str keys, an instance's hold on its type.
 */
export class EdgeLabeler {
  readonly label: Uint32Array;
  /** 1 for dicts that are an instance's `__dict__`. */
  readonly instanceDict: Uint8Array;
  /** String index of the variable that a cell stands for, or 0. */
  readonly cellName: Uint32Array;
  readonly #facts: NodeFacts;
  readonly #edges: TraversedEdges;
  readonly #extra: ExtraEdges;
  readonly #items: Items;
  readonly #dictItems = new Map<number, number>();

  constructor(facts: NodeFacts, edges: TraversedEdges, items: Items, extra: ExtraEdges) {
    this.#facts = facts;
    this.#edges = edges;
    this.#items = items;
    this.#extra = extra;
    this.label = new Uint32Array(edges.to.length);
    this.instanceDict = new Uint8Array(facts.total);
    this.cellName = new Uint32Array(facts.total);
  }

  run(): void {
    const { rows, kind } = this.#items;
    for (let row = 0; row < rows; row++) if (kind[row] !== ItemKind.dict) this.#named(row);
    this.#instances();
    for (let row = 0; row < rows; row++) if (kind[row] === ItemKind.dict) this.#dict(row);
    this.#sharedValues();
    this.#sequences();
  }

  /** Labels every cell's content; to be called when all cells have their names. */
  nameCells(): void {
    const { first } = this.#edges;
    const unnamed = packLabel(LabelSort.attribute, this.#facts.strings.cellContents);
    for (let node = 0; node < this.#facts.total; node++) {
      if (this.#facts.kind[node] !== Kind.cell) continue;
      const name = this.cellName[node];
      const label = name === 0 ? unnamed : packLabel(LabelSort.closure, name);
      this.label.fill(label, first[node], first[node + 1]);
    }
  }

  /** Attributes and local variables: the name is known, the edge is found by its target. */
  #named(row: number): void {
    const { owner, kind, start, key, value } = this.#items;
    const node = owner[row];
    const sort = kind[row] === ItemKind.locals ? LabelSort.local : LabelSort.attribute;
    const finder = new RunFinder(this.#edges, this.label, node);
    for (let i = start[row]; i < start[row + 1]; i++) {
      if (value[i] === NONE || key[i] === NONE) continue;
      const edge = finder.next(value[i]);
      if (edge >= 0) this.label[edge] = packLabel(sort, key[i]);
      if (sort === LabelSort.local && this.#facts.kind[value[i]] === Kind.cell) this.cellName[value[i]] ||= key[i];
    }
  }

  /**
   * `__dict__` and `__class__` of instances. subtype_traverse (Objects/typeobject.c) visits slots, the dict,
   * from 3.9 on the type, then what the base type holds.
   */
  #instances(): void {
    const { first, to } = this.#edges;
    const { strings, heapType, isExactDict, kind } = this.#facts;
    const dictLabel = packLabel(LabelSort.attribute, strings.dictName);
    const classLabel = packLabel(LabelSort.attribute, strings.className);
    for (let node = 0; node < this.#facts.total; node++) {
      const type = heapType(node);
      if (type === NONE) {
        if (kind[node] === Kind.module || kind[node] === Kind.instance) this.#markDicts(node, dictLabel);
        continue;
      }
      let typeEdge = -1;
      let dictEdge = -1;
      let isLabelled = false;
      const end = first[node + 1];
      for (let e = first[node]; e < end; e++) {
        if (this.label[e] !== 0) {
          if (this.label[e] !== dictLabel) continue;
          isLabelled = true;
          // A class is an instance too, of its metaclass, but its dict shares no keys with others: it owns them.
          if (kind[node] !== Kind.type) this.instanceDict[to[e]] = 1;
          continue;
        }
        if (to[e] === type && typeEdge < 0) {
          typeEdge = e;
        } else if (isExactDict(to[e]) && !(dictEdge >= 0 && typeEdge >= 0)) {
          if (dictEdge < 0 || this.#facts.version[1] >= 13) dictEdge = e;
        }
      }
      if (typeEdge >= 0) this.label[typeEdge] = classLabel;
      else this.#extra.addOwned(node, type, classLabel);
      const isContainer = this.#facts.isSequence(node) || CONTAINERS.has(kind[node]);
      const isContent = isContainer && typeEdge >= 0 && dictEdge > typeEdge;
      if (dictEdge >= 0 && !isLabelled && !isContent && kind[node] !== Kind.type) {
        this.label[dictEdge] = dictLabel;
        this.instanceDict[to[dictEdge]] = 1;
      }
    }
  }

  #markDicts(node: number, dictLabel: number): void {
    const { first, to } = this.#edges;
    const isModule = this.#facts.kind[node] === Kind.module;
    for (let e = first[node]; e < first[node + 1]; e++) {
      if (!this.#facts.isExactDict(to[e]) || (this.label[e] !== 0 && this.label[e] !== dictLabel)) continue;
      this.label[e] = dictLabel;
      if (!isModule) this.instanceDict[to[e]] = 1;
      return;
    }
  }

  /**
   * Entries of a dict. dict_traverse (Objects/dictobject.c) visits values only where all keys are str (3.3+),
   * else value and key of each entry; in 2.7 key and value.
   */
  #dict(row: number): void {
    const { owner, start, key, value } = this.#items;
    const node = owner[row];
    this.#dictItems.set(node, row);
    const { text, kind } = this.#facts;
    const entries = start[row + 1] - start[row];
    const finder = new RunFinder(this.#edges, this.label, node);
    const keysTraversed = finder.free() >= 2 * entries;
    const keyFirst = this.#facts.version[0] === 2;
    for (let i = start[row]; i < start[row + 1]; i++) {
      const k = key[i];
      if (keysTraversed && keyFirst) this.#label(finder, k, LabelSort.keyOf, 0);
      if (value[i] !== NONE && k !== NONE) {
        const name = kind[k] === Kind.str ? text[k] : 0;
        if (name !== 0) this.#label(finder, value[i], LabelSort.key, name);
        else this.#label(finder, value[i], LabelSort.nodeKey, k);
      }
      if (keysTraversed && !keyFirst) this.#label(finder, k, LabelSort.keyOf, 0);
      if (!keysTraversed && k !== NONE && this.instanceDict[node] === 0) {
        this.#extra.addOwned(node, k, packLabel(LabelSort.keyOf, 0));
      }
    }
    // odict_traverse (Objects/odictobject.c) visits the keys in their order, and then all that the dict has.
    if (this.#facts.isExactDict(node) || finder.free() < entries) return;
    for (let i = start[row]; i < start[row + 1]; i++) this.#label(finder, key[i], LabelSort.keyOf, 0);
  }

  #label(finder: RunFinder, target: number, sort: LabelSort, payload: number): void {
    if (target === NONE) return;
    const edge = finder.next(target);
    if (edge >= 0) this.label[edge] = packLabel(sort, payload);
  }

  /** 3.13: an instance and its materialised dict share the values, and the instance traverses them. */
  #sharedValues(): void {
    const [major, minor] = this.#facts.version;
    if (major !== 3 || minor < 13) return;
    const { first, to } = this.#edges;
    const { start, key, value } = this.#items;
    const dictLabel = packLabel(LabelSort.attribute, this.#facts.strings.dictName);
    for (let node = 0; node < this.#facts.total; node++) {
      if (this.#facts.heapType(node) === NONE) continue;
      for (let e = first[node]; e < first[node + 1]; e++) {
        if (this.label[e] !== dictLabel) continue;
        const row = this.#dictItems.get(to[e]);
        if (row === undefined) break;
        const finder = new RunFinder(this.#edges, this.label, node);
        for (let i = start[row]; i < start[row + 1]; i++) {
          const name = key[i] === NONE ? 0 : this.#facts.text[key[i]];
          if (name !== 0) this.#label(finder, value[i], LabelSort.attribute, name);
        }
        break;
      }
    }
  }

  /** Lists and tuples are traversed from the last element to the first, deques from left to right. */
  #sequences(): void {
    const { first } = this.#edges;
    const { kind, isSequence } = this.#facts;
    for (let node = 0; node < this.#facts.total; node++) {
      const end = first[node + 1];
      if (isSequence(node)) {
        let position = 0;
        for (let e = end - 1; e >= first[node] && this.label[e] === 0; e--) {
          this.label[e] = packLabel(LabelSort.index, position++);
        }
      } else if (kind[node] === Kind.deque) {
        let position = 0;
        for (let e = first[node]; e < end; e++) {
          if (this.label[e] === 0) this.label[e] = packLabel(LabelSort.index, position++);
        }
      }
    }
  }
}

/** Finds the edges of one node by target, each once, fast where they come in order. */
class RunFinder {
  readonly #to: Uint32Array;
  readonly #label: Uint32Array;
  readonly #start: number;
  readonly #end: number;
  #cursor: number;
  #byTarget: Map<number, number[]> | undefined;

  constructor(edges: TraversedEdges, label: Uint32Array, node: number) {
    this.#to = edges.to;
    this.#label = label;
    this.#start = edges.first[node]!;
    this.#end = edges.first[node + 1]!;
    this.#cursor = this.#start;
  }

  /** Number of edges without a label. */
  free(): number {
    let count = 0;
    for (let e = this.#start; e < this.#end; e++) if (this.#label[e] === 0) count++;
    return count;
  }

  /** The next edge to `target` that has no label yet, or -1. The caller labels it at once. */
  next(target: number): number {
    while (this.#cursor < this.#end && this.#label[this.#cursor] !== 0) this.#cursor++;
    if (this.#cursor < this.#end && this.#to[this.#cursor] === target) return this.#cursor++;
    if (this.#end - this.#start <= LINEAR) {
      for (let e = this.#start; e < this.#end; e++) {
        if (this.#to[e] === target && this.#label[e] === 0) return e;
      }
      return -1;
    }
    this.#byTarget ??= this.#group();
    const edges = this.#byTarget.get(target);
    while (edges !== undefined && edges.length > 0) {
      const edge = edges.pop()!;
      if (this.#label[edge] === 0) return edge;
    }
    return -1;
  }

  #group(): Map<number, number[]> {
    const groups = new Map<number, number[]>();
    for (let e = this.#end - 1; e >= this.#start; e--) {
      if (this.#label[e] !== 0) continue;
      const group = groups.get(this.#to[e]);
      if (group) group.push(e);
      else groups.set(this.#to[e], [e]);
    }
    return groups;
  }
}
