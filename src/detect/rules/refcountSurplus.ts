import type { NodeIndex } from "../../heap/HeapGraph.js";
import { Flag, Kind } from "../../heap/kinds.js";
import { printable } from "../../heap/names.js";
import type { Analysis } from "../../model/Analysis.js";
import { sourceOf } from "../../model/source.js";
import { type Detector, type Finding, fingerprint } from "../Finding.js";
import { groupBy, retainedTogether } from "../together.js";

const MANY = 100;

/**
 * Objects with references that nothing in the heap explains. C code may hold them rightly, so that one snapshot can
 * tell of them and no more.
 */
export const refcountSurplus: Detector = {
  rule: "refcount-surplus",
  detect(analysis) {
    const { graph, references, roots } = analysis;
    const { kind, flags } = graph.columns;
    const named = new Set(graph.roots.map(({ node }) => node));
    const held: NodeIndex[] = [];
    for (let node = 0; node < graph.nodeCount; node++) {
      if ((flags[node] & (Flag.tracked | Flag.frozen | Flag.immortal | Flag.agent)) !== Flag.tracked) continue;
      if (references.outside[node] <= 0 || roots.isGarbage[node] === 1 || named.has(node)) continue;
      // Classes and modules of C code are held by that code.
      if (kind[node] !== Kind.type && kind[node] !== Kind.module && kind[node] !== Kind.frame) held.push(node);
    }
    return [...groupBy(held, (node) => graph.typeName(node))].flatMap(([type, nodes]): Finding[] => {
      const surplus = nodes.reduce((sum, node) => sum + references.outside[node], 0);
      return surplus < MANY ? [] : [finding(analysis, type, nodes, surplus)];
    });
  },
};

function finding(analysis: Analysis, type: string, nodes: readonly NodeIndex[], surplus: number): Finding {
  const { graph, references } = analysis;
  const most = nodes.reduce((a, b) => (references.outside[b] > references.outside[a] ? b : a));
  const location = sourceOf(graph, most);
  const bytes = retainedTogether(analysis, nodes);
  return {
    rule: "refcount-surplus",
    severity: "info",
    title: { id: "surplus.title", arguments: { surplus, count: nodes.length, type: printable(type), bytes } },
    why: { id: "surplus.why", arguments: { id: graph.idText(most), most: references.outside[most] } },
    count: surplus,
    bytes,
    objects: nodes,
    fingerprint: fingerprint("refcount-surplus", type),
    ...(location && { location }),
    path: [{ label: "", node: most }],
  };
}
