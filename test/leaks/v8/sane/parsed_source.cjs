/*
Parses a large source file, counts what is in it and lets the syntax tree go.

needs: acorn
*/
"use strict";
const { readFileSync } = require("node:fs");
const v8 = require("node:v8");
const { parse } = require("acorn");

const SOURCE = require.resolve("acorn");

function* nodesOf(node) {
  yield node;
  for (const value of Object.values(node)) {
    const children = Array.isArray(value) ? value : [value];
    for (const child of children) if (typeof child?.type === "string") yield* nodesOf(child);
  }
}

function countTypes(text) {
  const counts = {};
  const comments = [];
  const tree = parse(text, { ecmaVersion: "latest", locations: true, onComment: comments });
  for (const { type } of nodesOf(tree)) counts[type] = (counts[type] ?? 0) + 1;
  return { counts, comments: comments.length };
}

const totals = { files: 0, identifiers: 0, comments: 0 };

function work() {
  for (let i = 0; i < 3; i++) {
    const { counts, comments } = countTypes(readFileSync(SOURCE, "utf8"));
    totals.files++;
    totals.identifiers += counts.Identifier;
    totals.comments += comments;
  }
  if (totals.identifiers === 0) throw new Error("nothing was parsed");
}

for (const path of process.argv.slice(2)) {
  work();
  v8.writeHeapSnapshot(path);
}
