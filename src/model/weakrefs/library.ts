import type { EdgeIndex, HeapGraph, NodeIndex } from "../../heap/HeapGraph.js";
import { EDGE_KIND_MASK, EdgeKind, Kind } from "../../heap/kinds.js";
import { LabelSort, labelPayload, labelSort } from "../../heap/labels.js";
import type { Analysis } from "../Analysis.js";
import { attributeOf } from "./attributes.js";
import { callbackOf } from "./callback.js";

/** What a callback of the standard library's weak containers drops: an entry of the dict or set that they keep. */
export interface LibraryCallback {
  /** The dict or set whose entry goes (`data`). */
  readonly container: NodeIndex;
  readonly kind: "value-dict" | "key-dict" | "set";
  /** The WeakValueDictionary, WeakKeyDictionary or WeakSet. */
  readonly owner: NodeIndex;
  /** The callback's weak reference to it: once that is cleared, the callback does nothing. */
  readonly selfReference: NodeIndex;
  /** An iteration over it is going on: the entry is noted, and goes when that ends. */
  readonly deferred: boolean;
}

/** An entry of a weak container. */
export interface LibraryEntry {
  /** The container's reference to the weak reference. */
  readonly edge: EdgeIndex;
  /** Of a WeakValueDictionary: the key. */
  readonly key?: NodeIndex;
  /** Of a WeakKeyDictionary: the value, and the container's reference to it. */
  readonly value?: NodeIndex;
  readonly valueEdge?: EdgeIndex;
}

const WEAKREF_FILE = /(^|[\\/])weakref\.py[co]?$|^<frozen weakref>$/;
const WEAKSET_FILE = /(^|[\\/])_weakrefset\.py[co]?$|^<frozen _weakrefset>$/;

/**
 * Recognises the callbacks of WeakValueDictionary, WeakKeyDictionary (weakref.py) and WeakSet (_weakrefset.py): functions
 * `remove` and `_remove` whose first default argument is a weak reference to the container. All that they do is drop the
 * entry of the dead reference.
 * @returns undefined for other callbacks, and where the container itself is gone: then the callback does nothing
 */
export function libraryCallback(graph: HeapGraph, weakref: NodeIndex): LibraryCallback | undefined {
  const callback = callbackOf(graph, weakref);
  const callee = callback === undefined ? undefined : containerOf(graph, callback);
  if (!callee) return undefined;
  const { owner, selfReference, ofSet } = callee;
  const container = attributeOf(graph, owner, "data");
  if (container === undefined) return undefined;
  if (graph.columns.kind[container] !== (ofSet ? Kind.set : Kind.dict)) return undefined;
  const iterating = attributeOf(graph, owner, "_iterating");
  const { firstEdge } = graph.columns;
  return {
    container,
    // A WeakValueDictionary notes the key in a subclass of weak references (KeyedRef); the others use plain ones.
    kind: ofSet ? "set" : graph.columns.kind[weakref] === Kind.weakref ? "key-dict" : "value-dict",
    owner,
    selfReference,
    deferred: iterating !== undefined && firstEdge[iterating + 1] > firstEdge[iterating],
  };
}

/** The weak container whose entries a callback drops; undefined for other callbacks, and where it is gone. */
export function containerOf(
  graph: HeapGraph,
  callback: NodeIndex,
): { readonly owner: NodeIndex; readonly selfReference: NodeIndex; readonly ofSet: boolean } | undefined {
  if (graph.columns.kind[callback] !== Kind.function) return undefined;
  const place = graph.location(callback);
  const name = place?.name.split(".").at(-1);
  const ofDict = place !== undefined && name === "remove" && WEAKREF_FILE.test(place.file);
  const ofSet = place !== undefined && name === "_remove" && WEAKSET_FILE.test(place.file);
  const self = ofDict || ofSet ? selfOf(graph, callback) : undefined;
  return self && { ...self, ofSet };
}

/** `selfref=ref(self)` among a function's default arguments, and what it refers to. */
function selfOf(
  graph: HeapGraph,
  callback: NodeIndex,
): { readonly owner: NodeIndex; readonly selfReference: NodeIndex } | undefined {
  const { firstEdge, edgeTo, edgeClass, kind } = graph.columns;
  for (let e = firstEdge[callback]; e < firstEdge[callback + 1]; e++) {
    if (kind[edgeTo[e]] !== Kind.tuple) continue;
    const defaults = edgeTo[e];
    for (let d = firstEdge[defaults]; d < firstEdge[defaults + 1]; d++) {
      const selfReference = edgeTo[d];
      if (kind[selfReference] !== Kind.weakref) continue;
      for (let w = firstEdge[selfReference]; w < firstEdge[selfReference + 1]; w++) {
        if ((edgeClass[w] & EDGE_KIND_MASK) === EdgeKind.weak) return { owner: edgeTo[w], selfReference };
      }
    }
  }
  return undefined;
}

/**
 * The entry of a weak container in which a weak reference stands, or undefined where it is none any more (its key was
 * given to another object since).
 */
export function libraryEntry(
  { graph, referrers, strong }: Pick<Analysis, "graph" | "referrers" | "strong">,
  weakref: NodeIndex,
  { container, kind }: LibraryCallback,
): LibraryEntry | undefined {
  let edge: EdgeIndex | undefined;
  for (let r = referrers.first[weakref]; r < referrers.first[weakref + 1] && edge === undefined; r++) {
    if (referrers.to[r] === container) edge = strong.edge[referrers.edge[r]];
  }
  if (edge === undefined) return undefined;
  if (kind === "set") return { edge };
  if (kind === "value-dict") {
    const key = attributeOf(graph, weakref, "key");
    return key === undefined ? { edge } : { edge, key };
  }
  const valueEdge = valueEdgeOf(graph, container, weakref, edge);
  return valueEdge === undefined ? { edge } : { edge, value: graph.columns.edgeTo[valueEdge], valueEdge };
}

/** The reference to the value under a key that is an object: beside the one to the key, which the dict visits too. */
function valueEdgeOf(graph: HeapGraph, dict: NodeIndex, key: NodeIndex, keyEdge: EdgeIndex): EdgeIndex | undefined {
  const { firstEdge, edgeLabel } = graph.columns;
  const first = firstEdge[dict];
  const end = firstEdge[dict + 1];
  const fits = (e: EdgeIndex) =>
    e >= first && e < end && labelSort(edgeLabel[e]) === LabelSort.nodeKey && labelPayload(edgeLabel[e]) === key;
  for (const near of [keyEdge - 1, keyEdge + 1]) if (fits(near)) return near;
  for (let e = first; e < end; e++) if (fits(e)) return e;
  return undefined;
}
