import { type HeapGraph, type NodeIndex, typeInfoName, type TypeInfo } from "../heap/HeapGraph.js";
import { Kind } from "../heap/kinds.js";
import { labelPayload, LabelSort, labelSort, nameOfLabel } from "../heap/labels.js";
import { attributeOf } from "../model/weakrefs/index.js";
import { groupBy } from "./together.js";

const ROOT = "thread ";
// A thread's first functions in threading.py, with `self` its Thread; 2.7 has them with two underscores.
const BOOTSTRAP = /^__?bootstrap(_inner)?$/;

/** The threads of a heap, in the file's order. `name` is the one that `threading` gave, else the ident. */
export function threadNodes(graph: HeapGraph): { readonly node: NodeIndex; readonly name: string }[] {
  return graph.roots.flatMap(({ node, name }) =>
    graph.columns.kind[node] === Kind.thread ? [{ node, name: name.slice(ROOT.length) }] : [],
  );
}

/** The frames of a thread's stack, innermost first. */
export function framesOf(graph: HeapGraph, thread: NodeIndex): NodeIndex[] {
  const { firstEdge, edgeTo, kind } = graph.columns;
  return [...edgeTo.subarray(firstEdge[thread], firstEdge[thread + 1])].filter((to) => kind[to] === Kind.frame);
}

/** A function that a thread is in. */
export interface StackFrame {
  /** The frame object, or the row that the reader has made where there is none. */
  readonly frame: NodeIndex;
  /** That row in either case: its name and its place, with the line that the frame is at. */
  readonly row: NodeIndex;
}

/** The stacks of all threads, innermost frame first. The rows of frames come behind those of threads. */
export function stacksOf(graph: HeapGraph): Map<NodeIndex, StackFrame[]> {
  const { firstEdge, edgeTo, edgeLabel, kind } = graph.columns;
  const threads = threadNodes(graph);
  const first = threads.reduce((least, { node }) => Math.min(least, node), Infinity) + threads.length;
  const stacks = new Map<NodeIndex, StackFrame[]>();
  for (const { node } of threads) {
    const stack: StackFrame[] = [];
    for (let e = firstEdge[node]; e < firstEdge[node + 1]; e++) {
      if (kind[edgeTo[e]] !== Kind.frame || labelSort(edgeLabel[e]) !== LabelSort.index) continue;
      stack.push({ frame: edgeTo[e], row: first + labelPayload(edgeLabel[e]) });
    }
    stacks.set(node, stack);
  }
  return stacks;
}

/** The local variables of a frame, as far as the snapshot tells them. */
export function* frameVariables(
  graph: HeapGraph,
  frame: NodeIndex,
): Generator<{ readonly name: string; readonly value: NodeIndex }> {
  const { firstEdge, edgeTo, edgeLabel } = graph.columns;
  for (let e = firstEdge[frame]; e < firstEdge[frame + 1]; e++) {
    const name = nameOfLabel(graph, edgeLabel[e], LabelSort.local);
    if (name !== undefined) yield { name, value: edgeTo[e] };
  }
}

/** What is known of a thread. A fact that the snapshot does not hold is undefined. */
export interface ThreadFacts {
  readonly ident: number | undefined;
  readonly name: string | undefined;
  readonly daemon: boolean | undefined;
}

// Attributes of threading.Thread, of 3.x and of 2.7.
const IDENT = ["_ident", "_Thread__ident"] as const;
const NAME = ["_name", "_Thread__name"] as const;
const DAEMON = ["_daemonic", "_Thread__daemonic"] as const;

/** Facts of all threads, by their nodes, from the `threading.Thread` of each where the heap holds it. */
export function threadFacts(graph: HeapGraph): Map<NodeIndex, ThreadFacts> {
  const modules = modulesNamed(graph, ["threading", "builtins", "__builtin__"]);
  const active = activeThreads(graph, modules.get("threading"));
  const names = new Set(active.map((object) => textOf(graph, object, NAME)));
  const objects = threadObjects(graph, active);
  const builtins = modules.get("builtins") ?? modules.get("__builtin__");
  // The values of bools are not stored; True and False are known by the names that the builtins have for them.
  const truth = (node: NodeIndex | undefined) => {
    if (builtins === undefined || node === undefined || graph.typeName(node) !== "bool") return undefined;
    if (attributeOf(graph, builtins, "True") === node) return true;
    return attributeOf(graph, builtins, "False") === node ? false : undefined;
  };
  return new Map(
    threadNodes(graph).map(({ node, name }) => {
      const object = objects.get(node);
      // A thread without a name is called by its ident.
      const isIdent = /^\d+$/.test(name) && !names.has(name);
      const ident = object === undefined ? undefined : valueOf(graph, object, IDENT);
      const daemon = object === undefined ? undefined : truth(valueOf(graph, object, DAEMON));
      const number = ident === undefined ? undefined : graph.numbers.get(ident);
      return [
        node,
        { ident: number ?? (isIdent ? Number(name) : undefined), name: isIdent ? undefined : name, daemon },
      ];
    }),
  );
}

/**
 * The `threading.Thread` of each thread whose object is certain: the thread's first functions have it as `self`, else
 * it is the only one of that name in `threading._active`, and the thread the only one too.
 */
function threadObjects(graph: HeapGraph, active: readonly NodeIndex[]): Map<NodeIndex, NodeIndex> {
  const found = new Map<NodeIndex, NodeIndex>();
  const threads = threadNodes(graph);
  for (const [node, stack] of stacksOf(graph)) {
    // They are at the outer end of the stack.
    for (const frame of stack.reverse()) {
      const object = bootstrapped(graph, frame);
      if (object === undefined) continue;
      found.set(node, object);
      break;
    }
  }
  const taken = new Set(found.values());
  const left = threads.filter(({ node }) => !found.has(node));
  const objects = active.filter((object) => !taken.has(object));
  const objectsOf = groupBy(objects, (object) => textOf(graph, object, NAME) ?? "");
  for (const [name, same] of groupBy(left, (thread) => thread.name)) {
    const objects = objectsOf.get(name) ?? [];
    if (name !== "" && same.length === 1 && objects.length === 1) found.set(same[0].node, objects[0]);
  }
  return found;
}

function bootstrapped(graph: HeapGraph, { frame, row }: StackFrame): NodeIndex | undefined {
  if (!BOOTSTRAP.test(graph.location(row)?.name ?? "")) return undefined;
  for (const { name, value } of frameVariables(graph, frame)) {
    if (name === "self" && valueOf(graph, value, IDENT) !== undefined) return value;
  }
  return undefined;
}

function activeThreads(graph: HeapGraph, threading: NodeIndex | undefined): NodeIndex[] {
  const active = threading === undefined ? undefined : attributeOf(graph, threading, "_active");
  if (active === undefined) return [];
  const { firstEdge, edgeTo } = graph.columns;
  return [...new Set(edgeTo.subarray(firstEdge[active], firstEdge[active + 1]))].filter(
    (node) => valueOf(graph, node, IDENT) !== undefined,
  );
}

function valueOf(graph: HeapGraph, object: NodeIndex, names: readonly string[]): NodeIndex | undefined {
  for (const name of names) {
    const value = attributeOf(graph, object, name);
    if (value !== undefined) return value;
  }
  return undefined;
}

function textOf(graph: HeapGraph, object: NodeIndex, names: readonly string[]): string | undefined {
  const value = valueOf(graph, object, names);
  return value === undefined ? undefined : graph.string(graph.columns.text[value]) || undefined;
}

function modulesNamed(graph: HeapGraph, names: readonly string[]): Map<string, NodeIndex> {
  const { kind, text } = graph.columns;
  const found = new Map<string, NodeIndex>();
  for (let node = 0; node < graph.nodeCount; node++) {
    if (kind[node] !== Kind.module) continue;
    const name = graph.string(text[node]);
    if (names.includes(name) && !found.has(name)) found.set(name, node);
  }
  return found;
}

/** True for `threading.local` itself, in C. */
export function isThreadLocal(type: TypeInfo): boolean {
  return /^(_?thread\._local|threading\.local)$/.test(typeInfoName(type));
}

/** Tells the types that are `threading.local` or derived from it, as far as the heap holds their bases. */
export function threadLocalTypes(graph: HeapGraph): (type: TypeInfo) => boolean {
  const bases = new Set(graph.types.filter((type) => type.node >= 0 && isThreadLocal(type)).map(({ node }) => node));
  return (type) => {
    const seen = new Set<NodeIndex>();
    let at: NodeIndex | undefined = type.node;
    while (at !== undefined && at >= 0 && !seen.has(at) && !bases.has(at)) {
      seen.add(at);
      at = attributeOf(graph, at, "__base__");
    }
    return isThreadLocal(type) || (at !== undefined && bases.has(at));
  };
}

/** Something that a thread has in a thread-local object. */
export interface LocalEntry {
  /** The dict of one thread; of which one the heap does not tell. */
  readonly dict: NodeIndex;
  readonly name: string;
  readonly value: NodeIndex;
  /** How many dicts lead to it: two for what threads have, one for the arguments of the object's class. */
  readonly depth: number;
}

/** All attributes that threads have in a thread-local object. */
export function* localEntries(graph: HeapGraph, local: NodeIndex): Generator<LocalEntry> {
  const { firstEdge, edgeTo, edgeLabel, kind } = graph.columns;
  function* look(dict: NodeIndex, depth: number): Generator<LocalEntry> {
    for (let e = firstEdge[dict]; e < firstEdge[dict + 1]; e++) {
      const name = nameOfLabel(graph, edgeLabel[e], LabelSort.key);
      if (name !== undefined) yield { dict, name, value: edgeTo[e], depth };
      else if (kind[edgeTo[e]] === Kind.dict && depth < 2) yield* look(edgeTo[e], depth + 1);
    }
  }
  // Three levels at most: the object, its dict of all threads, theirs.
  yield* look(local, 0);
}
