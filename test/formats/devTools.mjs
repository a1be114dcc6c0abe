// What DevTools makes of a snapshot: devTools.mjs BUNDLE SNAPSHOT OUT. Runs in a Node that its code is for, and writes
// one row of numbers a node as float64: id, self size, retained size, distance, dominator's row. Prints the number of
// edges as JSON.
import { createReadStream, writeFileSync, writeSync } from "node:fs";
import { StringDecoder } from "node:string_decoder";
import { setImmediate } from "node:timers/promises";
import { pathToFileURL } from "node:url";

const [, , bundle, snapshot, out] = process.argv;
const { HeapSnapshot, HeapSnapshotLoader } = await import(pathToFileURL(bundle).href);

// It reports what it wonders about, such as nodes that only weak references lead to.
console.warn = console.error = () => {};
const loader = new HeapSnapshotLoader.HeapSnapshotLoader({ sendEvent() {} });
const decoder = new StringDecoder("utf8");
for await (const piece of createReadStream(snapshot)) {
  loader.write(decoder.write(piece));
  await setImmediate();
}
loader.close();
await loader.parsingComplete;
const channel = new MessageChannel();
new HeapSnapshot.SecondaryInitManager(channel.port2);
const heap = await loader.buildSnapshot(channel.port1);

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
