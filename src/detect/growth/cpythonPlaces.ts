import type { NodeIndex } from "../../heap/HeapGraph.js";
import { Kind } from "../../heap/kinds.js";
import { labelPayload, LabelSort, labelSort } from "../../heap/labels.js";
import type { Analysis } from "../../model/Analysis.js";
import { ENTRY, NOWHERE, type Places, PlaceTable } from "./PlaceTable.js";

const CONTAINERS: ReadonlySet<number> = new Set([Kind.dict, Kind.list, Kind.set, Kind.deque, Kind.tuple]);
const OBJECTS: ReadonlySet<number> = new Set([Kind.instance, Kind.other, Kind.exception, Kind.task, Kind.thread]);
const RUNNING: ReadonlySet<number> = new Set([Kind.frame, Kind.generator, Kind.coroutine]);

/** Places in a heap of CPython: from a module, a class, a function or a frame. One walk, nearest names first. */
export class CPythonPlaces extends PlaceTable implements Places {
  readonly #analysis: Analysis;
  readonly #placeOf: Int32Array;
  /** A dict whose keys are names: the `__dict__` of an object. */
  readonly #isNamespace: Uint8Array;
  readonly #queue: NodeIndex[] = [];
  /** Whose names are being looked at. */
  #owner: NodeIndex = NOWHERE;

  constructor(analysis: Analysis) {
    super();
    this.#analysis = analysis;
    const { nodeCount } = analysis.graph;
    this.#placeOf = new Int32Array(nodeCount).fill(NOWHERE);
    this.#isNamespace = new Uint8Array(nodeCount);
    this.#seed();
    for (let i = 0; i < this.#queue.length; i++) this.#expand(this.#queue[i]);
  }

  of(node: NodeIndex): number {
    return this.#placeOf[node];
  }

  isNamespace(node: NodeIndex): boolean {
    return this.#isNamespace[node] === 1;
  }

  #seed(): void {
    const { graph, roots } = this.#analysis;
    const { kind } = graph.columns;
    const each = (wanted: (kind: number) => boolean, seed: (node: NodeIndex) => void) => {
      for (let node = 0; node < graph.nodeCount; node++) {
        if (!wanted(kind[node]) || roots.isGarbage[node] === 1) continue;
        this.#owner = node;
        seed(node);
      }
    };
    each(
      (k) => k === Kind.module || k === Kind.type,
      (node) => this.#seedNamespace(node),
    );
    each(
      (k) => k === Kind.function,
      (node) => this.#seedFunction(node),
    );
    each(
      (k) => RUNNING.has(k),
      (node) => this.#seedVariables(node),
    );
  }

  #seedNamespace(owner: NodeIndex): void {
    const { graph } = this.#analysis;
    const { edgeTo } = graph.columns;
    const name = this.#text(owner);
    const dict = this.#target(owner, "__dict__");
    if (dict === undefined) return;
    this.#edges(dict, (edge, sort, text) => {
      if (sort === LabelSort.key) this.#reach(edgeTo[edge], NOWHERE, `${name}.${text}`);
    });
    // What C code keeps for a module: atexit its callbacks.
    this.#edges(owner, (edge, sort) => {
      if (sort === LabelSort.internal) this.#reach(edgeTo[edge], NOWHERE, name);
    });
  }

  #seedFunction(fn: NodeIndex): void {
    const { edgeTo } = this.#analysis.graph.columns;
    const name = this.#text(fn);
    const closure = this.#target(fn, "__closure__");
    if (closure !== undefined) {
      this.#edges(closure, (toCell) => {
        this.#edges(edgeTo[toCell], (edge, sort, variable) => {
          if (sort === LabelSort.closure) this.#reach(edgeTo[edge], NOWHERE, `${name}(), variable ${variable}`);
        });
      });
    }
    for (const attribute of ["__defaults__", "__kwdefaults__"]) {
      const defaults = this.#target(fn, attribute);
      if (defaults === undefined) continue;
      this.#edges(defaults, (edge, sort) => {
        if (sort !== LabelSort.keyOf) this.#reach(edgeTo[edge], NOWHERE, `a default argument of ${name}`);
      });
    }
  }

  #seedVariables(frame: NodeIndex): void {
    const name = this.#text(frame);
    this.#edges(frame, (edge, sort, variable) => {
      if (sort === LabelSort.local) {
        this.#reach(this.#analysis.graph.columns.edgeTo[edge], NOWHERE, `${name}(), local variable ${variable}`);
      }
    });
  }

  #expand(node: NodeIndex): void {
    const { edgeTo, kind } = this.#analysis.graph.columns;
    const place = this.#placeOf[node];
    const isNamespace = this.#isNamespace[node] === 1;
    const isContainer = CONTAINERS.has(kind[node]) && !isNamespace;
    this.#edges(node, (edge, sort, text) => {
      const to = edgeTo[edge];
      if (sort === LabelSort.keyOf || text === "__class__") return;
      if (sort === LabelSort.attribute && text === "__dict__" && kind[to] === Kind.dict) {
        if (this.#placeOf[to] === NOWHERE) this.#isNamespace[to] = 1;
        this.#reach(to, place, "");
      } else if (sort === LabelSort.attribute || (isNamespace && sort === LabelSort.key)) {
        this.#reach(to, place, `.${text}`);
      } else {
        // What C code holds has no name; it is the object's own all the same.
        this.#reach(to, place, isContainer ? ENTRY : "");
      }
    });
  }

  #reach(node: NodeIndex, parent: number, step: string): void {
    const { kind } = this.#analysis.graph.columns;
    const opens = CONTAINERS.has(kind[node]) || OBJECTS.has(kind[node]);
    if (this.#placeOf[node] !== NOWHERE || this.#isElsewhere(kind[node])) return;
    const place = this.add(parent, step, this.#owner);
    if (place === NOWHERE) return;
    this.#placeOf[node] = place;
    if (opens) this.#queue.push(node);
  }

  /** Modules, classes and functions stand where they are defined. */
  #isElsewhere(kind: number): boolean {
    return kind === Kind.module || kind === Kind.type || kind === Kind.function || kind === Kind.code;
  }

  #edges(node: NodeIndex, visit: (edge: number, sort: LabelSort, text: string | undefined) => void): void {
    const { graph } = this.#analysis;
    const { firstEdge, edgeLabel } = graph.columns;
    for (let edge = firstEdge[node]; edge < firstEdge[node + 1]; edge++) {
      const label = edgeLabel[edge];
      const sort = labelSort(label);
      const isNamed =
        sort === LabelSort.attribute ||
        sort === LabelSort.key ||
        sort === LabelSort.closure ||
        sort === LabelSort.local;
      visit(edge, sort, isNamed ? graph.string(labelPayload(label)) : undefined);
    }
  }

  #target(node: NodeIndex, attribute: string): NodeIndex | undefined {
    let found: NodeIndex | undefined;
    this.#edges(node, (edge, sort, text) => {
      if (sort === LabelSort.attribute && text === attribute) found ??= this.#analysis.graph.columns.edgeTo[edge];
    });
    return found;
  }

  #text(node: NodeIndex): string {
    const { graph } = this.#analysis;
    return graph.string(graph.columns.text[node]) || graph.typeName(node);
  }
}
