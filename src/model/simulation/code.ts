import type { HeapGraph, NodeIndex } from "../../heap/HeapGraph.js";
import { Flag, Kind } from "../../heap/kinds.js";
import { LabelSort, nameOfLabel } from "../../heap/labels.js";
import type { SimulationEvent } from "./events.js";

/** Says whether the code that runs while objects die is the program's own, which can do anything. */
export class ProgramCode {
  readonly #graph: HeapGraph;
  readonly #byType = new Map<number, boolean>();

  constructor(graph: HeapGraph) {
    this.#graph = graph;
  }

  /** True if an object's finalizer is written in Python. */
  isFinalizer(node: NodeIndex): boolean {
    const { kind, type } = this.#graph.columns;
    // A pending task's finalizer reports to the event loop, which calls the program's exception handler.
    if (kind[node] === Kind.task) return true;
    if (this.#graph.types[type[node]].name === "instance") return true;
    let known = this.#byType.get(type[node]);
    if (known === undefined) this.#byType.set(type[node], (known = this.#definesDel(node)));
    return known;
  }

  /** The `__del__` that an object's class or one of its bases defines: a function's node, or undefined. */
  finalizerOf(node: NodeIndex): NodeIndex | undefined {
    const own = this.#graph.types[this.#graph.columns.type[node]].node;
    const method = own < 0 ? undefined : this.#del(own);
    return method !== undefined && this.#graph.columns.kind[method] === Kind.function ? method : undefined;
  }

  /** True if closing a suspended generator runs code of its own: it is inside a `try` or a `with`. */
  isClosing(node: NodeIndex): boolean {
    return this.#graph.info.guardedKnown ? this.#graph.hasFlag(node, Flag.guarded) : true;
  }

  #definesDel(node: NodeIndex): boolean {
    const own = this.#graph.types[this.#graph.columns.type[node]].node;
    if (own < 0) return this.#graph.hasFlag(node, Flag.heapType);
    return this.finalizerOf(node) !== undefined;
  }

  #del(type: NodeIndex): NodeIndex | undefined {
    for (const base of this.#mro(type)) {
      const method = this.#target(this.#target(base, "__dict__"), "__del__");
      if (method !== undefined) return method;
    }
    return undefined;
  }

  #mro(type: NodeIndex): NodeIndex[] {
    const { firstEdge, edgeTo, kind } = this.#graph.columns;
    for (let e = firstEdge[type]; e < firstEdge[type + 1]; e++) {
      const tuple = edgeTo[e];
      if (kind[tuple] !== Kind.tuple) continue;
      const members = Array.from(edgeTo.subarray(firstEdge[tuple], firstEdge[tuple + 1])).reverse();
      // Traversal goes from the last element to the first; the MRO begins with the type itself.
      if (members[0] === type) return members;
    }
    return [type];
  }

  #target(node: NodeIndex | undefined, name: string): NodeIndex | undefined {
    if (node === undefined) return undefined;
    const { firstEdge, edgeTo, edgeLabel } = this.#graph.columns;
    for (let e = firstEdge[node]; e < firstEdge[node + 1]; e++) {
      const label = edgeLabel[e];
      const text =
        nameOfLabel(this.#graph, label, LabelSort.attribute) ?? nameOfLabel(this.#graph, label, LabelSort.key);
      if (text === name) return edgeTo[e];
    }
    return undefined;
  }

  /**
   * Why the outcome of these events can differ: one sentence for each sort of code that runs meanwhile. None where all
   * of it is known.
   * @param callbacks also callbacks of weak references, where these can reach what is dying
   */
  doubts(events: readonly SimulationEvent[], callbacks: boolean, isKnown: (weakref: NodeIndex) => boolean): string[] {
    const graph = this.#graph;
    const finalizers = new Map<string, number>();
    const closed = new Map<string, number>();
    let called = 0;
    const add = (counts: Map<string, number>, name: string) => counts.set(name, (counts.get(name) ?? 0) + 1);
    for (const event of events) {
      if (event.kind === "finalizer") {
        if (this.isFinalizer(event.node)) add(finalizers, graph.typeName(event.node));
      } else if (event.kind === "close") {
        if (this.isClosing(event.node)) add(closed, graph.nodeName(event.node));
      } else if (callbacks && !isKnown(event.weakref)) called++;
    }
    const times = (count: number, what: string) => `${count} ${what}${count === 1 ? "" : "s"}`;
    return [
      ...Array.from(
        finalizers,
        ([type, count]) => `${times(count, "finalizer")} of ${type} would run code that may keep objects alive`,
      ),
      ...Array.from(
        closed,
        ([name, count]) =>
          `closing ${times(count, "suspended generator")} ${name} would run code of its own (try or with)`,
      ),
      ...(called > 0 ? [`${times(called, "weak reference callback")} would run code that may keep objects alive`] : []),
    ];
  }
}
