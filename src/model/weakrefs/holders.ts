import type { EdgeIndex, NodeIndex } from "../../heap/HeapGraph.js";
import { Kind } from "../../heap/kinds.js";
import { LabelSort, labelPayload, labelSort, labelText } from "../../heap/labels.js";
import type { Analysis } from "../Analysis.js";
import { attributeOf } from "./attributes.js";
import { NO_NODE } from "./find.js";
import { isAttribute, Numbering } from "./labels.js";

/** What holds an object strongly: the one of its referrers that says most. */
export interface Holder {
  /**
   * In words that are equal for all objects held in the same way: `module app.CACHE[…]`, `app.Node.owner`,
   * `default argument of function f`.
   */
  readonly text: string;
  /** Of the text: equal texts have equal numbers. */
  readonly number: number;
  /** The referrer, or NO_NODE where nothing in the heap holds it. */
  readonly node: NodeIndex;
  /** The reference from it, or NO_NODE. */
  readonly edge: EdgeIndex;
}

// Beyond so many referrers, and so many containers within containers, no better name is looked for.
const REFERRERS = 32;
const DEPTH = 4;
// What few refer to, or what refers to few, is looked at again each time: no entry is kept for each small dict.
const FEW = 4;

const SUBCLASSES = "classes' __subclasses__";

const Rank = { attribute: 0, entry: 1, variable: 2, other: 3, none: 4 } as const;
const CONTAINERS: ReadonlySet<number> = new Set([Kind.dict, Kind.list, Kind.set, Kind.deque, Kind.tuple]);
// Objects that are one of a kind: an attribute of theirs is called by them, not by their type.
const NAMED: ReadonlySet<number> = new Set([Kind.type, Kind.module, Kind.function]);
const ENTRY_LABELS: ReadonlySet<number> = new Set([
  LabelSort.key,
  LabelSort.nodeKey,
  LabelSort.keyOf,
  LabelSort.index,
  LabelSort.internal,
]);

/** Names what holds objects. Names of containers are made once. */
export class Holders {
  readonly #analysis: Analysis;
  readonly #tables: ReadonlySet<NodeIndex>;
  readonly #isDict: (label: number) => boolean;
  readonly #texts = new Numbering<string>();
  readonly #owners = new Map<NodeIndex, NodeIndex>();
  readonly #containers = new Map<NodeIndex, string>();
  /** Numbers of the texts of what is held by a container, and by an attribute of a type's instances. */
  readonly #entries = new Map<NodeIndex, number>();
  readonly #attributes = new Map<number, number>();

  /** @param tables classes' tables of their subclasses */
  constructor(analysis: Analysis, tables: ReadonlySet<NodeIndex>) {
    this.#analysis = analysis;
    this.#tables = tables;
    this.#isDict = isAttribute(analysis.graph, "__dict__");
  }

  /** The strong holder of a node. */
  of(node: NodeIndex): Holder {
    return this.#holder(node, 0);
  }

  /** How a container is called: by what holds it, else by its type. */
  nameOf(container: NodeIndex): string {
    return this.#container(container, 0);
  }

  /** The object whose `__dict__` a dict is, or NO_NODE. */
  ownerOfDict(dict: NodeIndex): NodeIndex {
    const known = this.#owners.get(dict);
    if (known !== undefined) return known;
    const { graph, strong, referrers } = this.#analysis;
    const end = referrers.first[dict + 1];
    let owner: NodeIndex = NO_NODE;
    for (let r = referrers.first[dict]; r < end && owner === NO_NODE; r++) {
      if (this.#isDict(graph.columns.edgeLabel[strong.edge[referrers.edge[r]]])) owner = referrers.to[r];
    }
    if (end - referrers.first[dict] > FEW) this.#owners.set(dict, owner);
    return owner;
  }

  #holder(node: NodeIndex, depth: number): Holder {
    const { referrers, strong, references, roots } = this.#analysis;
    const first = referrers.first[node];
    const end = Math.min(referrers.first[node + 1], first + REFERRERS);
    let best: NodeIndex = NO_NODE;
    let edge: EdgeIndex = NO_NODE;
    let rank: number = Rank.none;
    for (let r = first; r < end && rank > Rank.attribute; r++) {
      const from = referrers.to[r];
      if (from === node || (roots.isGarbage[from] === 1 && roots.isGarbage[node] === 0)) continue;
      const through = strong.edge[referrers.edge[r]];
      const found = this.#rank(from, through);
      if (found >= rank) continue;
      rank = found;
      best = from;
      edge = through;
    }
    const outside = references.outside[node] > 0 ? "references from outside the heap" : "nothing in the heap";
    const number = best === NO_NODE ? this.#texts.of(outside) : this.#number(best, edge, depth);
    return { text: this.#texts.values[number], number, node: best, edge };
  }

  #rank(from: NodeIndex, edge: EdgeIndex): number {
    const { kind, edgeLabel } = this.#analysis.graph.columns;
    const sort = labelSort(edgeLabel[edge]);
    if (kind[from] === Kind.frame || kind[from] === Kind.thread) return Rank.other;
    if (sort === LabelSort.attribute) return Rank.attribute;
    if (sort === LabelSort.closure || sort === LabelSort.local) return Rank.variable;
    if (sort === LabelSort.key && this.ownerOfDict(from) !== NO_NODE) return Rank.attribute;
    return CONTAINERS.has(kind[from]) ? Rank.entry : Rank.other;
  }

  /** Number of the text for what one object holds through one reference. */
  #number(from: NodeIndex, edge: EdgeIndex, depth: number): number {
    const { graph } = this.#analysis;
    const { kind, edgeLabel } = graph.columns;
    const label = edgeLabel[edge];
    const sort = labelSort(label);
    if (sort === LabelSort.attribute) return this.#attribute(from, labelPayload(label));
    if (sort === LabelSort.closure) return this.#texts.of(`closure variable ${graph.string(labelPayload(label))}`);
    if (sort === LabelSort.local) return this.#texts.of(`${labelText(graph, label)} of ${graph.nodeName(from)}`);
    if (kind[from] === Kind.dict && sort === LabelSort.key) {
      const owner = this.ownerOfDict(from);
      if (owner !== NO_NODE) return this.#attribute(owner, labelPayload(label));
    }
    if (!CONTAINERS.has(kind[from]) || !ENTRY_LABELS.has(sort)) return this.#texts.of(`a ${graph.nodeName(from)}`);
    const known = this.#entries.get(from);
    if (known !== undefined) return known;
    const number = this.#texts.of(this.#entry(from, depth));
    if (depth === 0 && this.#isLarge(from)) this.#entries.set(from, number);
    return number;
  }

  #entry(container: NodeIndex, depth: number): string {
    const { kind } = this.#analysis.graph.columns;
    if (kind[container] === Kind.tuple && depth < DEPTH) {
      const name = /^(function .+)\.__defaults__$/.exec(this.#holder(container, depth + 1).text);
      if (name) return `default argument of ${name[1]}`;
    }
    return `${this.#container(container, depth)}[…]`;
  }

  /** `module app.CACHE`, `class app.Node.registry`, `app.Node.owner`; the classes' own tables under one name for all. */
  #attribute(owner: NodeIndex, name: number): number {
    const { graph } = this.#analysis;
    const { kind, type } = graph.columns;
    const text = () => `${graph.nodeName(owner)}.${graph.string(name)}`;
    if (kind[owner] === Kind.type && graph.string(name) === "__subclasses__") return this.#texts.of(SUBCLASSES);
    if (NAMED.has(kind[owner])) return this.#texts.of(text());
    const key = type[owner] * 2 ** 32 + name;
    let known = this.#attributes.get(key);
    if (known === undefined) this.#attributes.set(key, (known = this.#texts.of(text())));
    return known;
  }

  /** The `data` of a weak dict or set is called as that is. */
  #container(node: NodeIndex, depth: number): string {
    const known = this.#containers.get(node);
    if (known !== undefined) return known;
    const { graph } = this.#analysis;
    let text = this.#tables.has(node) ? SUBCLASSES : graph.typeName(node);
    if (depth < DEPTH) {
      const holder = this.#holder(node, depth + 1);
      const weak = holder.text.endsWith(".data") ? this.#weakContainer(holder.node) : NO_NODE;
      if (weak !== NO_NODE) text = this.#container(weak, depth + 1);
      else if (holder.node !== NO_NODE && !holder.text.startsWith("a ")) text = holder.text;
    }
    // What lies deep got its name from where the looking began.
    if (depth === 0 && this.#isLarge(node)) this.#containers.set(node, text);
    return text;
  }

  #isLarge(container: NodeIndex): boolean {
    const { firstEdge } = this.#analysis.graph.columns;
    return firstEdge[container + 1] - firstEdge[container] > FEW;
  }

  /** The WeakValueDictionary, WeakKeyDictionary or WeakSet whose `data` is held so; NO_NODE where it is another's. */
  #weakContainer(holder: NodeIndex): NodeIndex {
    const { graph } = this.#analysis;
    const owner = graph.columns.kind[holder] === Kind.dict ? this.ownerOfDict(holder) : holder;
    return owner !== NO_NODE && attributeOf(graph, owner, "_remove") !== undefined ? owner : NO_NODE;
  }
}
