import type { NodeIndex } from "../../heap/HeapGraph.js";
import { Flag } from "../../heap/kinds.js";
import { printable } from "../../heap/names.js";
import type { Analysis } from "../../model/Analysis.js";
import { rootPaths } from "../../model/paths.js";
import { type Detector, type Finding, fingerprint } from "../Finding.js";
import { formatCount } from "../format.js";
import { type Holder, holdersOf } from "../holders.js";
import { groupBy, retainedTogether } from "../together.js";

const FEWEST = 10;
const NAMED = 3;

/** Nodes that were taken out of their document, but are still held by the program (V8: a browser's). */
export const detachedDom: Detector = {
  rule: "detached-dom",
  detect(analysis) {
    const { graph } = analysis;
    const { flags } = graph.columns;
    const detached: NodeIndex[] = [];
    // Node's own objects of C++ are marked too.
    const ofNode = graph.types.map(({ name }) => name.startsWith("Node / "));
    const isDom = (node: NodeIndex) => !ofNode[graph.columns.type[node]];
    for (let node = 0; node < graph.nodeCount; node++) {
      if ((flags[node] & (Flag.detached | Flag.synthetic)) === Flag.detached && isDom(node)) detached.push(node);
    }
    if (detached.length < FEWEST) return [];
    // Of a tree that was taken out the top is told; what hangs below it goes with it.
    const sizes = treesOf(analysis, detached);
    const holders = holdersOf(analysis);
    const held = [...sizes.keys()].map((node) => ({ node, holder: holders.of(node) }));
    const groups = groupBy(held, ({ holder }) => (holder ? `${holder.name} ${holder.location?.file ?? ""}` : ""));
    return [...groups.values()].flatMap((group) => {
      const nodes = group.map(({ node }) => node);
      const all = nodes.reduce((sum, node) => sum + sizes.get(node)!, 0);
      return all < FEWEST ? [] : [finding(analysis, nodes, group[0].holder)];
    });
  },
};

/** The detached nodes that no other one keeps, each with how many it keeps, itself among them. */
function treesOf({ graph, ownership }: Analysis, detached: readonly NodeIndex[]): Map<NodeIndex, number> {
  const own = new Set(detached);
  // The topmost detached node at or above a node, or -1, for the nodes on the way up that were looked at.
  const topOf = new Map<NodeIndex, NodeIndex>();
  const sizes = new Map<NodeIndex, number>();
  for (const node of detached) {
    const way: NodeIndex[] = [];
    let at = node;
    for (; at < graph.nodeCount && !topOf.has(at); at = ownership.idom[at]) way.push(at);
    let top = topOf.get(at) ?? -1;
    for (const below of way.reverse()) {
      if (top < 0 && own.has(below)) top = below;
      topOf.set(below, top);
    }
    const topmost = topOf.get(node)!;
    sizes.set(topmost, (sizes.get(topmost) ?? 0) + 1);
  }
  return sizes;
}

function finding(analysis: Analysis, nodes: readonly NodeIndex[], holder: Holder | undefined): Finding {
  const { graph } = analysis;
  const byName = [...groupBy(nodes, (node) => graph.typeName(node))].sort((a, b) => b[1].length - a[1].length);
  const named = byName.slice(0, NAMED).map(([name, some]) => `${printable(name)} × ${formatCount(some.length)}`);
  const bytes = retainedTogether(analysis, nodes);
  return {
    rule: "detached-dom",
    severity: "warning",
    title: { id: "detached.title", arguments: { count: nodes.length, bytes } },
    why: holder
      ? { id: "detached.why-held", arguments: { named: named.join(", "), place: printable(holder.name) } }
      : { id: "detached.why", arguments: { named: named.join(", ") } },
    fix: { id: "detached.fix", arguments: {} },
    count: nodes.length,
    bytes,
    objects: nodes,
    fingerprint: fingerprint("detached-dom", holder?.where ?? "", holder?.name ?? ""),
    ...(holder?.location && { location: holder.location }),
    ...(holder?.anchor && { anchor: holder.anchor }),
    path: rootPaths(analysis, nodes[0], 1)[0]?.steps ?? [],
  };
}
