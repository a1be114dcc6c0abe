import type { NodeIndex } from "../../heap/HeapGraph.js";
import { printable } from "../../heap/names.js";
import type { Analysis } from "../../model/Analysis.js";
import { sourceOf } from "../../model/source.js";
import { type Detector, type Finding, fingerprint } from "../Finding.js";
import { groupBy, retainedTogether } from "../together.js";

const TYPES_NAMED = 3;

/** What the collector has found and will never free: `gc.garbage`, and cycles with a legacy finalizer. */
export const uncollectable: Detector = {
  rule: "uncollectable",
  detect(analysis) {
    const { graph, outcome } = analysis;
    const list = graph.roots.find(({ name }) => name === "gc.garbage")?.node;
    const { firstEdge, edgeTo } = graph.columns;
    const kept = list === undefined ? [] : [...edgeTo.subarray(firstEdge[list], firstEdge[list + 1])];
    const found: Finding[] = [];
    if (kept.length > 0) found.push(finding(analysis, "kept", kept));
    if (outcome.uncollectable.length > 0) found.push(finding(analysis, "aside", [...outcome.uncollectable]));
    return found;
  },
};

function finding(analysis: Analysis, sort: "kept" | "aside", nodes: readonly NodeIndex[]): Finding {
  const { graph } = analysis;
  const byType = [...groupBy(nodes, (node) => graph.typeName(node))].sort((a, b) => b[1].length - a[1].length);
  const [location] = byType.flatMap(([, [node]]) => sourceOf(graph, node) ?? []);
  const own = byType.map(([name]) => name).filter((name) => name.includes("."));
  const named = (own.length > 0 ? own : byType.map(([name]) => name)).slice(0, TYPES_NAMED);
  const types = named.map((name) => printable(name)).join(", ");
  const bytes = retainedTogether(analysis, nodes);
  return {
    rule: "uncollectable",
    severity: "error",
    title: { id: `uncollectable.title-${sort}`, arguments: { count: nodes.length, types, bytes } },
    why: { id: `uncollectable.why-${sort}`, arguments: {} },
    fix: { id: `uncollectable.fix-${sort}`, arguments: {} },
    count: nodes.length,
    bytes,
    objects: nodes,
    fingerprint: fingerprint("uncollectable", sort, named.join(" ")),
    ...(location && { location, anchor: { kind: "class" as const, name: location.name } }),
    path: [{ label: "", node: byType[0][1][0] }],
  };
}
