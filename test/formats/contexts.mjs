// Which variables of contexts DevTools calls dead: contexts.mjs BUNDLE SNAPSHOT. Runs in a Node that its code is for,
// and prints [[id of the context, name of the variable], …] as JSON.
import { writeSync } from "node:fs";
import { openInDevTools } from "./devToolsHeap.mjs";

const [, , bundle, snapshot] = process.argv;
const heap = await openInDevTools(bundle, snapshot);
const { scopes } = heap.analyzeContexts();
const dead = scopes.flatMap(({ contexts }) =>
  contexts.flatMap(({ contextNodeId, deadFields }) => deadFields.map(({ name }) => [contextNodeId, name])),
);
writeSync(1, JSON.stringify(dead));
process.exit(0);
