import type { HeapGraph, NodeIndex } from "../../heap/HeapGraph.js";
import { Flag, Kind } from "../../heap/kinds.js";
import { LabelSort, labelSort } from "../../heap/labels.js";
import type { CycleNames } from "./CycleNames.js";
import type { RemedyKind } from "./Remedy.js";

/** How a programmer can end a reference, and what that costs: 1 for one line at a known spot, upwards. */
export interface Change {
  readonly kind: RemedyKind;
  readonly effort: number;
}

/** Powers of two in their fractions, so that sums are exact and ties are ties. */
const EFFORT: Readonly<Record<RemedyKind, number>> = {
  "clear-cell": 1,
  "delete-exception": 1,
  "delete-traceback": 1,
  "delete-frame": 1,
  "drop-traceback": 1.25,
  "delete-local": 1.5,
  "weak-parent": 1.5,
  "weak-method": 1.75,
  "weak-attribute": 2,
  "drop-context": 2,
  "clear-attribute": 2.5,
  "cached-method": 2.5,
  "weak-capture": 3,
  "clear-capture": 3,
  "remove-value": 4,
  "remove-key": 4,
  "remove-item": 4,
  "remove-member": 4,
  "clear-cache": 4,
  "clear-namespace": 4,
  "clear-container": 5,
};
/** The effort where the variable is the object itself: a closure or a method can hold it weakly, nobody can empty it. */
const CAPTURED_SELF = 2;
const LOCAL_SELF = 3;
const UPWARDS_KEY = 3;

// Names by which a child knows what it belongs to: the reference to make weak.
const UPWARDS = /^_*(parent|owner|root|prev|previous|back|container|outer|up)(_?ref)?_*$/i;
const SELF = /^(self|cls|this)$/;
const DUNDER = /^__\w+__$/;
const CONTAINERS: ReadonlySet<number> = new Set([Kind.dict, Kind.list, Kind.set, Kind.deque, Kind.tuple]);
const CACHE = "_lru_cache_wrapper";

const change = (kind: RemedyKind, effort = EFFORT[kind]): Change => ({ kind, effort });

/**
 * What can be done about a reference inside a cycle; undefined for what Python code can't change: the parts of
 * functions, classes, tracebacks and methods, tuples, and what C code holds.
 */
export function changeOf(
  graph: HeapGraph,
  names: CycleNames,
  from: NodeIndex,
  to: NodeIndex,
  label: number,
): Change | undefined {
  const { kind } = graph.columns;
  const name = names.text(label);
  switch (labelSort(label)) {
    case LabelSort.closure:
      return capture(graph, names, to, name);
    case LabelSort.local:
      return local(kind[to], name);
    case LabelSort.attribute:
      if (kind[from] === Kind.cell) return capture(graph, names, to, "");
      if (kind[from] === Kind.exception && name === "__traceback__") return change("drop-traceback");
      if (kind[from] === Kind.exception && /^__(context|cause)__$/.test(name)) return change("drop-context");
      if (kind[from] === Kind.type || !names.isPythonInstance(from)) return undefined;
      return attribute(graph, names, to, name);
    case LabelSort.key:
    case LabelSort.nodeKey:
    case LabelSort.keyOf:
      return entry(graph, names, from, to, label);
    case LabelSort.index:
      if (kind[from] === Kind.tuple) return undefined;
      return kind[to] === Kind.method ? change("weak-method") : change("remove-item");
    default:
      return member(graph, from);
  }
}

function capture(graph: HeapGraph, names: CycleNames, to: NodeIndex, name: string): Change | undefined {
  const { kind } = graph.columns;
  // The class of a method that says `super()`: the compiler's own variable.
  if (name === "__class__" || kind[to] === Kind.type || kind[to] === Kind.module) return undefined;
  if (kind[to] === Kind.function) return change("clear-cell");
  if (!takesWeakrefs(graph, names, to)) return change("clear-capture");
  return change("weak-capture", SELF.test(name) ? CAPTURED_SELF : undefined);
}

function local(target: number, name: string): Change | undefined {
  // `.0` is the iterator of a comprehension. What a cell holds is the cell's reference.
  if (target === Kind.cell || name.startsWith(".")) return undefined;
  if (target === Kind.exception) return change("delete-exception");
  if (target === Kind.traceback) return change("delete-traceback");
  if (target === Kind.frame) return change("delete-frame");
  return change("delete-local", SELF.test(name) ? LOCAL_SELF : undefined);
}

function attribute(graph: HeapGraph, names: CycleNames, to: NodeIndex, name: string): Change | undefined {
  const { kind } = graph.columns;
  if (DUNDER.test(name) || name === "") return undefined;
  if (graph.typeName(to).endsWith(CACHE)) return change("cached-method");
  if (takesWeakrefs(graph, names, to)) return change(UPWARDS.test(name) ? "weak-parent" : "weak-attribute");
  if (CONTAINERS.has(kind[to])) return change("clear-container");
  return change(kind[to] === Kind.method ? "weak-method" : "clear-attribute");
}

function entry(graph: HeapGraph, names: CycleNames, from: NodeIndex, to: NodeIndex, label: number): Change | undefined {
  const { kind } = graph.columns;
  const name = names.text(label);
  const sort = labelSort(label);
  const owner = names.dictOwner(from);
  if (owner !== undefined) {
    if (graph.typeName(owner).endsWith(CACHE)) return sort === LabelSort.key ? undefined : change("clear-cache");
    if (kind[owner] === Kind.type) return undefined;
    if (kind[owner] !== Kind.module) return sort === LabelSort.key ? attribute(graph, names, to, name) : undefined;
    return change("clear-namespace");
  }
  if (names.isNamespace(from)) return change("clear-namespace");
  if (sort === LabelSort.keyOf) return change("remove-key");
  if (kind[to] === Kind.method) return change("weak-method");
  // An unnamed dict with such a key is a record, and the key its field.
  return change("remove-value", !names.holder(from) && UPWARDS.test(name) ? UPWARDS_KEY : undefined);
}

function member(graph: HeapGraph, from: NodeIndex): Change | undefined {
  const { kind } = graph.columns;
  if (kind[from] === Kind.deque) return change("remove-item");
  return kind[from] === Kind.set && graph.typeName(from) !== "frozenset" ? change("remove-member") : undefined;
}

/** Only instances of Python classes do, but for those of subclasses of tuples and numbers. */
function takesWeakrefs(graph: HeapGraph, names: CycleNames, node: NodeIndex): boolean {
  const { kind } = graph.columns;
  if (kind[node] === Kind.instance) return names.isPythonInstance(node);
  return CONTAINERS.has(kind[node]) && kind[node] !== Kind.tuple && isSubclass(graph, names, node);
}

function isSubclass(graph: HeapGraph, names: CycleNames, node: NodeIndex): boolean {
  return graph.hasFlag(node, Flag.heapType) && names.isPythonInstance(node);
}
