// Which variables of contexts DevTools calls dead: contexts.mjs BUNDLE SNAPSHOT. Runs in a Node that its code is for,
// and prints [[id of the context, name of the variable], …] as JSON.
import { createReadStream, writeSync } from "node:fs";
import { StringDecoder } from "node:string_decoder";
import { setImmediate } from "node:timers/promises";
import { pathToFileURL } from "node:url";

const [, , bundle, snapshot] = process.argv;
const { HeapSnapshot, HeapSnapshotLoader } = await import(pathToFileURL(bundle).href);

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
const { scopes } = heap.analyzeContexts();
const dead = scopes.flatMap(({ contexts }) =>
  contexts.flatMap(({ contextNodeId, deadFields }) => deadFields.map(({ name }) => [contextNodeId, name])),
);
writeSync(1, JSON.stringify(dead));
process.exit(0);
