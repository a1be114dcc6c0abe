// Opens one snapshot and prints what each step took, in milliseconds, as JSON. Run as a process of its own.
import { readFile } from "node:fs/promises";
import { bytesSource } from "../src/formats/ByteSource.js";
import { ZipArchive } from "../src/formats/zip.js";
import { Analysis } from "../src/model/Analysis.js";
import { openHeap } from "../src/session/open.js";

const path = process.argv[2];
const steps: Record<string, number> = {};

async function step<T>(name: string, work: () => T | Promise<T>): Promise<T> {
  const start = performance.now();
  const result = await work();
  steps[name] = performance.now() - start;
  return result;
}

// Without the program's start and the first compilation nothing can be read: columns inflated and checked, no more.
if (process.argv[3] === "floor") {
  await step("inflate", async () => {
    const zip = await ZipArchive.open(bytesSource(path, await readFile(path)), "floor");
    for (const member of zip.members()) await zip.read(member.name);
  });
  process.stdout.write(JSON.stringify({ steps }));
} else {
  const graph = await step("read", () => openHeap(path));
  const analysis = new Analysis(graph);
  await step("verdict", () => analysis.verdict);
  await step("retained", () => analysis.ownership);
  await step("families", () => analysis.families);
  process.stdout.write(
    JSON.stringify({
      steps,
      nodes: graph.nodeCount,
      edges: graph.edgeCount,
      peakBytes: process.resourceUsage().maxRSS * 1024,
    }),
  );
}
