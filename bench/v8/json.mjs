// The naive way: the file as one string, JSON.parse. Prints its time as JSON.
import { readFileSync, writeSync } from "node:fs";

const start = performance.now();
const { snapshot } = JSON.parse(readFileSync(process.argv[2], "utf8"));
writeSync(1, JSON.stringify({ parsed: performance.now() - start, nodes: snapshot.node_count }));
