import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { bytesSource } from "../../src/formats/ByteSource.js";
import { readHeapSnapshot } from "../../src/formats/v8/reader.js";
import type { HeapGraph } from "../../src/heap/HeapGraph.js";
import { EDGE_KIND_MASK, EdgeKind } from "../../src/heap/kinds.js";
import { labelText } from "../../src/heap/labels.js";
import { V8Edge, v8EdgeOf } from "../../src/heap/v8.js";
import { isStrong } from "../../src/model/edges.js";

const PROGRAM = `
class Leaf { constructor(i) { this.i = i; this.text = "leaf " + i; } }
globalThis.leaves = Array.from({ length: 50 }, (_, i) => new Leaf(i));
globalThis.weak = new WeakMap(leaves.map((leaf) => [leaf, { of: "ä😀\\u0001" }]));
globalThis.outer = function outer(x) {
  return function inner() { return x; };
};
globalThis.made = outer(leaves);
require("node:v8").writeHeapSnapshot(process.argv[2], { exposeInternals: process.argv[3] === "true" });
`;

interface Parsed {
  readonly snapshot: { readonly meta: Readonly<Record<string, readonly (string | readonly string[])[]>> };
  readonly nodes: readonly number[];
  readonly edges: readonly number[];
  readonly strings: readonly string[];
}

/** How `labelText` writes the names of edges of each type. */
const LABELS: Readonly<Record<string, (name: string | number) => string>> = {
  context: (name) => `closure:${name}`,
  element: (name) => `[${name}]`,
  property: (name) => `.${name}`,
  internal: (name) => `<${name}>`,
  hidden: (name) => `[${name}]`,
  shortcut: (name) => `.${name}`,
  weak: (name) => `<${name}>`,
};

for (const exposed of [false, true]) {
  describe(`formats: a heap snapshot of this Node${exposed ? " with internals" : ""}`, () => {
    let folder: string;
    let graph: HeapGraph;
    let parsed: Parsed;
    const column = (table: "node" | "edge", field: string): number[] => {
      const fields = parsed.snapshot.meta[`${table}_fields`];
      const at = fields.indexOf(field);
      return parsed[`${table}s`].filter((_, i) => i % fields.length === at);
    };
    const types = (table: "node" | "edge"): string[] => {
      const { [`${table}_types`]: own, [`${table}_fields`]: fields } = parsed.snapshot.meta;
      return column(table, "type").map((type) => own[fields.indexOf("type")][type]);
    };
    // Half a surrogate pair can't be kept in UTF-8.
    const text = (index: number) => Buffer.from(parsed.strings[index]).toString();

    before(async () => {
      folder = mkdtempSync(join(tmpdir(), "ouroboros-v8-"));
      const program = join(folder, "program.cjs");
      const path = join(folder, "real.heapsnapshot");
      writeFileSync(program, PROGRAM);
      execFileSync(process.execPath, [program, path, String(exposed)], { stdio: ["ignore", "ignore", "inherit"] });
      const bytes = readFileSync(path);
      parsed = JSON.parse(bytes.toString()) as Parsed;
      // Pieces that end within numbers and texts.
      graph = await readHeapSnapshot(bytesSource("real.heapsnapshot", bytes), {}, 4099);
    });

    after(() => rmSync(folder, { recursive: true, force: true }));

    it("has the nodes that JSON.parse finds, with their ids and names", () => {
      assert.ok(graph.nodeCount > 1000);
      assert.deepEqual([...graph.columns.id], column("node", "id"));
      const type = types("node");
      const names = type.map((own, node) =>
        own === "object" || own === "native" ? graph.typeName(node) : graph.string(graph.columns.text[node]),
      );
      assert.deepEqual(names, column("node", "name").map(text));
      assert.equal(graph.strings.count, parsed.strings.length + 1);
    });

    it("has the edges that JSON.parse finds, with their targets, types and names", () => {
      const { firstEdge, edgeTo, edgeLabel, edgeClass } = graph.columns;
      const counts = [...graph.columns.id.keys()].map((node) => firstEdge[node + 1] - firstEdge[node]);
      assert.deepEqual(counts, column("node", "edge_count"));
      const stride = parsed.snapshot.meta["node_fields"].length;
      assert.deepEqual(
        [...edgeTo],
        column("edge", "to_node").map((at) => at / stride),
      );
      const type = types("edge");
      const v8Types = Object.keys(V8Edge);
      assert.deepEqual(
        Array.from(edgeClass, (c) => v8Types[v8EdgeOf(c)]),
        type,
      );
      const labels = column("edge", "name_or_index").map((name, e) =>
        LABELS[type[e]](type[e] === "element" || type[e] === "hidden" ? name : text(name)),
      );
      assert.deepEqual(
        Array.from(edgeLabel, (label) => labelText(graph, label)),
        labels,
      );
    });

    it("has all bytes, those of hidden parts where DevTools counts them", () => {
      const sizes = column("node", "self_size");
      const sum = (values: Iterable<number>) => [...values].reduce((total, size) => total + size, 0);
      assert.equal(sum(graph.columns.selfSize), sum(sizes));
      assert.equal(
        sizes.every((size, node) => graph.columns.selfSize[node] === size),
        exposed,
      );
    });

    it("has functions with their places, objects of the program, and entries of its WeakMap", () => {
      const nodes = [...graph.columns.id.keys()];
      const placeOf = (name: string) =>
        nodes.map((node) => graph.location(node)).find((place) => place?.name === name && /program/.test(place.file));
      const { file, ...place } = placeOf("inner")!;
      assert.ok(file.endsWith("program.cjs"), file);
      assert.deepEqual(place, { line: 6, column: 24, name: "inner" });
      assert.equal(placeOf("outer")?.line, 5);
      assert.equal(nodes.filter((node) => graph.typeName(node) === "Leaf").length, 50);
      const { edgeClass } = graph.columns;
      const pairs = [...edgeClass.keys()].filter((e) => (edgeClass[e] & EDGE_KIND_MASK) === EdgeKind.ephemeron);
      const kept = pairs.filter((e) => isStrong(graph, e));
      assert.ok(kept.length >= 50 && pairs.length === 2 * kept.length, `${kept.length} of ${pairs.length}`);
    });
  });
}
