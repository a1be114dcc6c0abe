// Opens a V8 snapshot, computes its retained sizes, and prints when each was ready as JSON. Run as a process of its own.
import { openHeap } from "../../src/session/open.js";
import { Analysis } from "../../src/model/Analysis.js";

const start = performance.now();
const graph = await openHeap(process.argv[2]);
const parsed = performance.now() - start;
const { user, system } = process.cpuUsage();
const { ownership } = new Analysis(graph);
const retained = performance.now() - start;
process.stdout.write(
  JSON.stringify({ parsed, parsedCpu: (user + system) / 1e3, retained, bytes: ownership.retained[graph.nodeCount] }),
);
