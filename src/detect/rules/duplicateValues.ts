import type { HeapGraph, NodeIndex } from "../../heap/HeapGraph.js";
import { Flag, Kind } from "../../heap/kinds.js";
import { printable } from "../../heap/names.js";
import type { Analysis } from "../../model/Analysis.js";
import { rootPaths } from "../../model/paths.js";
import { type Detector, type Finding, fingerprint } from "../Finding.js";
import { holdersOf } from "../holders.js";
import { formatCount } from "../format.js";
import { groupBy } from "../together.js";

const MIN_COPIES = 50;
const MIN_SAVED = 100_000;
const MIN_HEAP_SHARE = 0.01;
const VALUES_NAMED = 3;
const TEXT = 40;
const ASKED = 20;

/** Equal immutable objects, with what is saved if one stands for all. */
interface Copies {
  readonly nodes: readonly NodeIndex[];
  readonly saved: number;
}

/** Immutable values of which there are many equal objects: numbers, texts, bytes, tuples of such. */
export const duplicateValues: Detector = {
  rule: "duplicate-values",
  detect(analysis) {
    const { graph, ownership } = analysis;
    const alive = ownership.retained[ownership.aliveRoot];
    const least = Math.max(MIN_SAVED, alive * MIN_HEAP_SHARE);
    const byType = groupBy(copiesOf(analysis), ({ nodes }) => graph.typeName(nodes[0]));
    return [...byType].flatMap(([type, all]) => {
      const saved = all.reduce((sum, copies) => sum + copies.saved, 0);
      return saved < least ? [] : [finding(analysis, type, all, saved)];
    });
  },
};

/** Groups of equal objects, by what the capture tells of texts and by the values of numbers; then tuples of these. */
function copiesOf(analysis: Analysis): Copies[] {
  const { graph, roots } = analysis;
  const { kind, selfSize, flags, type } = graph.columns;
  const value = new Map<NodeIndex, string>();
  const { equalGroup } = graph.facts;
  equalGroup?.nodes.forEach((node, i) => value.set(node, `=${equalGroup.values[i]}`));
  const candidates = new Map<string, NodeIndex[]>();
  const add = (node: NodeIndex, key: string) => {
    const group = candidates.get(key);
    if (group) group.push(node);
    else candidates.set(key, [node]);
  };
  for (let node = 0; node < graph.nodeCount; node++) {
    if (roots.isGarbage[node] === 1 || (flags[node] & (Flag.immortal | Flag.agent)) !== 0) continue;
    if (kind[node] === Kind.number) {
      const number = graph.numbers.get(node);
      if (number !== undefined) value.set(node, `${type[node]}:${Object.is(number, -0) ? "-0" : number}`);
    }
    const own = value.get(node);
    if (own !== undefined) add(node, own);
  }
  for (let node = 0; node < graph.nodeCount; node++) {
    if (kind[node] !== Kind.tuple || graph.typeName(node) !== "tuple" || roots.isGarbage[node] === 1) continue;
    const key = tupleValue(graph, node, value);
    if (key !== undefined) add(node, key);
  }
  return [...candidates.values()].flatMap((all) => {
    if (all.length < MIN_COPIES) return [];
    const nodes = all.filter((node) => !isConstant(analysis, node));
    if (nodes.length < MIN_COPIES) return [];
    return [{ nodes, saved: (nodes.length - 1) * selfSize[nodes[0]] }];
  });
}

/** True for a part of a code object or a function: which of these are shared is the compiler's affair. */
function isConstant({ graph, referrers }: Analysis, node: NodeIndex): boolean {
  const { kind } = graph.columns;
  for (let r = referrers.first[node]; r < referrers.first[node + 1]; r++) {
    const from = kind[referrers.to[r]];
    if (from === Kind.code || from === Kind.function) return true;
  }
  return false;
}

/** The value of a tuple whose elements all have one, or are objects that are the same anyway. */
function tupleValue(
  { columns }: HeapGraph,
  tuple: NodeIndex,
  value: ReadonlyMap<NodeIndex, string>,
): string | undefined {
  const { firstEdge, edgeTo, kind } = columns;
  const parts: string[] = [];
  for (let e = firstEdge[tuple]; e < firstEdge[tuple + 1]; e++) {
    const to = edgeTo[e];
    const isPlain =
      kind[to] === Kind.str || kind[to] === Kind.bytes || kind[to] === Kind.number || kind[to] === Kind.none;
    if (!isPlain) return undefined;
    parts.push(value.get(to) ?? `@${to}`);
  }
  return parts.length === 0 ? undefined : `(${parts.join(",")})`;
}

function finding(analysis: Analysis, type: string, all: readonly Copies[], saved: number): Finding {
  const { graph } = analysis;
  const sorted = [...all].sort((a, b) => b.saved - a.saved);
  const count = all.reduce((sum, { nodes }) => sum + nodes.length, 0);
  const named = sorted
    .slice(0, VALUES_NAMED)
    .map(({ nodes }) => `${valueText(graph, nodes[0])} × ${formatCount(nodes.length)}`);
  const [first] = sorted[0].nodes;
  const holders = holdersOf(analysis);
  // The first ones may stand elsewhere: what holds most of some is told.
  const some = sorted[0].nodes.filter((_, i, nodes) => i % Math.ceil(nodes.length / ASKED) === 0);
  const held = groupBy(
    some.flatMap((node) => holders.of(node) ?? []),
    ({ name }) => name.replace(/\[.*?\]/g, "[…]"),
  );
  const [[place, [holder]] = ["", [undefined]]] = [...held].sort((a, b) => b[1].length - a[1].length);
  return {
    rule: "duplicate-values",
    severity: "warning",
    title: { id: "duplicates.title", arguments: { count, type: printable(type), values: all.length, saved } },
    why: holder
      ? { id: "duplicates.why-held", arguments: { named: named.join(", "), place: printable(place) } }
      : { id: "duplicates.why", arguments: { named: named.join(", ") } },
    fix: { id: type === "str" ? "duplicates.fix-text" : "duplicates.fix", arguments: {} },
    count,
    bytes: saved,
    objects: sorted.flatMap(({ nodes }) => nodes),
    fingerprint: fingerprint("duplicate-values", type),
    ...(holder?.location && { location: holder.location }),
    ...(holder?.anchor && { anchor: holder.anchor }),
    path: rootPaths(analysis, first, 1)[0]?.steps ?? [],
  };
}

function valueText(graph: HeapGraph, node: NodeIndex): string {
  const { kind, text, firstEdge, edgeTo } = graph.columns;
  if (kind[node] === Kind.tuple) {
    const parts = [...edgeTo.subarray(firstEdge[node], firstEdge[node + 1])].reverse();
    return printable(`(${parts.map((part) => valueText(graph, part)).join(", ")})`, 2 * TEXT);
  }
  if (kind[node] === Kind.str) return `'${printable(graph.string(text[node]), TEXT)}'`;
  return kind[node] === Kind.number ? String(graph.numbers.get(node)) : printable(graph.nodeName(node), TEXT);
}
