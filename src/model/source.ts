import type { HeapGraph, NodeIndex, SourceLocation } from "../heap/HeapGraph.js";
import { Flag, Kind } from "../heap/kinds.js";
import { LabelSort, nameOfLabel } from "../heap/labels.js";
import { isOfRuntime } from "./scriptNames.js";

/**
 * What stands at a better line than a snapshot knows: a class's definition, or a variable's first assignment. A
 * `global` one is a module's, an `enclosing` one a variable of the function around the known line.
 */
export interface Anchor {
  readonly kind: "class" | "variable" | "global" | "enclosing";
  readonly name: string;
}

/** Where a cycle comes from. */
export interface CycleSource {
  readonly telling: NodeIndex;
  readonly location?: SourceLocation;
  /** Set where the line is that of a class's first method. */
  readonly anchor?: Anchor;
}

// Which object of a cycle tells most about where it comes from. Data without code comes last.
const TELLING: readonly number[] = [
  Kind.function,
  Kind.generator,
  Kind.coroutine,
  Kind.instance,
  Kind.exception,
  Kind.frame,
  Kind.type,
];

/** Where a function is defined, also one that a descriptor wraps (classmethod, staticmethod, property). */
function functionLocation(graph: HeapGraph, node: NodeIndex): SourceLocation | undefined {
  const { firstEdge, edgeTo, kind } = graph.columns;
  if (kind[node] === Kind.function) return graph.location(node);
  if (kind[node] !== Kind.descriptor) return undefined;
  for (let e = firstEdge[node]; e < firstEdge[node + 1]; e++) {
    if (kind[edgeTo[e]] === Kind.function) return graph.location(edgeTo[e]);
  }
  return undefined;
}

/** The source of a type: the file, and the line of the class or (before 3.13) of its first method. */
export function typeLocation(graph: HeapGraph, typeNode: NodeIndex): SourceLocation | undefined {
  const { firstEdge, edgeTo, edgeLabel, kind } = graph.columns;
  const name = graph.string(graph.columns.text[typeNode]).split(".").at(-1) ?? "";
  let dict = -1;
  for (let e = firstEdge[typeNode]; e < firstEdge[typeNode + 1] && dict < 0; e++) {
    if (nameOfLabel(graph, edgeLabel[e], LabelSort.attribute) === "__dict__") dict = edgeTo[e];
  }
  if (dict < 0) return undefined;
  let best: SourceLocation | undefined;
  let line = 0;
  for (let e = firstEdge[dict]; e < firstEdge[dict + 1]; e++) {
    const target = edgeTo[e];
    const label = edgeLabel[e];
    if (kind[target] === Kind.number && nameOfLabel(graph, label, LabelSort.key) === "__firstlineno__") {
      line = graph.numbers.get(target) ?? 0;
    }
    const at = functionLocation(graph, target);
    // A function that only lives elsewhere (assigned to the class) is no sign of where the class is.
    const own = at && kind[target] === Kind.function && graph.string(graph.columns.text[target]).split(".").at(-2);
    if (at && (!own || own === name) && (!best || at.line < best.line)) best = at;
  }
  return best && { file: best.file, line: line || best.line, name };
}

/** Where a node comes from: its own code, else its class. */
export function sourceOf(graph: HeapGraph, node: NodeIndex): SourceLocation | undefined {
  const own = graph.location(node);
  if (own) return own;
  if (graph.columns.kind[node] === Kind.type) return typeLocation(graph, node);
  if (!graph.hasFlag(node, Flag.heapType)) return undefined;
  const type = graph.types[graph.columns.type[node]];
  return type.node >= 0 ? typeLocation(graph, type.node) : undefined;
}

/**
 * The member of a cycle that names its origin: a function before a generator, an instance, and so on, and one whose
 * source is known before one without. Among functions the one that is defined last in its file: of closures that call
 * each other, that is the one which the enclosing function returns.
 */
function tellingMember(graph: HeapGraph, members: Uint32Array): NodeIndex {
  const { kind } = graph.columns;
  const rankOf = (node: number): number => {
    const rank = TELLING.indexOf(kind[node]);
    if (rank >= 0) return rank;
    return graph.hasFlag(node, Flag.heapType) ? TELLING.indexOf(Kind.instance) : TELLING.length;
  };
  let best = members[0];
  let bestRank = Infinity;
  let bestLine = -1;
  for (const node of members) {
    const plainRank = rankOf(node);
    if (plainRank > bestRank) continue;
    const source = sourceOf(graph, node);
    const rank = source ? plainRank : plainRank + TELLING.length + 1;
    if (rank > bestRank) continue;
    const line = source?.line ?? 0;
    if (rank < bestRank || line > bestLine) {
      best = node;
      bestRank = rank;
      bestLine = line;
    }
  }
  return best;
}

/** The member of a cycle that names its origin, and its source. */
export function cycleSource(graph: HeapGraph, members: Uint32Array): CycleSource {
  const telling = tellingMember(graph, members);
  const location = sourceOf(graph, telling);
  if (!location) return { telling };
  // Without a location of its own the member is an instance, or a class.
  return graph.location(telling)
    ? { telling, location }
    : { telling, location, anchor: { kind: "class", name: location.name } };
}

// Where the standard library lies, or a package that somebody installed.
const LIBRARY = /(^<frozen |[\\/]lib[\\/]python[\d.]*[\\/]|[\\/](site|dist)-packages[\\/])/i;
const STANDARD_LIBRARY = /(^<frozen |[\\/]lib[\\/]python[\d.]+[\\/](?!(site|dist)-packages))/i;
// What npm installed; webpack calls that folder "~". Packages of npm bring Python files too, which are told as ever.
const NODE_MODULE = /((^|[\\/])node_modules[\\/]|^webpack(-internal)?:\/\/.*\/~\/)(?!.*\.py[co]?$)/is;

/** True for a file that is not the user's own: the standard library or an installed package. */
export function isLibrary(file: string): boolean {
  return LIBRARY.test(file) || NODE_MODULE.test(file) || isStandardLibrary(file);
}

// What captures a program under Node is in the snapshot, and none of the program's.
const AGENT = /[\\/]ouroboros-capture\.cjs$/;

/** True for a file of the standard library, of Python's or of Node's, and for the agent in a heap of Node's. */
export function isStandardLibrary(file: string): boolean {
  return STANDARD_LIBRARY.test(file) || isOfRuntime(file) || AGENT.test(file);
}
