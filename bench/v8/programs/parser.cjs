// A parser over big input: parser.cjs OUT. TypeScript's parser keeps the syntax trees, with parents and comments, of the
// declarations of the DOM and of the language.
"use strict";
const { readFileSync } = require("node:fs");
const { dirname, join } = require("node:path");
const { writeHeapSnapshot } = require("node:v8");
const ts = require("typescript");

const folder = dirname(require.resolve("typescript"));
globalThis.trees = new Map(
  ["lib.dom.d.ts", "lib.es5.d.ts"].map((name) => {
    const text = readFileSync(join(folder, name), "utf8");
    return [name, ts.createSourceFile(name, text, ts.ScriptTarget.Latest, true)];
  }),
);
writeHeapSnapshot(process.argv[2]);
