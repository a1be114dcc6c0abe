import { execFileSync } from "node:child_process";
import { readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { Session } from "../../src/session/Session.js";
import type { V8Peers } from "../rig/v8Peers.mjs";

const COLUMNS = ["id", "self size", "retained size", "distance", "dominator"] as const;
// What DevTools calls the distance of a node that nothing leads to.
const NO_DISTANCE = -5;
const MOST_EXAMPLES = 10;

/** What DevTools and Ouroboros make of the same snapshot. */
export interface Comparison {
  readonly nodes: number;
  readonly edges: number;
  /** How many nodes differ, by what they differ in. The counts of nodes and edges stand for a difference each. */
  readonly differences: Readonly<Record<(typeof COLUMNS)[number] | "counts", number>>;
  /** The first differences: ours, theirs. */
  readonly examples: readonly string[];
}

/** Compares the counts, and of every node the columns above, with those of DevTools' own code. */
export async function compareWithDevTools(snapshot: string, peers: V8Peers): Promise<Comparison> {
  const out = `${snapshot}.rows`;
  const script = join("test", "formats", "devTools.mjs");
  // Its tables of a big heap are more than what Node allows itself.
  const told = execFileSync(peers.nodes["node24"], ["--max-old-space-size=8000", script, peers.bundle, snapshot, out], {
    encoding: "utf8",
  });
  const theirEdges = (JSON.parse(told) as { edges: number }).edges;
  const bytes = readFileSync(out);
  rmSync(out);
  const rows = new Float64Array(bytes.buffer, bytes.byteOffset, bytes.length / 8);
  const { graph, analysis } = await Session.open(snapshot);
  const { ownership } = analysis;
  const { nodeCount: nodes, edgeCount: edges } = graph;
  const root = graph.roots.find(({ engine }) => engine === true)!.node;
  const differences = Object.fromEntries(COLUMNS.map((column) => [column, 0]));
  const examples: string[] = [];
  const theirNodes = rows.length / COLUMNS.length;
  if (theirNodes !== nodes) examples.push(`nodes: ${nodes}, ${theirNodes}`);
  if (theirEdges !== edges) examples.push(`edges: ${edges}, ${theirEdges}`);
  const counts = examples.length;
  for (let node = 0; node < Math.min(nodes, theirNodes); node++) {
    const dominator = ownership.idom[node];
    const ours = [
      graph.columns.id[node],
      graph.columns.selfSize[node],
      ownership.retained[node],
      ownership.distance[node] < 0 ? NO_DISTANCE : ownership.distance[node],
      dominator >= nodes ? root : dominator,
    ];
    for (let i = 0; i < COLUMNS.length; i++) {
      const theirs = rows[node * COLUMNS.length + i];
      if (ours[i] === theirs) continue;
      differences[COLUMNS[i]]++;
      if (examples.length >= MOST_EXAMPLES) continue;
      examples.push(`${COLUMNS[i]} of ${graph.idText(node)} ${graph.nodeName(node)}: ${ours[i]}, ${theirs}`);
    }
  }
  return { nodes, edges, differences: { ...differences, counts } as Comparison["differences"], examples };
}
