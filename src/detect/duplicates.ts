import type { HeapGraph, NodeIndex } from "../heap/HeapGraph.js";
import { Flag, Kind } from "../heap/kinds.js";
import { printable } from "../heap/names.js";
import type { Analysis } from "../model/Analysis.js";
import { firstEquals } from "./equalValues.js";
import { type Holder, holdersOf } from "./holders.js";
import { groupBy } from "./together.js";

// So many of the equal objects are asked who holds them.
const ASKED = 20;

/** Equal immutable objects that are alive, and what would be saved if one stood for all. */
export interface Copies {
  /** Node indices, ascending. */
  readonly nodes: Uint32Array;
  /** Bytes of all but the largest, without what only they hold. */
  readonly saved: number;
}

/** Which objects are left out because they are part of code. */
export const Constants = {
  /** What a code object or a function refers to itself. */
  direct: 1,
  /** Also what stands in the tuples and frozen sets of code objects: the constants proper. */
  all: 2,
} as const;
export type Constants = (typeof Constants)[keyof typeof Constants];

/**
 * Groups of equal objects: numbers, texts, bytes, and tuples of these. Exact types only, so that 1, 1.0 and True are
 * apart, and so are 0.0 and -0.0; nan equals nothing. Left out are garbage, the agent's, what never dies, and
 * constants of code: which of these are shared is the compiler's affair.
 * @param least groups of fewer objects are left out
 * @returns the groups, by their first object
 */
export function copiesOf(analysis: Analysis, least: number, constants: Constants): Copies[] {
  const { graph } = analysis;
  const { selfSize } = graph.columns;
  const { first, nodes } = groupsOf(analysis, constants);
  const found: Copies[] = [];
  for (let group = 0; group + 1 < first.length; group++) {
    if (first[group + 1] - first[group] < Math.max(2, least)) continue;
    const own = nodes.subarray(first[group], first[group + 1]);
    let [sum, most] = [0, 0];
    for (const node of own) {
      sum += selfSize[node];
      if (selfSize[node] > most) most = selfSize[node];
    }
    // Equal texts can differ in size: some carry a second encoding of themselves.
    found.push({ nodes: own, saved: sum - most });
  }
  return found;
}

/** Group g is `nodes` from `first[g]` up to `first[g + 1]`; groups of one are among them. */
function groupsOf(
  analysis: Analysis,
  constants: Constants,
): { readonly first: Uint32Array; readonly nodes: Uint32Array } {
  const { graph } = analysis;
  const { flags } = graph.columns;
  const equalTo = firstEquals(analysis);
  const constant = constantsOfCode(graph, constants);
  const counts = new Uint32Array(graph.nodeCount);
  const isIn = new Uint8Array(graph.nodeCount);
  let [groups, members] = [0, 0];
  for (let node = 0; node < graph.nodeCount; node++) {
    if (equalTo[node] === 0 || constant[node] === 1) continue;
    if ((flags[node] & (Flag.immortal | Flag.agent)) !== 0 || isHeldByToolsOnly(analysis, node)) continue;
    isIn[node] = 1;
    members++;
    if (counts[equalTo[node] - 1]++ === 0) groups++;
  }
  const first = new Uint32Array(groups + 1);
  const nodes = new Uint32Array(members);
  let [group, at] = [0, 0];
  for (let value = 0; value < graph.nodeCount; value++) {
    if (counts[value] === 0) continue;
    at += counts[value];
    // From a count to the place of the group's next member.
    counts[value] = first[group];
    first[++group] = at;
  }
  for (let node = 0; node < graph.nodeCount; node++) {
    if (isIn[node] === 1) nodes[counts[equalTo[node] - 1]++] = node;
  }
  return { first, nodes };
}

/** True for the values of the agent's own variables, which are not marked themselves, and for those of a syntax tree. */
function isHeldByToolsOnly(analysis: Analysis, node: NodeIndex): boolean {
  const { graph, referrers } = analysis;
  const { flags } = graph.columns;
  const [start, end] = [referrers.first[node], referrers.first[node + 1]];
  for (let r = start; r < end; r++) {
    const from = referrers.to[r];
    if ((flags[from] & Flag.agent) === 0 && !isSyntaxTree(analysis, from)) return false;
  }
  return start < end;
}

/**
 * True for what keeps the names and constants of a script while it runs: a list that no object refers to (the arena of
 * its syntax tree, Python/pyarena.c).
 */
function isSyntaxTree({ graph, referrers, references }: Analysis, node: NodeIndex): boolean {
  if (graph.columns.kind[node] !== Kind.list) return false;
  return referrers.first[node] === referrers.first[node + 1] && references.outside[node] === 1;
}

/** One byte a node: 1 for what code objects and functions refer to, as far as `depth` says. */
function constantsOfCode(graph: HeapGraph, depth: Constants): Uint8Array {
  const { kind, firstEdge, edgeTo } = graph.columns;
  const constant = new Uint8Array(graph.nodeCount);
  const open: NodeIndex[] = [];
  // A function's tuples are not followed: what is in a default argument is the program's data.
  const mark = (from: NodeIndex, follow: boolean) => {
    for (let e = firstEdge[from]; e < firstEdge[from + 1]; e++) {
      const to = edgeTo[e];
      const isNew = constant[to] === 0;
      constant[to] = 1;
      if (isNew && follow && (kind[to] === Kind.tuple || kind[to] === Kind.set)) open.push(to);
    }
  };
  for (let node = 0; node < graph.nodeCount; node++) {
    if (kind[node] === Kind.code) mark(node, depth === Constants.all);
  }
  for (let node = open.pop(); node !== undefined; node = open.pop()) mark(node, true);
  for (let node = 0; node < graph.nodeCount; node++) {
    if (kind[node] === Kind.function) mark(node, false);
  }
  return constant;
}

/** What holds most of some of the objects, with the indices in its name left open; undefined where nothing does. */
export function commonHolder(
  analysis: Analysis,
  nodes: Uint32Array,
  asked = ASKED,
): { readonly place: string; readonly holder: Holder } | undefined {
  const holders = holdersOf(analysis);
  // The first ones may stand elsewhere: some from all over are asked.
  const some = nodes.filter((_, i) => i % Math.ceil(nodes.length / asked) === 0);
  const held = groupBy(
    [...some].flatMap((node) => holders.of(node) ?? []),
    ({ name }) => name.replace(/\[.*?\]/g, "[…]"),
  );
  const [most] = [...held].sort((a, b) => b[1].length - a[1].length);
  return most && { place: most[0], holder: most[1][0] };
}

/** A value as Python writes it, on one line; texts cut at `limit` characters. What is not recorded is the type's name. */
export function valueText(graph: HeapGraph, node: NodeIndex, limit: number): string {
  const { kind, text, firstEdge, edgeTo } = graph.columns;
  if (kind[node] === Kind.tuple) {
    // Tuples are traversed from the end.
    const parts = [...edgeTo.subarray(firstEdge[node], firstEdge[node + 1])].reverse();
    const inner = parts.map((part) => valueText(graph, part, limit)).join(", ");
    return printable(`(${inner}${parts.length === 1 ? "," : ""})`, 2 * limit);
  }
  if (kind[node] === Kind.str && text[node] !== 0) return `'${printable(graph.string(text[node]), limit)}'`;
  const number = kind[node] === Kind.number ? graph.numbers.get(node) : undefined;
  if (number === undefined) return printable(graph.nodeName(node), limit);
  return graph.typeName(node) === "float" ? floatText(number) : String(number);
}

/** A float as Python's repr has it: 3.0, -0.0, 1e-05, inf. */
export function floatText(value: number): string {
  if (Number.isNaN(value)) return "nan";
  if (!Number.isFinite(value)) return value > 0 ? "inf" : "-inf";
  if (Object.is(value, -0)) return "-0.0";
  const [digits, power] = value.toExponential().split("e");
  const exponent = Number(power);
  // JavaScript writes an exponent later than Python does, and with one digit where that is enough.
  if (exponent < -4 || exponent >= 16) {
    return `${digits}e${exponent < 0 ? "-" : "+"}${String(Math.abs(exponent)).padStart(2, "0")}`;
  }
  return Number.isInteger(value) ? `${value}.0` : String(value);
}

/** What would be saved if all objects of some sort were shared that are equal. */
export interface SharingPolicy {
  readonly name: string;
  /** In a sentence: which objects are shared. */
  readonly what: string;
  /** Objects that another one would stand for. */
  readonly count: number;
  /** Bytes that would be freed; floats and texts that only the freed tuples hold are among them. */
  readonly saved: number;
}

const LARGEST_SHARED = 10;

const POLICIES: readonly {
  readonly name: string;
  readonly what: string;
  readonly types: readonly string[];
  readonly isShared?: (number: number) => boolean;
}[] = [
  {
    name: "integral floats from -10.0 to 10.0",
    what: "floats with an integral value in this range are shared, as small ints are; 0.0 and -0.0 are two values",
    types: ["float"],
    isShared: (number) => Number.isInteger(number) && Math.abs(number) <= LARGEST_SHARED,
  },
  { name: "all equal floats", what: "there is one float object for each value, nan apart", types: ["float"] },
  {
    name: "interned strings",
    what: "there is one str object for each text; in Python 2 one unicode object, too",
    types: ["str", "unicode"],
  },
  { name: "equal bytes", what: "there is one bytes object for each value", types: ["bytes"] },
  {
    name: "equal tuples",
    what: "there is one tuple for each sequence of equal numbers, texts and bytes; what only the others held goes, too",
    types: ["tuple"],
  },
];

/** What each policy would save by itself. Two can free the same object, so their bytes can't be added up. */
export function sharingPolicies(analysis: Analysis, all: readonly Copies[]): SharingPolicy[] {
  const { graph } = analysis;
  return POLICIES.map(({ name, what, types, isShared }) => {
    let [count, saved] = [0, 0];
    const chosen = all.filter(({ nodes }) => {
      return types.includes(graph.typeName(nodes[0])) && (!isShared || isShared(graph.numbers.get(nodes[0]) ?? NaN));
    });
    for (const copies of chosen) {
      count += copies.nodes.length - 1;
      saved += copies.saved;
    }
    if (types.includes("tuple")) saved += heldOnlyBy(analysis, chosen);
    return { name, what, count, saved };
  });
}

/** Bytes of the elements that nothing refers to but the tuples that the first one of each group stands for. */
function heldOnlyBy({ graph, references }: Analysis, tuples: readonly Copies[]): number {
  const { firstEdge, edgeTo, selfSize } = graph.columns;
  const { inside, outside } = references;
  const gone = new Uint32Array(graph.nodeCount);
  let bytes = 0;
  for (const { nodes } of tuples) {
    for (const tuple of nodes.subarray(1)) {
      for (let e = firstEdge[tuple]; e < firstEdge[tuple + 1]; e++) {
        const to = edgeTo[e];
        // -1 from outside: that is not known, or the object never dies.
        if (++gone[to] === inside[to] && outside[to] <= 0 && !graph.hasFlag(to, Flag.immortal)) bytes += selfSize[to];
      }
    }
  }
  return bytes;
}
