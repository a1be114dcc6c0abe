import type { InnerEdges } from "../../graph/index.js";
import { type HeapGraph, type NodeIndex, typeInfoName } from "../../heap/HeapGraph.js";
import { Flag, Kind } from "../../heap/kinds.js";
import { LabelSort, labelPayload, labelSort } from "../../heap/labels.js";
import type { Analysis } from "../Analysis.js";
import { cycleSource } from "../source.js";
import type { ClosureAccess } from "./Remedy.js";

/** What holds an object under a name: an attribute's or a variable's. */
export interface Holder {
  readonly node: NodeIndex;
  readonly sort: LabelSort;
  readonly name: string;
}

/** What is called how in the source, as far as the references of one cycle tell. */
export class CycleNames {
  readonly #graph: HeapGraph;
  readonly #telling: NodeIndex;
  readonly #owners = new Map<NodeIndex, NodeIndex>();
  readonly #namespaces = new Set<NodeIndex>();
  readonly #holders = new Map<NodeIndex, Holder>();
  readonly #functions = new Map<NodeIndex, NodeIndex>(); // By closure tuple.
  readonly #closures = new Map<NodeIndex, { function: NodeIndex; index: number; count: number }>(); // By cell.
  readonly #texts = new Map<number, string>(); // By label.

  constructor({ graph, cyclic: strong }: Analysis, members: Uint32Array, inner: InnerEdges) {
    this.#graph = graph;
    this.#telling = cycleSource(graph, members).telling;
    for (let i = 0; i < inner.edge.length; i++) {
      const e = inner.edge[i];
      this.#structure(members[inner.from[i]], strong.to[e], graph.columns.edgeLabel[strong.edge[e]]);
    }
    for (let i = 0; i < inner.edge.length; i++) {
      const e = inner.edge[i];
      this.#name(members[inner.from[i]], strong.to[e], graph.columns.edgeLabel[strong.edge[e]]);
    }
  }

  /** The name in a label, or "" for positions and references without one. */
  text(label: number): string {
    const sort = labelSort(label);
    if (sort === LabelSort.index || sort === LabelSort.nodeKey || sort === LabelSort.keyOf) return "";
    let text = this.#texts.get(label);
    if (text === undefined) {
      text = sort === LabelSort.internal ? "" : this.#graph.string(labelPayload(label));
      this.#texts.set(label, text);
    }
    return text;
  }

  /** What a dict is the `__dict__` of, or the functools cache whose entries it holds, if that is in the cycle. */
  dictOwner(dict: NodeIndex): NodeIndex | undefined {
    return this.#owners.get(dict);
  }

  /** True for the globals of a function of the cycle. */
  isNamespace(dict: NodeIndex): boolean {
    return this.#namespaces.has(dict);
  }

  /** What holds the node under a name: the first in order of the members. */
  holder(node: NodeIndex): Holder | undefined {
    return this.#holders.get(node);
  }

  /** How closures of the cycle reach a cell. */
  closure(cell: NodeIndex): (ClosureAccess & { readonly node: NodeIndex }) | undefined {
    const found = this.#closures.get(cell);
    return found && { ...found, node: found.function, function: this.functionName(found.function) };
  }

  /** Of a function, a generator or a frame the name that its `def` gives. */
  functionName(node: NodeIndex): string {
    return this.#qualname(node).split(".").at(-1) ?? "";
  }

  /** The function around a function, or "" if there is none or it isn't known (before 3.11). */
  enclosing(node: NodeIndex): string {
    const parts = this.#qualname(node).split(".");
    const locals = parts.lastIndexOf("<locals>");
    return locals > 0 ? parts[locals - 1] : "";
  }

  /** A class without its module and the names around it. */
  className(node: NodeIndex): string {
    return (this.#graph.types[this.#graph.columns.type[node]]?.name ?? "").split(".").at(-1)!;
  }

  /** What an object is called in a sentence: a function's name with parentheses, else its class. */
  objectName(node: NodeIndex): string {
    const { kind } = this.#graph.columns;
    return kind[node] === Kind.function ? `${this.functionName(node)}()` : this.className(node);
  }

  /** The object that holds attributes as `self` or by its own name; frames hold variables as such. */
  expression(holder: Holder | undefined): string {
    if (!holder) return "";
    if (holder.sort !== LabelSort.attribute && holder.sort !== LabelSort.key) return holder.name;
    const { kind } = this.#graph.columns;
    const object = kind[holder.node] === Kind.function ? this.functionName(holder.node) : "self";
    return `${object}.${holder.name}`;
  }

  /** True for instances of classes written in Python, as far as that can be told. */
  isPythonInstance(node: NodeIndex): boolean {
    const { kind, type } = this.#graph.columns;
    if (!this.#graph.hasFlag(node, Flag.heapType)) return kind[node] === Kind.instance;
    const { module, name } = this.#graph.types[type[node]];
    return !C_MODULES.has(module) && !C_TYPES.has(`${module}.${name}`);
  }

  /** Names the origin of variables and attributes so that the same place in the source has the same name. */
  placeOf(node: NodeIndex): string {
    const location = this.#graph.location(node);
    const type = this.#graph.types[this.#graph.columns.type[node]];
    return location ? `${location.file}:${location.line}` : typeInfoName(type);
  }

  #qualname(node: NodeIndex): string {
    return this.#graph.string(this.#graph.columns.text[node]);
  }

  #structure(from: NodeIndex, to: NodeIndex, label: number): void {
    if (labelSort(label) !== LabelSort.attribute) return;
    const name = this.text(label);
    const isCache = name === "cache" && this.#graph.typeName(from).endsWith("_lru_cache_wrapper");
    if ((name === "__dict__" || isCache) && !this.#owners.has(to)) this.#owners.set(to, from);
    else if (name === "__globals__") this.#namespaces.add(to);
    else if (name === "__closure__") this.#functions.set(to, from);
  }

  #name(from: NodeIndex, to: NodeIndex, label: number): void {
    const { kind } = this.#graph.columns;
    const sort = labelSort(label);
    const owner = this.#functions.get(from);
    if (owner !== undefined && sort === LabelSort.index && kind[to] === Kind.cell) {
      const known = this.#closures.get(to);
      const access = { function: owner, index: labelPayload(label), count: 1 + (known?.count ?? 0) };
      const keep = known !== undefined && owner !== this.#telling;
      this.#closures.set(to, keep ? { ...known, count: access.count } : access);
    }
    if (this.#holders.has(to)) return;
    const name = this.text(label);
    if (name === "" || /^__\w+__$/.test(name)) return;
    if (sort === LabelSort.key) {
      const instance = this.#owners.get(from);
      if (instance !== undefined) this.#holders.set(to, { node: instance, sort: LabelSort.attribute, name });
    } else if (sort === LabelSort.attribute || sort === LabelSort.local || sort === LabelSort.closure) {
      this.#holders.set(to, { node: from, sort, name });
    }
  }
}

// Heap types of C code: their members can't be assigned to.
const C_MODULES: ReadonlySet<string> = new Set(
  "itertools operator _asyncio _collections _contextvars _csv _ctypes _elementtree _functools _io _json _lsprof _operator _pickle _queue _random _socket _sqlite3 _ssl _struct _thread".split(
    " ",
  ),
);
const C_TYPES: ReadonlySet<string> = new Set([
  "collections.deque",
  "collections.defaultdict",
  "collections.OrderedDict",
  "functools.partial",
  "functools._lru_cache_wrapper",
  "functools.KeyWrapper",
]);
