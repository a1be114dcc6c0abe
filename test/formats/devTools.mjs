// What DevTools makes of a snapshot: devTools.mjs BUNDLE SNAPSHOT OUT. Runs in a Node that its code is for, and writes
// one row of numbers a node as float64: id, self size, retained size, distance, dominator's row. Prints the number of
// edges as JSON.
import { writeFileSync, writeSync } from "node:fs";
import { openInDevTools } from "./devToolsHeap.mjs";

const [, , bundle, snapshot, out] = process.argv;
const heap = await openInDevTools(bundle, snapshot);

const fields = heap.nodeFieldCount;
const rows = new Float64Array(5 * heap.nodeCount);
for (let node = 0; node < heap.nodeCount; node++) {
  const value = (offset) => heap.nodes.getValue(node * fields + offset);
  rows[5 * node] = value(heap.nodeIdOffset);
  rows[5 * node + 1] = value(heap.nodeSelfSizeOffset);
  rows[5 * node + 2] = heap.retainedSizes[node];
  rows[5 * node + 3] = heap.nodeDistances[node];
  rows[5 * node + 4] = heap.dominatorsTree[node];
}
writeFileSync(out, new Uint8Array(rows.buffer));
writeSync(1, JSON.stringify({ edges: heap.containmentEdges.length / heap.edgeFieldsCount }));
process.exit(0);
