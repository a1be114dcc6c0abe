import type { NodeIndex, SourceLocation } from "../heap/HeapGraph.js";
import { Kind } from "../heap/kinds.js";
import { LabelSort, nameOfLabel } from "../heap/labels.js";
import type { Analysis } from "../model/Analysis.js";
import { type Anchor, typeLocation } from "../model/source.js";

// Shorter than what any snapshot keeps of a text.
const TEXT_LIMIT = 120;

/** Where a container is kept for good: under a name in a module or a class, in a closure, or as a default. */
export interface Holder {
  readonly where: "module" | "class" | "closure" | "default" | "instance";
  /** As a programmer would write it: `app.CACHE`, `app.Service.cache`. */
  readonly name: string;
  readonly location: SourceLocation | undefined;
  /** What to look for in the file for a better line. */
  readonly anchor?: Anchor;
}

/** Module, class and function dicts by their owners, to tell how a container is held. */
export class Holders {
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

  /** How the container is held, the plainest way first; undefined where it is not held for good. */
  of(container: NodeIndex): Holder | undefined {
    const { graph, referrers } = this.#analysis;
    const { kind } = graph.columns;
    for (let r = referrers.first[container]; r < referrers.first[container + 1]; r++) {
      const from = referrers.to[r];
      const edge = this.#analysis.strong.edge[referrers.edge[r]];
      const key = this.#key(edge);
      const named = key === undefined ? undefined : this.#underName(from, key);
      if (named) return named;
      if (kind[from] === Kind.cell) return this.#inClosure(from, edge);
      if (kind[from] === Kind.tuple) {
        const held = this.#asDefault(from);
        if (held) return held;
      }
    }
    return this.#inInstance(container);
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
      name: `${ownerName}.${name}`,
      location: typeLocation(graph, owner),
      anchor: { kind: "variable", name },
    };
  }

  #moduleHolder(dict: NodeIndex, name: string): Holder {
    const shared = { where: "module" as const, name: `${this.#moduleName(dict)}.${name}` };
    const use = this.#firstUse(dict, name);
    if (use) return { ...shared, location: use };
    const file = this.#moduleFile(dict);
    const location = file === undefined ? undefined : { file, line: 0, name };
    return { ...shared, location, anchor: { kind: "variable", name } };
  }

  #moduleFile(dict: NodeIndex): string | undefined {
    const { graph } = this.#analysis;
    const { firstEdge, edgeTo, text } = graph.columns;
    for (let e = firstEdge[dict]; e < firstEdge[dict + 1]; e++) {
      if (this.#key(e) !== "__file__") continue;
      const file = graph.string(text[edgeTo[e]]);
      // A longer text is cut, and a cut path leads nowhere.
      return file !== "" && file.length < TEXT_LIMIT ? file.replace(/\.py[co]$/, ".py") : undefined;
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
        name: `${owner}, variable ${variable}`,
        location,
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
      return { where: "default", name: `a default argument of ${name}`, location: graph.location(fn) };
    }
    return undefined;
  }

  /** An attribute of an object that a module holds by name. */
  #inInstance(container: NodeIndex): Holder | undefined {
    const { graph, referrers, strong } = this.#analysis;
    for (let r = referrers.first[container]; r < referrers.first[container + 1]; r++) {
      let from = referrers.to[r];
      const edge = strong.edge[referrers.edge[r]];
      let name = this.#key(edge);
      if (name === undefined) {
        name = this.#attribute(edge);
        if (name === undefined) continue;
      } else {
        const owner = this.#instanceOf(from);
        if (owner === undefined) continue;
        from = owner;
      }
      for (let q = referrers.first[from]; q < referrers.first[from + 1]; q++) {
        const key = this.#key(strong.edge[referrers.edge[q]]);
        const holder = key === undefined ? undefined : this.#underName(referrers.to[q], key);
        if (holder) {
          const type = graph.types[graph.columns.type[from]];
          const shared = { where: "instance" as const, name: `${holder.name}.${name}` };
          const location = type.node >= 0 ? typeLocation(graph, type.node) : undefined;
          // The attribute is bound in a method: the first `self.NAME = ` of the class's file.
          if (location) return { ...shared, location, anchor: { kind: "variable", name: `self.${name}` } };
          return { ...holder, ...shared };
        }
      }
    }
    return undefined;
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
