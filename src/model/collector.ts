import type { HeapGraph, NodeIndex } from "../heap/HeapGraph.js";
import { Flag, Kind } from "../heap/kinds.js";
import { labelText } from "../heap/labels.js";
import { isTraversed } from "./edges.js";

/** What a full collection would do with the heap, in the collector's own order. All are node indices. */
export interface Verdict {
  /** Objects that the collection examines. */
  readonly examined: Uint32Array;
  /** All that is unreachable, in the order of the collector's list, before legacy finalizers are split off. */
  readonly unreachable: Uint32Array;
  /** Unreachable, but kept for `gc.garbage`: legacy finalizers and what is reachable from them. */
  readonly uncollectable: Uint32Array;
  /** Unreachable objects whose PEP 442 finalizer would be called, in order. */
  readonly finalizers: Uint32Array;
  /** Weak references whose callback would be called, in order: pairs of (referent, weakref). */
  readonly callbacks: readonly (readonly [NodeIndex, NodeIndex])[];
  /** What is freed, unless one of `unknown` changes it. */
  readonly freed: Uint32Array;
  /** Why the outcome could differ: Python code that would run meanwhile. */
  readonly unknown: readonly string[];
}

const State = { outside: 0, unscanned: 1, reachable: 2, unreachable: 3 } as const;

/**
 * The objects that a full collection examines, in scan order: the older generation's list with the younger ones
 * appended (collect, Modules/gcmodule.c: gc_list_merge of 0, then 1, into 2), immortal objects left out
 * (update_refs, 3.12+).
 */
export function scanOrder(graph: HeapGraph): Uint32Array {
  const { flags } = graph.columns;
  const order = new Uint32Array(graph.collected);
  let length = 0;
  const take = (from: number, to: number) => {
    for (let node = from; node < to; node++) if ((flags[node] & Flag.immortal) === 0) order[length++] = node;
  };
  const segments = graph.info.segments;
  if (segments === null) {
    take(0, graph.collected);
  } else {
    const starts = new Map<number, readonly [number, number]>();
    let at = 0;
    for (const { generation, count } of segments) starts.set(generation, [at, (at += count)]);
    for (const generation of [2, 0, 1]) {
      const range = starts.get(generation);
      if (range) take(range[0], range[1]);
    }
  }
  return order.subarray(0, length);
}

/**
 * The unreachable part of `order`, as deduce_unreachable finds it (Modules/gcmodule.c, Python/gc.c:
 * update_refs, subtract_refs, move_unreachable): copy the refcounts, take off the references from inside, then
 * walk the list; what has none left is unreachable for now, and is moved back behind the list's end when
 * something reachable turns out to refer to it. That walk is followed step by step, since it gives the order.
 *
 * @param refcount by node
 */
export function deduceUnreachable(graph: HeapGraph, order: Uint32Array, refcount: Int32Array): Uint32Array {
  const { firstEdge, edgeTo } = graph.columns;
  const state = new Uint8Array(graph.nodeCount);
  const refs = new Int32Array(graph.nodeCount);
  for (const node of order) {
    state[node] = State.unscanned;
    refs[node] = refcount[node];
  }
  for (const node of order) {
    for (let e = firstEdge[node]; e < firstEdge[node + 1]; e++) {
      if (isTraversed(graph, e) && state[edgeTo[e]] !== State.outside) refs[edgeTo[e]]--;
    }
  }
  // visit_decref stops at 0 up to 3.7; from 3.8 on a count below 0 wraps and reads as reachable.
  const [major, minor] = graph.info.version;
  const below = major === 2 || minor < 8 ? 0 : 1;
  for (const node of order) if (refs[node] < 0) refs[node] = below;

  // A node can be moved back behind the end once, so the list never exceeds twice its length.
  const list = new Uint32Array(order.length * 2);
  list.set(order);
  let end = order.length;
  const tentative = new Uint32Array(order.length);
  let count = 0;
  for (let at = 0; at < end; at++) {
    const node = list[at];
    if (refs[node] === 0) {
      state[node] = State.unreachable;
      tentative[count++] = node;
      continue;
    }
    state[node] = State.reachable;
    for (let e = firstEdge[node]; e < firstEdge[node + 1]; e++) {
      if (!isTraversed(graph, e)) continue;
      const target = edgeTo[e];
      if (state[target] === State.unreachable) {
        state[target] = State.unscanned;
        refs[target] = 1;
        list[end++] = target;
      } else if (state[target] === State.unscanned && refs[target] === 0) {
        refs[target] = 1;
      }
    }
  }
  return tentative.subarray(0, count).filter((node) => state[node] === State.unreachable);
}

/** Predicts a full collection by the rules of the interpreter's version. */
export function collect(graph: HeapGraph): Verdict {
  const examined = scanOrder(graph);
  const unreachable = deduceUnreachable(graph, examined, graph.columns.refcount);
  const legacy = legacyClosure(graph, unreachable);
  const collectable = unreachable.filter((node) => legacy.member[node] === 0);
  const isCollectable = new Uint8Array(graph.nodeCount);
  for (const node of collectable) isCollectable[node] = 1;
  const callbacks = weakrefCallbacks(graph, collectable, isCollectable);
  const called = new Set(callbacks.map(([, weakref]) => weakref));
  // handle_weakrefs moves the weak references that it calls to the older list, away from the uncollectable ones.
  const uncollectable = legacy.list.filter((node) => !called.has(node));
  const finalizers = hasFinalizers(graph)
    ? collectable.filter((node) => graph.hasFlag(node, Flag.hasFinalizer) && !graph.hasFlag(node, Flag.finalized))
    : new Uint32Array(0);
  return {
    examined,
    unreachable,
    uncollectable,
    finalizers,
    callbacks,
    freed: collectable,
    unknown: unknownOutcomes(graph, finalizers, callbacks.length),
  };
}

function hasFinalizers(graph: HeapGraph): boolean {
  return graph.info.version[0] === 3;
}

/** move_legacy_finalizers and move_legacy_finalizer_reachable: in the order in which they are found. */
function legacyClosure(graph: HeapGraph, unreachable: Uint32Array): { list: Uint32Array; member: Uint8Array } {
  const { firstEdge, edgeTo } = graph.columns;
  const inSet = new Uint8Array(graph.nodeCount);
  const member = new Uint8Array(graph.nodeCount);
  const list: number[] = [];
  for (const node of unreachable) {
    inSet[node] = 1;
    if (!graph.hasFlag(node, Flag.legacyFinalizer)) continue;
    member[node] = 1;
    list.push(node);
  }
  for (let k = 0; k < list.length; k++) {
    for (let e = firstEdge[list[k]]; e < firstEdge[list[k] + 1]; e++) {
      const target = edgeTo[e];
      if (!isTraversed(graph, e) || inSet[target] === 0 || member[target] === 1) continue;
      member[target] = 1;
      list.push(target);
    }
  }
  return { list: Uint32Array.from(list), member };
}

/** handle_weakrefs: callbacks of weak references that are not themselves about to be collected. */
function weakrefCallbacks(
  graph: HeapGraph,
  collectable: Uint32Array,
  isCollectable: Uint8Array,
): [NodeIndex, NodeIndex][] {
  const { weakrefs } = graph;
  const byReferent = new Map<number, number[]>();
  for (let i = 0; i < weakrefs.length; i += 2) {
    if (isCollectable[weakrefs[i]] === 0) continue;
    const list = byReferent.get(weakrefs[i]);
    if (list) list.push(weakrefs[i + 1]);
    else byReferent.set(weakrefs[i], [weakrefs[i + 1]]);
  }
  const callbacks: [NodeIndex, NodeIndex][] = [];
  if (byReferent.size === 0) return callbacks;
  for (const referent of collectable) {
    for (const weakref of byReferent.get(referent) ?? []) {
      if (isCollectable[weakref] === 0 && hasCallback(graph, weakref)) callbacks.push([referent, weakref]);
    }
  }
  return callbacks;
}

/**
 * A weak reference's callback is its `__callback__`, or where that name is not known (before 3.4) the one reference
 * without a name. A subclass's instance, such as weakref.KeyedRef, refers to slots and its type besides.
 */
function hasCallback(graph: HeapGraph, weakref: NodeIndex): boolean {
  const { firstEdge, edgeLabel } = graph.columns;
  for (let e = firstEdge[weakref]; e < firstEdge[weakref + 1]; e++) {
    if (!isTraversed(graph, e)) continue;
    const text = labelText(graph, edgeLabel[e]);
    if (text === ".__callback__" || text === "<internal>") return true;
  }
  return false;
}

const CLOSED_BY_COLLECTOR: ReadonlySet<number> = new Set([Kind.generator, Kind.coroutine]);

function unknownOutcomes(graph: HeapGraph, finalizers: Uint32Array, callbacks: number): string[] {
  const unknown: string[] = [];
  const byType = new Map<string, number>();
  for (const node of finalizers) {
    const closes = CLOSED_BY_COLLECTOR.has(graph.columns.kind[node]);
    if (!closes && !graph.hasFlag(node, Flag.heapType)) continue;
    byType.set(graph.typeName(node), (byType.get(graph.typeName(node)) ?? 0) + 1);
  }
  for (const [type, count] of byType) {
    unknown.push(`${count} finalizer${count === 1 ? "" : "s"} of ${type} would run code that may keep objects alive`);
  }
  if (callbacks > 0) {
    unknown.push(`${callbacks} weak reference callback${callbacks === 1 ? "" : "s"} would run code`);
  }
  return unknown;
}
