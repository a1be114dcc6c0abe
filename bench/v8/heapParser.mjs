// VS Code's heap parser, Rust in WebAssembly, as VS Code's own viewer uses it: heapParser.mjs SNAPSHOT. Prints its times
// as JSON.
import { readFileSync, writeSync } from "node:fs";
import { createRequire } from "node:module";
import { resolve } from "node:path";

const require = createRequire(resolve(".cache/v8-bench/others/package.json"));
const { decode_bytes: decode } = require("@vscode/v8-heap-parser");
const start = performance.now();
const heap = decode(readFileSync(process.argv[2]));
const parsed = performance.now() - start;
const groups = heap.get_class_groups(0, 1e9, false).length;
const retained = performance.now() - start;
writeSync(1, JSON.stringify({ parsed, retained, groups }));
