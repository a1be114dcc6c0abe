import type { EdgeIndex, HeapGraph, NodeIndex } from "../heap/HeapGraph.js";
import { Flag } from "../heap/kinds.js";
import { isTraversed, isVisited } from "./edges.js";
import { INCREMENTAL_MERGED, isIncremental, untrackedTuples } from "./incremental.js";

/** What a collection finds, in the collector's own order. All are node indices. */
export interface Verdict {
  /** Objects that the collection examines. */
  readonly examined: Uint32Array;
  /** All that is unreachable, in the order of the collector's list, before legacy finalizers are split off. */
  readonly unreachable: Uint32Array;
  /** Unreachable, but set aside: legacy finalizers and what is reachable from them. */
  readonly setAside: Uint32Array;
  /** Unreachable and not set aside, in list order. */
  readonly collectable: Uint32Array;
}

/** Which collection. */
export interface CollectionOptions {
  /**
   * The oldest generation that is collected, 2 (all) by default. The younger ones are collected with it; objects of
   * the older ones count as reachable.
   */
  readonly generation?: Generation | undefined;
}
export type Generation = 0 | 1 | 2;

/** A young collection of a snapshot that does not tell which objects that examines. */
export class UnknownGenerationsError extends Error {
  constructor(
    message = "this snapshot does not tell which generation an object is in, so only a full collection can be predicted",
  ) {
    super(message);
    this.name = "UnknownGenerationsError";
  }
}

/** The lists that a collection of a generation examines, in scan order. */
const MERGED: readonly (readonly number[])[] = [[0], [1, 0], [2, 0, 1]];

const State = { outside: 0, examined: 1, reachable: 2 } as const;

/**
 * The objects that a collection examines, in scan order: the oldest generation's list with the younger ones appended
 * (collect, Modules/gcmodule.c: gc_list_merge of each younger list, youngest first), immortal objects left out
 * (update_refs, 3.12+).
 * @throws UnknownGenerationsError for a young generation where the file doesn't tell the generations, and for
 *   generation 1 from 3.14.0 to 3.14.4, which collects an increment
 */
export function scanOrder(graph: HeapGraph, generation: Generation = 2): Uint32Array {
  const { flags } = graph.columns;
  const { segments, version } = graph.info;
  if (segments === null && generation < 2) throw new UnknownGenerationsError();
  const incremental = isIncremental(version);
  if (incremental && generation === 1) {
    throw new UnknownGenerationsError(
      "3.14.0 to 3.14.4 collect an increment as generation 1, of which a snapshot does not tell what is in it; only " +
        "a full collection (2) and a young one (0) can be predicted",
    );
  }
  const dropped = incremental ? untrackedTuples(graph) : undefined;
  const order = new Uint32Array(graph.collected);
  let length = 0;
  const lists = (incremental ? INCREMENTAL_MERGED : MERGED)[generation].map((list) => graph.rowsOfGeneration(list));
  for (const [from, to] of segments === null ? [[0, graph.collected]] : lists) {
    for (let node = from; node < to; node++) {
      if ((flags[node] & Flag.immortal) === 0 && dropped?.[node] !== 1) order[length++] = node;
    }
  }
  return order.subarray(0, length);
}

/**
 * The unreachable part of `order`, in its order, as deduce_unreachable finds it (Modules/gcmodule.c, Python/gc.c:
 * update_refs, subtract_refs, move_unreachable): copy the refcounts, take off the references from inside, and follow
 * the references of what has some left, also borrowed ones (_PyGC_VisitStackRef). move_unreachable walks the list and
 * moves what it finds reachable late to the list's end; what stays unreachable is never moved, so that it comes in list
 * order.
 *
 * @param refcount by node
 * @param holds false for references that are gone, beyond those that the collector does not see
 */
export function deduceUnreachable(
  graph: HeapGraph,
  order: Uint32Array,
  refcount: Int32Array,
  holds?: (node: NodeIndex, edge: EdgeIndex) => boolean,
): Uint32Array {
  const { firstEdge, edgeTo } = graph.columns;
  const state = new Uint8Array(graph.nodeCount);
  const refs = new Int32Array(graph.nodeCount);
  for (const node of order) {
    state[node] = State.examined;
    refs[node] = refcount[node];
  }
  for (const node of order) {
    for (let e = firstEdge[node]; e < firstEdge[node + 1]; e++) {
      if (state[edgeTo[e]] === State.outside || !isTraversed(graph, e)) continue;
      if (holds === undefined || holds(node, e)) refs[edgeTo[e]]--;
    }
  }
  // visit_decref stops at 0 up to 3.7; from 3.8 on a count below 0 wraps and reads as reachable.
  const [major, minor] = graph.info.version;
  const belowIsReachable = major === 3 && minor >= 8;
  const queue = new Uint32Array(order.length);
  let end = 0;
  for (const node of order) {
    if (refs[node] > 0 || (refs[node] < 0 && belowIsReachable)) {
      state[node] = State.reachable;
      queue[end++] = node;
    }
  }
  for (let at = 0; at < end; at++) {
    const node = queue[at];
    for (let e = firstEdge[node]; e < firstEdge[node + 1]; e++) {
      if (state[edgeTo[e]] !== State.examined || !isVisited(graph, e)) continue;
      if (holds !== undefined && !holds(node, e)) continue;
      state[edgeTo[e]] = State.reachable;
      queue[end++] = edgeTo[e];
    }
  }
  return order.filter((node) => state[node] === State.examined);
}

/**
 * Predicts what a collection finds, by the rules of the interpreter's version.
 * @throws UnknownGenerationsError for a young generation where the file doesn't tell the generations
 */
export function collect(graph: HeapGraph, { generation = 2 }: CollectionOptions = {}): Verdict {
  const examined = scanOrder(graph, generation);
  return split(graph, examined, deduceUnreachable(graph, examined, graph.columns.refcount));
}

/** Splits what is unreachable into what legacy finalizers keep from being collected and the rest. */
export function split(
  graph: HeapGraph,
  examined: Uint32Array,
  unreachable: Uint32Array,
  holds?: (node: NodeIndex, edge: EdgeIndex) => boolean,
): Verdict {
  const legacy = legacyClosure(graph, unreachable, holds);
  const collectable = legacy.list.length === 0 ? unreachable : unreachable.filter((node) => legacy.member[node] === 0);
  return { examined, unreachable, setAside: legacy.list, collectable };
}

/** move_legacy_finalizers and move_legacy_finalizer_reachable: in the order in which they are found. */
function legacyClosure(
  graph: HeapGraph,
  unreachable: Uint32Array,
  holds?: (node: NodeIndex, edge: EdgeIndex) => boolean,
): { list: Uint32Array; member: Uint8Array } {
  const { firstEdge, edgeTo } = graph.columns;
  const list: number[] = [];
  if (!unreachable.some((node) => graph.hasFlag(node, Flag.legacyFinalizer))) {
    return { list: new Uint32Array(0), member: new Uint8Array(0) };
  }
  const inSet = new Uint8Array(graph.nodeCount);
  const member = new Uint8Array(graph.nodeCount);
  for (const node of unreachable) {
    inSet[node] = 1;
    if (!graph.hasFlag(node, Flag.legacyFinalizer)) continue;
    member[node] = 1;
    list.push(node);
  }
  for (let k = 0; k < list.length; k++) {
    for (let e = firstEdge[list[k]]; e < firstEdge[list[k] + 1]; e++) {
      const target = edgeTo[e];
      if (!isVisited(graph, e) || inSet[target] === 0 || member[target] === 1) continue;
      if (holds !== undefined && !holds(list[k], e)) continue;
      member[target] = 1;
      list.push(target);
    }
  }
  return { list: Uint32Array.from(list), member };
}
