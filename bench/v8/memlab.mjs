// memlab's parser and retained sizes, as its analyses begin: memlab.mjs SNAPSHOT. Prints its times as JSON.
import { writeSync } from "node:fs";
import { createRequire } from "node:module";
import { resolve } from "node:path";

const require = createRequire(resolve(".cache/v8-bench/others/package.json"));
const { config, TraceFinder, utils } = require("@memlab/core");
config.muteConsole = true;
// It writes its progress there.
process.stdout.write = () => true;
const start = performance.now();
const heap = await utils.getSnapshotFromFile(process.argv[2], { buildNodeIdIndex: false, verbose: false });
const parsed = performance.now() - start;
new TraceFinder().calculateAllNodesRetainedSizes(heap);
const retained = performance.now() - start;
writeSync(1, JSON.stringify({ parsed, retained, bytes: heap.nodes.get(0).retainedSize }));
process.exit(0);
