import type { HeapGraph, NodeIndex } from "../../heap/HeapGraph.js";
import { Flag, Kind } from "../../heap/kinds.js";
import { callbackOf } from "./callback.js";
import { subclassTables } from "./subclassTables.js";

/** How a weak reference stands. */
export const WeakState = {
  /** Its referent is in the heap. */
  alive: 0,
  /** It refers to nothing that the snapshot knows, and has no callback left. */
  dead: 1,
  /**
   * Nothing says which: it has no referent in the snapshot, but a callback still, which an object that dies takes with
   * it; or it stands in a class's table of subclasses, for a static type. Such ones are alive as a rule. Where the file
   * does not list weak references, all are unknown.
   */
  unknown: 2,
} as const;
export type WeakState = (typeof WeakState)[keyof typeof WeakState];

/** No node. */
export const NO_NODE: NodeIndex = -1;

/** All weak references and proxies of a heap, in columns: one row each, in ascending order of `node`. */
export interface WeakReferences {
  readonly node: Uint32Array;
  /** Node that it refers to, or NO_NODE. */
  readonly referent: Int32Array;
  /** Its callback, or NO_NODE. */
  readonly callback: Int32Array;
  /** A `WeakState` each. */
  readonly state: Uint8Array;
  /** Classes' tables of their subclasses: the interpreter's own use of weak references. */
  readonly subclassTables: ReadonlySet<NodeIndex>;
}

/**
 * Finds the weak references of a heap: instances of `weakref.ReferenceType` and of its subclasses, and proxies. Those of
 * the capture agent are left out.
 *
 * Dead ones are those that no referent lists. A referent that is not tracked and that nothing traversable holds (an
 * untracked object on the stack of running code, say) is in no snapshot; a weak reference to it without a callback looks
 * dead.
 */
export function findWeakReferences(graph: HeapGraph): WeakReferences {
  const { firstEdge, edgeTo } = graph.columns;
  const isWeak = weakNodes(graph);
  const count = isWeak.reduce((sum, mark) => sum + mark, 0);
  const node = new Uint32Array(count);
  const referent = new Int32Array(count).fill(NO_NODE);
  const callback = new Int32Array(count).fill(NO_NODE);
  const state = new Uint8Array(count);
  for (let i = 0, row = 0; i < isWeak.length; i++) if (isWeak[i] === 1) node[row++] = i;
  for (let i = 0; i < graph.weakrefs.length; i += 2) {
    const row = rowOf(node, graph.weakrefs[i + 1]);
    if (row >= 0) referent[row] = graph.weakrefs[i];
  }
  const tables = subclassTables(graph, isWeak);
  const inTable = new Set<NodeIndex>();
  for (const table of tables) {
    for (let e = firstEdge[table]; e < firstEdge[table + 1]; e++) if (isWeak[edgeTo[e]] === 1) inTable.add(edgeTo[e]);
  }
  for (let row = 0; row < count; row++) {
    callback[row] = callbackOf(graph, node[row]) ?? NO_NODE;
    const known = graph.info.has.weakrefs && callback[row] === NO_NODE && !inTable.has(node[row]);
    state[row] = referent[row] !== NO_NODE ? WeakState.alive : known ? WeakState.dead : WeakState.unknown;
  }
  return { node, referent, callback, state, subclassTables: tables };
}

/** The row of a node in an ascending column, or -1. */
export function rowOf(column: Uint32Array, node: NodeIndex): number {
  let low = 0;
  let high = column.length - 1;
  while (low <= high) {
    const middle = (low + high) >>> 1;
    if (column[middle] === node) return middle;
    if (column[middle] < node) low = middle + 1;
    else high = middle - 1;
  }
  return -1;
}

/** One byte a node, 1 for weak references. */
function weakNodes(graph: HeapGraph): Uint8Array {
  const { kind, type, flags } = graph.columns;
  const mark = new Uint8Array(graph.nodeCount);
  const isWeakType = weakTypes(graph);
  for (let node = 0; node < graph.nodeCount; node++) {
    if (kind[node] === Kind.weakref || isWeakType[type[node]] === 1) mark[node] = 1;
  }
  for (let i = 1; i < graph.weakrefs.length; i += 2) mark[graph.weakrefs[i]] = 1;
  for (let node = 0; node < graph.nodeCount; node++) {
    if (mark[node] === 0) continue;
    const callback = callbackOf(graph, node);
    if (((flags[node] | (callback === undefined ? 0 : flags[callback])) & Flag.agent) !== 0) mark[node] = 0;
  }
  return mark;
}

// Names of the static types, up to 3.10 and since.
const REFERENCE = /^(weakref|ReferenceType)$/;
const PROXY = /^(weakproxy|weakcallableproxy|ProxyType|CallableProxyType)$/;
const MODULE = /^(|builtins|__builtin__|weakref|_weakref)$/;

/**
 * One byte a type, 1 for those whose instances are weak references: the interpreter's own, and classes that derive from
 * them, by the types (`tp_base`) and the tuples (`__mro__`, `__bases__`) that a class refers to.
 */
function weakTypes(graph: HeapGraph): Uint8Array {
  const { firstEdge, edgeTo, kind } = graph.columns;
  const found = new Uint8Array(graph.types.length);
  const bases = new Set<NodeIndex>();
  graph.types.forEach(({ node, name, module }, t) => {
    const isStatic = node < 0 || !graph.hasFlag(node, Flag.tracked);
    if (!isStatic || !MODULE.test(module)) return;
    if (REFERENCE.test(name) && node >= 0) bases.add(node);
    if (REFERENCE.test(name) || PROXY.test(name)) found[t] = 1;
  });
  const holdsBase = (node: NodeIndex) => {
    for (let e = firstEdge[node]; e < firstEdge[node + 1]; e++) if (bases.has(edgeTo[e])) return true;
    return false;
  };
  graph.types.forEach(({ node }, t) => {
    if (node < 0) return;
    for (let e = firstEdge[node]; e < firstEdge[node + 1] && found[t] === 0; e++) {
      const target = edgeTo[e];
      if (bases.has(target) || (kind[target] === Kind.tuple && holdsBase(target))) found[t] = 1;
    }
  });
  return found;
}
