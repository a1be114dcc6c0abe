import type { HeapGraph, NodeIndex } from "../../heap/HeapGraph.js";
import { Flag, Kind, Standing, STANDING_MASK } from "../../heap/kinds.js";
import { LabelSort, labelPayload, labelSort } from "../../heap/labels.js";
import { isTraversed } from "../edges.js";

const NO_EDGES: readonly number[] = [];
// Objects that neither clearing nor closing makes let go of their own code.
const FRAMED: ReadonlySet<number> = new Set([Kind.generator, Kind.coroutine]);

/**
 * What objects hold, by the interpreter's version: which references they let go of when they die, when the collector
 * clears them (`tp_clear`) and when a generator is closed, and in which order.
 */
export class Layout {
  readonly graph: HeapGraph;
  /** True in 2.7, whose rules differ most. */
  readonly py2: boolean;
  /** Minor version of 3.x; -1 in 2.7. */
  readonly minor: number;
  /** Index of the type `property`. */
  readonly #property: number;

  constructor(graph: HeapGraph) {
    this.graph = graph;
    this.#property = graph.types.findIndex(({ name, module }) => name === "property" && /builtin/.test(module));
    this.py2 = graph.info.version[0] === 2;
    this.minor = this.py2 ? -1 : graph.info.version[1];
  }

  /** True if this is how an instance of a heap type holds its type. It is let go of last. */
  isTypeEdge(node: NodeIndex, edge: number): boolean {
    const { type, edgeTo, flags } = this.graph.columns;
    if ((flags[node] & Flag.heapType) === 0 || edgeTo[edge] !== this.graph.types[type[node]].node) return false;
    return this.name(edge) === "__class__";
  }

  /**
   * The edge at a position when an object lets go of what it holds: mostly traversal order. A dict lets go of the key
   * before the value (free_keys_object), but its traversal visits the value first (Objects/dictobject.c, 3.x). A
   * frame lets go of its variables and stack first (frame_dealloc, Objects/frameobject.c).
   */
  edgeAt(node: NodeIndex, edge: number): number {
    const { kind, firstEdge } = this.graph.columns;
    if (kind[node] === Kind.frame) {
      const late = this.#lateOfFrame(node);
      return edge + late < firstEdge[node + 1] ? edge + late : edge + late - firstEdge[node + 1] + firstEdge[node];
    }
    if (kind[node] === Kind.dict && !this.py2) {
      if (this.#isTraversedKey(edge))
        return edge > firstEdge[node] && !this.#isTraversedKey(edge - 1) ? edge - 1 : edge;
      if (edge + 1 < firstEdge[node + 1] && this.#isTraversedKey(edge + 1)) return edge + 1;
    }
    return edge;
  }

  #isTraversedKey(edge: number): boolean {
    const { edgeLabel, edgeClass } = this.graph.columns;
    return labelSort(edgeLabel[edge]) === LabelSort.keyOf && (edgeClass[edge] & STANDING_MASK) === Standing.traversed;
  }

  /** True if the type has `tp_clear`; where the file doesn't tell, all but tuples and generators count as having it. */
  hasClear(node: NodeIndex): boolean {
    const { type, kind } = this.graph.columns;
    const known = this.graph.types[type[node]].clears;
    if (known !== null) return known;
    const k = kind[node];
    return !(k === Kind.tuple || FRAMED.has(k) || k === Kind.method || (k === Kind.function && this.minor < 8));
  }

  /** True if an object's `tp_clear` lets go of the edge (an edge of a node with `hasClear`). */
  clears(node: NodeIndex, edge: number): boolean {
    const { kind, edgeTo, type } = this.graph.columns;
    // property_clear (Objects/descrobject.c) drops nothing else.
    if (type[node] === this.#property) return this.name(edge) === "__doc__";
    switch (kind[node]) {
      case Kind.type:
        // type_clear empties the dict in place and drops the MRO, whose first element is the type itself.
        return kind[edgeTo[edge]] === Kind.tuple && this.name(edge) !== "__bases__";
      case Kind.function:
        return kind[edgeTo[edge]] !== Kind.code || this.minor < 10;
      case Kind.frame:
        return this.#frameStart(node) <= edge && kind[edgeTo[edge]] !== Kind.code;
      case Kind.tuple:
        // subtype_clear (Objects/typeobject.c) leaves the rest to the base type, and a tuple has no tp_clear.
        return labelSort(this.graph.columns.edgeLabel[edge]) !== LabelSort.index && !this.isTypeEdge(node, edge);
      default:
        return !this.isTypeEdge(node, edge);
    }
  }

  /** The name of an attribute's edge, or undefined. */
  name(edge: number): string | undefined {
    const label = this.graph.columns.edgeLabel[edge];
    return labelSort(label) === LabelSort.attribute ? this.graph.string(labelPayload(label)) : undefined;
  }

  /** The edge to a weak reference's callback, or -1; see `callbackOf`. */
  callbackEdge(weakref: NodeIndex): number {
    const { firstEdge, edgeLabel } = this.graph.columns;
    let unnamed = -1;
    for (let e = firstEdge[weakref]; e < firstEdge[weakref + 1]; e++) {
      if (!isTraversed(this.graph, e)) continue;
      if (labelSort(edgeLabel[e]) === LabelSort.internal) unnamed = e;
      else if (this.name(e) === "__callback__") return e;
    }
    return unnamed;
  }

  /** True for a generator or coroutine that has a frame: not finished yet. */
  hasFrame(node: NodeIndex): boolean {
    return this.#frameEdge(node) >= 0 || this.#inlineFrame(node) >= 0;
  }

  /** Up to 3.10: the edge to a generator's frame object, or -1. */
  #frameEdge(node: NodeIndex): number {
    const { firstEdge, edgeTo, kind } = this.graph.columns;
    if (this.minor >= 11) return -1;
    for (let e = firstEdge[node]; e < firstEdge[node + 1]; e++) {
      if (kind[edgeTo[e]] === Kind.frame && this.name(e)?.endsWith("_frame")) return e;
    }
    return -1;
  }

  /** From 3.11 on: the edge to the function, with which a generator's own frame begins, or -1. */
  #inlineFrame(node: NodeIndex): number {
    const { firstEdge, edgeTo, kind, edgeLabel } = this.graph.columns;
    if (this.minor < 11) return -1;
    for (let e = firstEdge[node]; e < firstEdge[node + 1]; e++) {
      if (kind[edgeTo[e]] === Kind.function && labelSort(edgeLabel[e]) === LabelSort.internal) return e;
      if (labelSort(edgeLabel[e]) === LabelSort.local) return -1;
    }
    return -1;
  }

  /** How many of a frame's first edges it lets go of last: up to 3.10 all but variables and stack, then `f_back`. */
  #lateOfFrame(frame: NodeIndex): number {
    const { firstEdge, edgeTo, kind } = this.graph.columns;
    const first = firstEdge[frame];
    const start = this.#frameStart(frame);
    if (this.minor < 11) return start - first;
    return first < start && kind[edgeTo[first]] === Kind.frame ? 1 : 0;
  }

  /** The first edge of a frame's variables and stack. */
  #frameStart(frame: NodeIndex): number {
    const { firstEdge, edgeTo, kind, edgeLabel } = this.graph.columns;
    const end = firstEdge[frame + 1];
    let e = firstEdge[frame];
    if (this.minor >= 11) {
      // f_back, f_trace, f_locals, the function and the code come before them.
      while (e < end && kind[edgeTo[e]] !== Kind.code) e++;
      return Math.min(e + 1, end);
    }
    for (; e < end; e++) {
      const named = labelSort(edgeLabel[e]) === LabelSort.attribute;
      if (!named && kind[edgeTo[e]] !== Kind.code && labelSort(edgeLabel[e]) !== LabelSort.keyOf) break;
    }
    // f_locals, where something has asked for it, has no name; the variables behind it have.
    const isUnnamedDict = e < end && kind[edgeTo[e]] === Kind.dict && labelSort(edgeLabel[e]) === LabelSort.internal;
    return isUnnamedDict && e + 1 < end && labelSort(edgeLabel[e + 1]) === LabelSort.local ? e + 1 : e;
  }

  /**
   * What closing a suspended generator lets go of, in order (gen_close, Objects/genobject.c). Throwing GeneratorExit
   * into the frame pops its stack from the top, then the variables go, then the function. From 3.12 on a frame without
   * a handler is cleared in place, from the first variable to the top of the stack; from 3.13 on it keeps its function.
   */
  closing(node: NodeIndex): readonly number[] {
    const held = this.#frameEdge(node);
    if (held >= 0) {
      const frame = this.graph.columns.edgeTo[held];
      return [...this.#stack(frame, this.#frameStart(frame)).reverse(), held];
    }
    const start = this.#inlineFrame(node);
    if (start < 0) return NO_EDGES;
    const values: number[] = [];
    const rest: number[] = [];
    this.#eachTraversed(node, start, (edge) => {
      if (this.graph.columns.kind[this.graph.columns.edgeTo[edge]] === Kind.code || edge === start) rest.push(edge);
      else values.push(edge);
    });
    if (this.minor >= 12 && (this.graph.columns.flags[node] & Flag.guarded) === 0)
      return this.minor === 12 ? [...values, ...rest] : values;
    const stack = new Set(this.#stack(node, start + 1));
    const variables = values.filter((edge) => !stack.has(edge));
    return [...values.filter((edge) => stack.has(edge)).reverse(), ...variables, ...rest];
  }

  /** What is on top of a suspended generator's stack, such as what it awaits, or -1. */
  stackTop(node: NodeIndex): NodeIndex {
    const held = this.#frameEdge(node);
    const { edgeTo } = this.graph.columns;
    const start = this.#inlineFrame(node);
    if (held < 0 && start < 0) return -1;
    const stack = held >= 0 ? this.#stack(edgeTo[held], this.#frameStart(edgeTo[held])) : this.#stack(node, start + 1);
    return stack.length > 0 ? edgeTo[stack[stack.length - 1]] : -1;
  }

  /** Values on a suspended frame's stack: what comes after the last variable and has no name. */
  #stack(node: NodeIndex, start: number): number[] {
    const { edgeLabel, edgeTo, kind } = this.graph.columns;
    let stack: number[] = [];
    this.#eachTraversed(node, start, (edge) => {
      if (labelSort(edgeLabel[edge]) === LabelSort.internal && kind[edgeTo[edge]] !== Kind.code) stack.push(edge);
      else stack = [];
    });
    return stack;
  }

  #eachTraversed(node: NodeIndex, start: number, use: (edge: number) => void): void {
    const { firstEdge } = this.graph.columns;
    for (let e = start; e < firstEdge[node + 1]; e++) {
      if (isTraversed(this.graph, e)) use(e);
    }
  }

  /** True for what is suspended or not started in a frame of its own. */
  isFramed(node: NodeIndex): boolean {
    return FRAMED.has(this.graph.columns.kind[node]);
  }
}
