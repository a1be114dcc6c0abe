// Opens one snapshot, asks each kind of question many times about objects drawn by lot, and prints the times in
// milliseconds as JSON. Run as a process of its own.
import type { EdgeIndex, NodeIndex } from "../src/heap/HeapGraph.js";
import { Kind } from "../src/heap/kinds.js";
import { isStrong, sourceOf } from "../src/model/edges.js";
import { prepare } from "../src/session/prepare.js";
import { cutPreview } from "../src/session/queries/cut.js";
import { object } from "../src/session/queries/object.js";
import { why } from "../src/session/queries/why.js";
import { Session } from "../src/session/Session.js";
import { seeded } from "../test/rig/seeded.js";

const ASKED = 300;

const session = await Session.open(process.argv[2]);
const { graph, analysis } = session;
const start = performance.now();
await prepare(session, "findings");
const prepared = performance.now() - start;
const random = seeded(20041);
const draw = (limit: number) => Math.floor(random() * limit);

function strongEdge(): EdgeIndex {
  for (;;) {
    const edge = draw(graph.edgeCount);
    if (isStrong(graph, edge)) return edge;
  }
}

/** Asks as often as there are objects; the first question, which makes what all others use, is told apart. */
function times<T>(about: readonly T[], ask: (what: T) => void): { readonly first: number; readonly others: number[] } {
  const all = about.map((what) => {
    const begun = performance.now();
    ask(what);
    return performance.now() - begun;
  });
  return { first: all[0], others: all.slice(1) };
}

const nodes = Array.from({ length: ASKED + 1 }, (): NodeIndex => draw(graph.nodeCount));
const edges = Array.from({ length: ASKED + 1 }, strongEdge);
const cutEdge = (edge: EdgeIndex) => {
  const from = graph.idText(sourceOf(graph, edge));
  const to = graph.idText(graph.columns.edgeTo[edge]);
  return cutPreview(session, { references: [{ from, to }], ids: [from, to] });
};
const figures = {
  cut: times(edges, cutEdge),
  path: times(nodes, (node) => why(session, graph.idText(node))),
  neighbours: times(nodes, (node) => object(session, graph.idText(node))),
};

/** The largest cut that a user would make: the variable with the list that holds nearly everything. */
let largest = -1;
let most = 0;
for (let node = 0; node < graph.nodeCount; node++) {
  if (graph.columns.kind[node] !== Kind.list || analysis.ownership.retained[node] <= most) continue;
  largest = node;
  most = analysis.ownership.retained[node];
}
const holding = graph.columns.edgeTo.findIndex((to, edge) => to === largest && isStrong(graph, edge));
const begun = performance.now();
const cutMost = cutEdge(holding);
process.stdout.write(
  JSON.stringify({
    nodes: graph.nodeCount,
    prepared,
    ...figures,
    largest: { ms: performance.now() - begun, objects: cutMost.now.objects + cutMost.collection.objects },
    peakBytes: process.resourceUsage().maxRSS * 1024,
  }),
);
