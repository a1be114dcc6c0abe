// Reads a file's bytes and does nothing with them. Prints its time as JSON.
import { closeSync, openSync, readSync, writeSync } from "node:fs";

const start = performance.now();
const piece = Buffer.allocUnsafe(4 << 20);
const file = openSync(process.argv[2], "r");
let bytes = 0;
for (let length; (length = readSync(file, piece)) > 0;) bytes += length;
closeSync(file);
writeSync(1, JSON.stringify({ parsed: performance.now() - start, bytes }));
