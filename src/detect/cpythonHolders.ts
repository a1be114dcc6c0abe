import type { NodeIndex, SourceLocation } from "../heap/HeapGraph.js";
import { Kind } from "../heap/kinds.js";
import { LabelSort, labelSort, labelText, nameOfLabel } from "../heap/labels.js";
import type { Analysis } from "../model/Analysis.js";
import { isLibrary, typeLocation } from "../model/source.js";
import type { Holder, HolderFinder } from "./Holder.js";

// Shorter than what any snapshot keeps of a text.
const TEXT_LIMIT = 120;

const CONTAINERS: ReadonlySet<number> = new Set([Kind.dict, Kind.list, Kind.set, Kind.deque, Kind.tuple]);

const OBJECTS: ReadonlySet<number> = new Set([Kind.instance, Kind.other, Kind.exception, Kind.task]);

// How many steps a name is made of at most, and how many objects are looked at to find one.
const STEPS = 8;
const LOOKED_AT = 3000;

/** An object on the way from what is held to what holds it for good. */
interface Way {
  readonly node: NodeIndex;
  /** What follows the object's own name: `.handlers['saved']`. */
  readonly suffix: string;
  /** The attribute nearest to what is held, and the object that has it. */
  readonly attribute?: { readonly owner: NodeIndex; readonly name: string };
}

/** Module, class and function dicts by their owners, to tell how a container is held. */
export class CPythonHolders implements HolderFinder {
  readonly #analysis: Analysis;
  /** Dict to the module or type node whose `__dict__` it is. */
  readonly #ownerOf = new Map<NodeIndex, NodeIndex>();
  /** Globals dict to the functions that use it. */
  readonly #functionsOf = new Map<NodeIndex, NodeIndex[]>();

  constructor(analysis: Analysis) {
    this.#analysis = analysis;
    const { graph } = analysis;
    const { kind, firstEdge, edgeTo } = graph.columns;
    for (let node = 0; node < graph.nodeCount; node++) {
      const k = kind[node];
      if (k !== Kind.module && k !== Kind.type && k !== Kind.function) continue;
      const wanted = k === Kind.function ? "__globals__" : "__dict__";
      for (let e = firstEdge[node]; e < firstEdge[node + 1]; e++) {
        const dict = edgeTo[e];
        if (kind[dict] !== Kind.dict || this.#attribute(e) !== wanted) continue;
        if (k !== Kind.function) {
          this.#ownerOf.set(dict, node);
        } else {
          const functions = this.#functionsOf.get(dict);
          if (functions) functions.push(node);
          else this.#functionsOf.set(dict, [node]);
        }
      }
    }
  }

  of(held: NodeIndex): Holder | undefined {
    const { referrers, strong } = this.#analysis;
    const seen = new Set([held]);
    let level: Way[] = [{ node: held, suffix: "" }];
    for (let step = 0; step < STEPS && level.length > 0 && seen.size < LOOKED_AT; step++) {
      const next: Way[] = [];
      for (const way of level) {
        for (let r = referrers.first[way.node]; r < referrers.first[way.node + 1]; r++) {
          const from = referrers.to[r];
          const edge = strong.edge[referrers.edge[r]];
          const holder = this.#directly(from, edge);
          if (holder) return this.#along(holder, way);
          if (seen.has(from) || seen.size >= LOOKED_AT) continue;
          const further = this.#further(from, edge, way);
          if (!further) continue;
          seen.add(from);
          next.push(further);
        }
      }
      level = next;
    }
    return undefined;
  }

  /** What holds something for good by this very reference. */
  #directly(from: NodeIndex, edge: number): Holder | undefined {
    const { kind } = this.#analysis.graph.columns;
    const key = this.#key(edge);
    const named = key === undefined ? undefined : this.#underName(from, key);
    if (named) return named;
    if (kind[from] === Kind.cell) return this.#inClosure(from, edge);
    if (kind[from] === Kind.module && this.#attribute(edge) === undefined) {
      // What a module of C code keeps: atexit its callbacks.
      const { graph } = this.#analysis;
      const name = graph.string(graph.columns.text[from]);
      return { where: "module", namespaces: [], name, location: undefined };
    }
    return kind[from] === Kind.tuple ? this.#asDefault(from) : undefined;
  }

  /** The name of what is held, from the name of what holds it. */
  #along(holder: Holder, { suffix, attribute }: Way): Holder {
    if (suffix === "") return holder;
    const { graph } = this.#analysis;
    const type = attribute && graph.types[graph.columns.type[attribute.owner]];
    const namespaces = [...holder.namespaces, ...(attribute ? this.#namespacesOf(attribute.owner) : [])];
    const shared = { where: "instance" as const, name: `${holder.name}${suffix}`, namespaces };
    const location = type && type.node >= 0 ? typeLocation(graph, type.node) : undefined;
    // The attribute is bound in a method: the first `self.NAME = ` of the class's file.
    // In a library it says less than the name at the end, which is the program's.
    if (location && !isLibrary(location.file)) {
      return { ...shared, location, anchor: { kind: "variable", name: `self.${attribute!.name}` } };
    }
    return { ...holder, ...shared };
  }

  /** One step on: to the object that has an attribute, to the container of an entry, to a method's object. */
  #further(from: NodeIndex, edge: number, { suffix, attribute }: Way): Way | undefined {
    const { graph } = this.#analysis;
    const { kind, edgeLabel } = graph.columns;
    const name = this.#attribute(edge);
    if (name !== undefined) {
      // A class holds its instances' type, a frame its variables: neither is a holder for good by that.
      if (name === "__class__" || kind[from] === Kind.frame) return undefined;
      const place = attribute ?? (name.startsWith("__") ? undefined : { owner: from, name });
      return { node: from, suffix: `.${name}${suffix}`, ...(place && { attribute: place }) };
    }
    const key = this.#key(edge);
    const instance = key === undefined ? undefined : this.#instanceOf(from);
    if (instance !== undefined) {
      return { node: instance, suffix: `.${key}${suffix}`, attribute: attribute ?? { owner: instance, name: key! } };
    }
    const sort = labelSort(edgeLabel[edge]);
    // What C code holds has no name; it is the object's own all the same.
    if (sort === LabelSort.internal && OBJECTS.has(kind[from]))
      return { node: from, suffix, ...(attribute && { attribute }) };
    if (!CONTAINERS.has(kind[from])) return undefined;
    const entry = sort === LabelSort.key ? labelText(graph, edgeLabel[edge]) : "[…]";
    return { node: from, suffix: entry + suffix, ...(attribute && { attribute }) };
  }

  #underName(dict: NodeIndex, name: string): Holder | undefined {
    const { graph } = this.#analysis;
    const owner = this.#ownerOf.get(dict);
    if (owner === undefined) {
      // A module's dict can outlive the module object: the functions still use it.
      return this.#functionsOf.has(dict) ? this.#moduleHolder(dict, name) : undefined;
    }
    const ownerName = graph.string(graph.columns.text[owner]);
    if (graph.columns.kind[owner] === Kind.module) return this.#moduleHolder(dict, name);
    return {
      where: "class",
      namespaces: [dict],
      name: `${ownerName}.${name}`,
      location: typeLocation(graph, owner),
      anchor: { kind: "variable", name },
    };
  }

  #moduleHolder(dict: NodeIndex, name: string): Holder {
    const shared = { where: "module" as const, namespaces: [dict], name: `${this.#moduleName(dict)}.${name}` };
    const use = this.#firstUse(dict, name);
    const file = use?.file ?? this.#moduleFile(dict);
    const location = use ?? (file === undefined ? undefined : { file, line: 0, name });
    return { ...shared, location, anchor: { kind: "global", name } };
  }

  #moduleFile(dict: NodeIndex): string | undefined {
    const { graph } = this.#analysis;
    const { firstEdge, edgeTo, text } = graph.columns;
    for (let e = firstEdge[dict]; e < firstEdge[dict + 1]; e++) {
      if (this.#key(e) !== "__file__") continue;
      const file = graph.string(text[edgeTo[e]]);
      // A longer text is cut, and a cut path leads nowhere; a module of C code has no source.
      return file !== "" && file.length < TEXT_LIMIT && !/\.(so|pyd|dylib)$/.test(file)
        ? file.replace(/\.py[co]$/, ".py")
        : undefined;
    }
    return undefined;
  }

  #moduleName(dict: NodeIndex): string {
    const { graph } = this.#analysis;
    const { firstEdge, edgeTo, text } = graph.columns;
    for (let e = firstEdge[dict]; e < firstEdge[dict + 1]; e++) {
      if (this.#key(e) === "__name__") return graph.string(text[edgeTo[e]]);
    }
    return "?";
  }

  #inClosure(cell: NodeIndex, edge: number): Holder | undefined {
    const { graph, referrers } = this.#analysis;
    const variable = nameOfLabel(graph, graph.columns.edgeLabel[edge], LabelSort.closure);
    if (variable === undefined) return undefined;
    for (const fn of this.#functionsHolding(referrers, cell)) {
      const location = graph.location(fn);
      const owner = graph.string(graph.columns.text[fn]);
      return {
        where: "closure",
        namespaces: [],
        name: `${owner}, variable ${variable}`,
        location,
        anchor: { kind: "enclosing", name: variable },
      };
    }
    return undefined;
  }

  #asDefault(tuple: NodeIndex): Holder | undefined {
    const { graph, referrers, strong } = this.#analysis;
    for (let r = referrers.first[tuple]; r < referrers.first[tuple + 1]; r++) {
      const fn = referrers.to[r];
      if (graph.columns.kind[fn] !== Kind.function) continue;
      if (this.#attribute(strong.edge[referrers.edge[r]]) !== "__defaults__") continue;
      const name = graph.string(graph.columns.text[fn]);
      return { where: "default", namespaces: [], name: `a default argument of ${name}`, location: graph.location(fn) };
    }
    return undefined;
  }

  /** An object, its `__dict__`, and the `__dict__` of its class. */
  #namespacesOf(owner: NodeIndex): NodeIndex[] {
    const { firstEdge, edgeTo } = this.#analysis.graph.columns;
    const found = [owner];
    const type = this.#analysis.graph.types[this.#analysis.graph.columns.type[owner]].node;
    for (const node of type >= 0 ? [owner, type] : [owner]) {
      for (let e = firstEdge[node]; e < firstEdge[node + 1]; e++) {
        if (this.#attribute(e) === "__dict__") found.push(edgeTo[e]);
      }
    }
    return found;
  }

  #instanceOf(dict: NodeIndex): NodeIndex | undefined {
    const { referrers, strong } = this.#analysis;
    for (let r = referrers.first[dict]; r < referrers.first[dict + 1]; r++) {
      if (this.#attribute(strong.edge[referrers.edge[r]]) === "__dict__") return referrers.to[r];
    }
    return undefined;
  }

  *#functionsHolding(referrers: Analysis["referrers"], cell: NodeIndex): Generator<NodeIndex> {
    const { kind } = this.#analysis.graph.columns;
    for (let r = referrers.first[cell]; r < referrers.first[cell + 1]; r++) {
      const tuple = referrers.to[r];
      if (kind[tuple] !== Kind.tuple) continue;
      for (let q = referrers.first[tuple]; q < referrers.first[tuple + 1]; q++) {
        if (kind[referrers.to[q]] === Kind.function) yield referrers.to[q];
      }
    }
  }

  /** The first function (by line) whose code names the global: that is where to look. */
  #firstUse(dict: NodeIndex, name: string): SourceLocation | undefined {
    const { graph } = this.#analysis;
    const { firstEdge, edgeTo, kind, text } = graph.columns;
    let using: SourceLocation | undefined;
    for (const fn of this.#functionsOf.get(dict) ?? []) {
      const location = graph.location(fn);
      // A module's own code names all of its variables.
      if (!location || location.name === "<module>" || (using && using.line <= location.line)) continue;
      for (let e = firstEdge[fn]; e < firstEdge[fn + 1]; e++) {
        const code = edgeTo[e];
        if (kind[code] !== Kind.code) continue;
        for (let f = firstEdge[code]; f < firstEdge[code + 1]; f++) {
          if (this.#attribute(f) !== "co_names") continue;
          const names = edgeTo[f];
          for (let g = firstEdge[names]; g < firstEdge[names + 1]; g++) {
            if (graph.string(text[edgeTo[g]]) === name) using = location;
          }
        }
      }
    }
    return using;
  }

  #key(edge: number): string | undefined {
    return nameOfLabel(this.#analysis.graph, this.#analysis.graph.columns.edgeLabel[edge], LabelSort.key);
  }

  #attribute(edge: number): string | undefined {
    return nameOfLabel(this.#analysis.graph, this.#analysis.graph.columns.edgeLabel[edge], LabelSort.attribute);
  }
}
