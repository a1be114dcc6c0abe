import type { NodeIndex } from "../../heap/HeapGraph.js";
import { Flag, Kind } from "../../heap/kinds.js";
import { V8Edge, v8EdgeOf } from "../../heap/v8.js";
import type { Analysis } from "../../model/Analysis.js";
import { isStrong } from "../../model/edges.js";
import { containerClassOf } from "../../model/v8/entries.js";
import { edgeName, followInternal, internalIndexOf } from "../../model/v8/labels.js";
import { ENTRY, NOWHERE, type Places, PlaceTable } from "../growth/PlaceTable.js";
import { type Contexts, contextsOf, fileName } from "./contexts.js";
import { exportedOf, isGlobalObject, moduleFile } from "./exports.js";
import { isPart, leadsToClass } from "./steps.js";

// An object of so many properties is used as a container.
const RECORD = 50;

/**
 * Places in a heap of V8: from the variables that closures share, classes, exports, the global object and the variables
 * of functions that wait: `app.js:cache`, `app.js:bus._events.data[…]`. One walk, nearest names first.
 */
export class V8Places extends PlaceTable implements Places {
  readonly #analysis: Analysis;
  readonly #placeOf: Int32Array;
  readonly #queue: NodeIndex[] = [];

  constructor(analysis: Analysis) {
    super();
    this.#analysis = analysis;
    this.#placeOf = new Int32Array(analysis.graph.nodeCount).fill(NOWHERE);
    this.#seed();
    for (let i = 0; i < this.#queue.length; i++) this.#expand(this.#queue[i]);
  }

  of(node: NodeIndex): number {
    return this.#placeOf[node];
  }

  isNamespace(): boolean {
    return false;
  }

  #seed(): void {
    const { graph } = this.#analysis;
    const { kind, text } = graph.columns;
    const contexts = contextsOf(this.#analysis);
    for (let node = 0; node < graph.nodeCount; node++) {
      if (kind[node] === Kind.context) this.#seedContext(node, contexts);
      else if (kind[node] === Kind.function) {
        const owner = graph.string(text[node]);
        this.#properties(node, owner === "" ? "a function" : owner);
      } else if (kind[node] === Kind.generator) this.#seedWaiting(node);
      else if (kind[node] === Kind.instance || kind[node] === Kind.other) this.#seedOther(node);
    }
  }

  #seedContext(context: NodeIndex, contexts: Contexts): void {
    const closure = contexts.closureIn(context);
    if (closure === undefined) return;
    const { graph } = this.#analysis;
    const { firstEdge, edgeTo, edgeClass, edgeLabel } = graph.columns;
    const fn = contexts.functionOf(context);
    const file = fileName(graph.location(closure)!.file);
    for (let e = firstEdge[context]; e < firstEdge[context + 1]; e++) {
      if (v8EdgeOf(edgeClass[e]) !== V8Edge.context) continue;
      const variable = edgeName(graph, edgeLabel[e]);
      this.#reach(edgeTo[e], NOWHERE, fn === "" ? `${file}:${variable}` : `${file}:${fn}(), ${variable}`, closure);
    }
  }

  #seedWaiting(generator: NodeIndex): void {
    const { graph } = this.#analysis;
    const { firstEdge, edgeTo, text } = graph.columns;
    const fn = followInternal(graph, generator, "function");
    const registers = followInternal(graph, generator, "parameters_and_registers");
    const location = fn === undefined ? undefined : graph.location(fn);
    if (fn === undefined || registers === undefined || !location) return;
    const step = `${fileName(location.file)}:${graph.string(text[fn])}(), a variable`;
    for (let e = firstEdge[registers]; e < firstEdge[registers + 1]; e++) this.#reach(edgeTo[e], NOWHERE, step, fn);
  }

  #seedOther(node: NodeIndex): void {
    const { graph } = this.#analysis;
    if (isGlobalObject(this.#analysis, node)) return this.#properties(node, "globalThis");
    const file = moduleFile(this.#analysis, node);
    if (file !== undefined) return this.#properties(node, `module of ${fileName(file)}`);
    const value = graph.columns.kind[node] === Kind.other ? followInternal(graph, node, "value") : undefined;
    const exported = value === undefined ? undefined : exportedOf(this.#analysis, node);
    if (exported) this.#reach(value!, NOWHERE, `${fileName(exported.location.file)}:${exported.variable}`, node);
  }

  #properties(node: NodeIndex, owner: string): void {
    const { graph } = this.#analysis;
    const { firstEdge, edgeTo, edgeClass, edgeLabel } = graph.columns;
    for (let e = firstEdge[node]; e < firstEdge[node + 1]; e++) {
      if (v8EdgeOf(edgeClass[e]) !== V8Edge.property) continue;
      const name = edgeName(graph, edgeLabel[e]);
      if (!leadsToClass(name)) this.#reach(edgeTo[e], NOWHERE, `${owner}.${name}`, node);
    }
  }

  #expand(node: NodeIndex): void {
    const { graph } = this.#analysis;
    const { firstEdge, edgeTo, edgeClass, edgeLabel } = graph.columns;
    const place = this.#placeOf[node];
    const isTable = containerClassOf(graph, node) === "Object" && firstEdge[node + 1] - firstEdge[node] > RECORD;
    for (let e = firstEdge[node]; e < firstEdge[node + 1]; e++) {
      if (!isStrong(graph, e)) continue;
      const label = edgeLabel[e];
      const type = v8EdgeOf(edgeClass[e]);
      if (this.#placeOf[edgeTo[e]] !== NOWHERE) continue;
      if (type === V8Edge.element) this.#reach(edgeTo[e], place, ENTRY, node);
      else if (type === V8Edge.property) {
        const name = edgeName(graph, label);
        if (!leadsToClass(name)) this.#reach(edgeTo[e], place, isTable ? ENTRY : `.${name}`, node);
      } else if (type === V8Edge.internal) {
        // The entries of a table are told by their position.
        if (internalIndexOf(graph, label) >= 0) this.#reach(edgeTo[e], place, ENTRY, node);
        else if (isPart(edgeName(graph, label))) this.#reach(edgeTo[e], place, "", node);
      }
    }
  }

  #reach(node: NodeIndex, parent: number, step: string, owner: NodeIndex): void {
    const { kind, flags } = this.#analysis.graph.columns;
    if (this.#placeOf[node] !== NOWHERE || !OPEN.has(kind[node]) || (flags[node] & Flag.synthetic) !== 0) return;
    const place = this.add(parent, step, owner);
    if (place === NOWHERE) return;
    this.#placeOf[node] = place;
    this.#queue.push(node);
  }
}

/** What has something below it, and stands nowhere by itself. */
const OPEN: ReadonlySet<number> = new Set([
  ...[Kind.instance, Kind.list, Kind.dict, Kind.set, Kind.exception, Kind.generator, Kind.other],
]);
