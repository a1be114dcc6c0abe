import type { HeapGraph, NodeIndex, SourceLocation } from "../heap/HeapGraph.js";
import { FutureState, Kind, Standing, STANDING_MASK } from "../heap/kinds.js";
import { LabelSort, labelPayload, labelSort } from "../heap/labels.js";
import type { Analysis } from "../model/Analysis.js";
import { attributeOf } from "../model/weakrefs/index.js";

const AWAITS = 50;
const REFERRERS = 16;

/** A task of asyncio. */
export interface Task {
  readonly task: NodeIndex;
  readonly coroutine: NodeIndex | undefined;
  /** The coroutine that waits in the end, by way of what awaits it. */
  readonly innermost: NodeIndex | undefined;
  /** Undefined where the snapshot does not tell. */
  readonly state: FutureState | undefined;
  readonly isDone: boolean;
}

const STATES: ReadonlyMap<string, FutureState> = new Map([
  ["PENDING", FutureState.pending],
  ["CANCELLED", FutureState.cancelled],
  ["FINISHED", FutureState.finished],
]);

/** What is known of a task. */
export function describeTask({ graph }: Analysis, task: NodeIndex): Task {
  const { kind, firstEdge, edgeTo } = graph.columns;
  const next = (node: NodeIndex) =>
    [...edgeTo.subarray(firstEdge[node], firstEdge[node + 1])].find(
      (to) => kind[to] === Kind.coroutine || kind[to] === Kind.generator,
    );
  const coroutine = next(task);
  let innermost = coroutine;
  for (let i = 0; i < AWAITS && innermost !== undefined; i++) {
    const further = next(innermost);
    if (further === undefined || graph.facts.suspendedLine?.get(further) === undefined) break;
    innermost = further;
  }
  const text = attributeOf(graph, task, "_state");
  const named = text === undefined ? undefined : STATES.get(graph.string(graph.columns.text[text]));
  const state = (graph.facts.futureState?.get(task) as FutureState | undefined) ?? named;
  return { task, coroutine, innermost, state, isDone: state !== undefined && state !== FutureState.pending };
}

/** The qualified name of a coroutine's function, also of one that has ended; undefined where it is not known. */
export function coroutineName(graph: HeapGraph, coroutine: NodeIndex): string | undefined {
  const { firstEdge, edgeTo, edgeLabel, kind, text } = graph.columns;
  // __name__ and __qualname__ come before all other texts (gen_traverse, Objects/genobject.c).
  const names: number[] = [];
  for (let e = firstEdge[coroutine]; e < firstEdge[coroutine + 1] && names.length < 2; e++) {
    if (kind[edgeTo[e]] === Kind.str && labelSort(edgeLabel[e]) === LabelSort.internal) names.push(text[edgeTo[e]]);
  }
  return graph.string(names[1] ?? 0) || graph.string(text[coroutine]) || undefined;
}

/**
 * Where a suspended coroutine waits: its own line and those of the coroutines and generators that it awaits, the
 * innermost last. Empty for one that is not suspended, or where the snapshot does not tell the lines.
 */
export function awaitStack(graph: HeapGraph, coroutine: NodeIndex): SourceLocation[] {
  const stack: SourceLocation[] = [];
  let at: NodeIndex | undefined = coroutine;
  while (at !== undefined && stack.length < AWAITS) {
    const line = graph.facts.suspendedLine?.get(at);
    const location = graph.location(at);
    if (line === undefined || location === undefined) break;
    stack.push({ ...location, line });
    // What lies on top of a plain generator's stack may as well be the iterator of a loop.
    at = graph.typeName(at) === "generator" ? undefined : awaitedBy(graph, at);
  }
  return stack;
}

const WRAPPERS = /^(coroutine_wrapper|async_generator_(asend|athrow)|anext_awaitable)$/;

/** The coroutine or generator that a suspended coroutine awaits: it lies on top of its stack. */
function awaitedBy(graph: HeapGraph, coroutine: NodeIndex): NodeIndex | undefined {
  const { firstEdge, edgeTo, kind } = graph.columns;
  const isFlow = (node: NodeIndex) => kind[node] === Kind.coroutine || kind[node] === Kind.generator;
  let holder = coroutine;
  const [major, minor] = graph.info.version;
  if (major === 3 && minor < 11) {
    // Up to 3.10 the stack is the frame object's.
    const edges = edgeTo.subarray(firstEdge[coroutine], firstEdge[coroutine + 1]);
    const frame = edges.find((to) => kind[to] === Kind.frame);
    if (frame === undefined) return undefined;
    holder = frame;
  }
  let top = topOfStack(graph, holder);
  for (let i = 0; i < 2 && top !== undefined && WRAPPERS.test(graph.typeName(top)); i++) {
    const inside = edgeTo.subarray(firstEdge[top], firstEdge[top + 1]);
    top = inside.find((to) => isFlow(to) || WRAPPERS.test(graph.typeName(to)));
  }
  return top !== undefined && isFlow(top) ? top : undefined;
}

function topOfStack(graph: HeapGraph, holder: NodeIndex): NodeIndex | undefined {
  const { firstEdge, edgeTo, edgeLabel, edgeClass, kind } = graph.columns;
  for (let e = firstEdge[holder + 1] - 1; e >= firstEdge[holder]; e--) {
    const standing = edgeClass[e] & STANDING_MASK;
    // The exception that is being handled comes after the stack.
    if ((standing !== Standing.traversed && standing !== Standing.borrowed) || kind[edgeTo[e]] === Kind.exception)
      continue;
    return labelSort(edgeLabel[e]) === LabelSort.internal ? edgeTo[e] : undefined;
  }
  return undefined;
}

/** The future or task that a task waits for (`_fut_waiter`); undefined for none, or where it can't be told. */
export function waiterOf(graph: HeapGraph, { task, state }: Task): NodeIndex | undefined {
  const { firstEdge, edgeTo, kind } = graph.columns;
  if (state !== FutureState.pending) return undefined;
  const isFuture = (node: NodeIndex) =>
    kind[node] === Kind.task || graph.facts.futureState?.get(node) !== undefined || hasAttribute(graph, node, "_state");
  const named = attributeOf(graph, task, "_fut_waiter");
  if (named !== undefined) return isFuture(named) ? named : undefined;
  // In C: context, coroutine, name, the future, then the loop (TaskObj_traverse, Modules/_asynciomodule.c).
  let seen = false;
  for (let e = firstEdge[task]; e < firstEdge[task + 1]; e++) {
    const to = edgeTo[e];
    if (kind[to] === Kind.coroutine || kind[to] === Kind.generator) seen = true;
    else if (seen && kind[to] !== Kind.str && kind[to] !== Kind.number) return isFuture(to) ? to : undefined;
  }
  return undefined;
}

function hasAttribute(graph: HeapGraph, node: NodeIndex, name: string): boolean {
  return graph.columns.kind[node] === Kind.instance && attributeOf(graph, node, name) !== undefined;
}

/** A future in words: `Task of fetch`, `Future in Queue._getters`, `Future`. */
export function futureText(analysis: Analysis, future: NodeIndex): string {
  const { graph } = analysis;
  const type = shortName(graph.typeName(future));
  if (graph.columns.kind[future] === Kind.task) {
    const { coroutine } = describeTask(analysis, future);
    const name = coroutine === undefined ? undefined : coroutineName(graph, coroutine);
    return name === undefined ? type : `${type} of ${name}`;
  }
  const place = placeOf(analysis, future);
  return place === undefined ? type : `${type} in ${place}`;
}

const CONTAINERS: ReadonlySet<number> = new Set([Kind.list, Kind.deque, Kind.set, Kind.tuple, Kind.dict]);

/** `Event._waiters`: the attribute that has a container that a future is in, or the future itself. */
function placeOf(analysis: Analysis, future: NodeIndex): string | undefined {
  const { graph } = analysis;
  for (const [from, edge] of referrersOf(analysis, future)) {
    const own = attributePlace(analysis, from, edge);
    if (own !== undefined) return own;
    if (!CONTAINERS.has(graph.columns.kind[from])) continue;
    for (const [owner, held] of referrersOf(analysis, from)) {
      const place = attributePlace(analysis, owner, held);
      if (place !== undefined) return place;
    }
  }
  return undefined;
}

function attributePlace(analysis: Analysis, from: NodeIndex, edge: number): string | undefined {
  const { graph } = analysis;
  const { edgeLabel, kind } = graph.columns;
  const sort = labelSort(edgeLabel[edge]);
  const name = () => graph.string(labelPayload(edgeLabel[edge]));
  if (sort === LabelSort.attribute && kind[from] === Kind.instance) {
    return name() === "__dict__" ? undefined : `${shortName(graph.typeName(from))}.${name()}`;
  }
  if (sort !== LabelSort.key || kind[from] !== Kind.dict) return undefined;
  for (const [owner, held] of referrersOf(analysis, from)) {
    const isDict = labelSort(edgeLabel[held]) === LabelSort.attribute;
    if (isDict && kind[owner] === Kind.instance && graph.string(labelPayload(edgeLabel[held])) === "__dict__")
      return `${shortName(graph.typeName(owner))}.${name()}`;
  }
  return undefined;
}

/** The first referrers of a node, with their edges. */
function* referrersOf({ referrers, strong }: Analysis, node: NodeIndex): Generator<[from: NodeIndex, edge: number]> {
  const end = Math.min(referrers.first[node + 1], referrers.first[node] + REFERRERS);
  for (let r = referrers.first[node]; r < end; r++) yield [referrers.to[r], strong.edge[referrers.edge[r]]];
}

function shortName(typeName: string): string {
  return typeName.split(".").at(-1) ?? typeName;
}
