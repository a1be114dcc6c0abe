import type { HeapGraph, NodeIndex, SourceLocation } from "../../heap/HeapGraph.js";
import { Kind } from "../../heap/kinds.js";
import { LabelSort, labelPayload, labelSort, nameOfLabel } from "../../heap/labels.js";
import { sourceOf } from "../source.js";
import type { Analysis } from "../Analysis.js";
import { attributeOf, closureVariable } from "./attributes.js";
import { containerOf } from "./library.js";

/** What a weak reference's callback runs. */
export interface CallbackName {
  /** `on_death`, `app.Node.forget`, `weakref.finalize → close`: wrappers of the standard library before what they call. */
  readonly name: string;
  /** Where the innermost function is defined. */
  readonly location?: SourceLocation;
}

const WRAPPERS = 4;
// WeakValueDictionary.__init__.<locals>.remove says no more than WeakValueDictionary.remove.
const WITHIN_LIBRARY = /(?<=^(?:WeakValueDictionary|WeakKeyDictionary|WeakSet)\.)__init__\.<locals>\./;

/** Names what a callback runs, through bound methods, partials, finalizers and WeakMethods to the function behind. */
export function describeCallback(analysis: Analysis, callback: NodeIndex): CallbackName {
  const { graph } = analysis;
  const names: string[] = [];
  let at = callback;
  for (let i = 0; i < WRAPPERS; i++) {
    const next = unwrap(analysis, at);
    if (next === undefined) break;
    if (next.name !== "") names.push(next.name);
    at = next.inner;
  }
  const last = functionName(graph, at);
  // A wrapped method has its class's name in front already, where the interpreter knows qualified names.
  const name = [...names, last].join(" → ");
  const location = sourceOf(graph, at);
  return location ? { name, location } : { name };
}

/** What a wrapper calls, and what the wrapper is called; a bound method has no name of its own. */
function unwrap(analysis: Analysis, node: NodeIndex): { readonly name: string; readonly inner: NodeIndex } | undefined {
  const { graph } = analysis;
  const { kind } = graph.columns;
  const found = (name: string, inner: NodeIndex | undefined) => (inner === undefined ? undefined : { name, inner });
  if (kind[node] === Kind.method) return found("", attributeOf(graph, node, "__func__") ?? methodFunction(graph, node));
  const type = graph.typeName(node);
  if (/^(_?functools)\.partial$/.test(type)) return found(type, attributeOf(graph, node, "func"));
  if (type === "weakref.finalize") {
    const info = finalizeInfo(analysis, node);
    return found(type, info === undefined ? undefined : attributeOf(graph, info, "func"));
  }
  const place = kind[node] === Kind.function ? graph.location(node) : undefined;
  if (place && /(^|[.])_cb$/.test(place.name) && /(^|[\\/<])(frozen )?weakref(\.py[co]?|>)$/.test(place.file)) {
    const inner = closureVariable(graph, node, "callback");
    return inner === undefined || kind[inner] === Kind.none ? undefined : found("weakref.WeakMethod", inner);
  }
  return undefined;
}

function methodFunction(graph: HeapGraph, method: NodeIndex): NodeIndex | undefined {
  const { firstEdge, edgeTo, kind } = graph.columns;
  for (let e = firstEdge[method]; e < firstEdge[method + 1]; e++) {
    if (kind[edgeTo[e]] === Kind.function) return edgeTo[e];
  }
  return undefined;
}

/** `finalize._registry` holds what a finalizer calls, by the finalizer. */
function finalizeInfo({ graph, strong, referrers }: Analysis, finalizer: NodeIndex): NodeIndex | undefined {
  const { firstEdge, edgeTo, edgeLabel, kind } = graph.columns;
  for (let r = referrers.first[finalizer]; r < referrers.first[finalizer + 1]; r++) {
    const dict = referrers.to[r];
    const edge = strong.edge[referrers.edge[r]];
    if (kind[dict] !== Kind.dict || labelSort(edgeLabel[edge]) !== LabelSort.keyOf) continue;
    // The dict visits value and key of an entry one after the other.
    for (const near of [edge - 1, edge + 1]) {
      const inside = near >= firstEdge[dict] && near < firstEdge[dict + 1];
      if (inside && labelSort(edgeLabel[near]) === LabelSort.nodeKey && labelPayload(edgeLabel[near]) === finalizer) {
        return edgeTo[near];
      }
    }
  }
  return undefined;
}

/** A function's name without "function"; for a function of C code what it is bound to. */
function functionName(graph: HeapGraph, node: NodeIndex): string {
  const { kind, text, firstEdge, edgeTo, edgeLabel } = graph.columns;
  if (kind[node] === Kind.function && text[node] !== 0) {
    const name = graph.string(text[node]);
    const owner = name.includes(".") ? undefined : containerOf(graph, node)?.owner;
    // Before 3.11 a code object does not know the class; the library's own callbacks have it as a default argument.
    const library = owner === undefined ? null : /^_?weakref(?:set)?\.(\w+)$/.exec(graph.typeName(owner));
    return library ? `${library[1]}.${name}` : name.replace(WITHIN_LIBRARY, "");
  }
  if (kind[node] === Kind.builtin) {
    for (let e = firstEdge[node]; e < firstEdge[node + 1]; e++) {
      if (nameOfLabel(graph, edgeLabel[e], LabelSort.attribute) !== "__self__") continue;
      if (kind[edgeTo[e]] !== Kind.module) return `function of C code bound to a ${graph.typeName(edgeTo[e])}`;
    }
    return "function of C code";
  }
  return graph.nodeName(node);
}
