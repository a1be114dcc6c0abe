import assert from "node:assert/strict";
import fc from "fast-check";
import { bytesSource } from "../../src/formats/ByteSource.js";
import { readSnapshot } from "../../src/formats/read.js";
import type { HeapGraph } from "../../src/heap/HeapGraph.js";
import { EDGE_KIND_MASK, EdgeKind, Flag } from "../../src/heap/kinds.js";
import { labelText } from "../../src/heap/labels.js";
import { V8Edge, v8EdgeOf } from "../../src/heap/v8.js";
import { isStrong } from "../../src/model/edges.js";
import { NODE_FIELDS, type Draft, draft, type Layout, heapOf, read } from "./v8Heap.js";

const PAIR = " / part of key (Key @23) -> value (Value @25) pair in WeakMap (table @27)";

const SMALL: Readonly<Record<string, Draft>> = {
  root: draft("synthetic", "", 0, ["element", 1, "gc"], ["shortcut", "1", "global"], ["shortcut", "2", "global"]),
  gc: draft("synthetic", "(GC roots)", 0, ["element", 0, "global"]),
  global: draft(
    "object",
    "global",
    32,
    ["property", "app", "app"],
    ["property", "run", "run"],
    ["shortcut", "short", "text"],
    ["weak", "cache", "text"],
  ),
  app: { ...draft("object", "App", 24, ["property", "list", "list"]), detached: true },
  list: draft("object", "Array", 16, ["internal", "elements", "elements"]),
  elements: draft("array", "", 400, ["element", 3, "text"], ["hidden", 4, "joined"]),
  text: draft("string", "hé\n😀", 20),
  joined: draft(
    "concatenated string",
    "(concatenated string)",
    20,
    ["internal", "first", "sliced"],
    ["internal", "second", "text"],
  ),
  sliced: draft("sliced string", "say ", 20),
  run: draft("closure", "run", 28, ["internal", "context", "context"]),
  context: draft("object", "system / Context", 40, ["context", "x", "key"]),
  key: draft("object", "Key", 12, ["internal", `2${PAIR}`, "value"]),
  value: draft("object", "Value", 12),
  table: draft("array", "", 64, ["internal", `4${PAIR}`, "value"], ["weak", "5", "key"]),
  map: draft("object", "WeakMap", 16, ["internal", "table", "table"]),
  pattern: draft("regexp", "a+", 56),
  hidden: draft("hidden", "system / Map", 80),
  native: draft("native", "HTMLDivElement", 8),
  number: draft("number", "heap number", 12),
  code: draft("code", "(code for run)", 100),
  symbol: draft("symbol", "symbol"),
  shape: draft("object shape", "system / Map", 4),
};
const KEYS = Object.keys(SMALL);
const nodeOf = (key: string) => KEYS.indexOf(key);

/** The edges of a node as text, with what does not keep its target in parentheses. */
function edgesOf(graph: HeapGraph, key: string, keys: readonly string[] = KEYS): string[] {
  const { firstEdge, edgeTo, edgeLabel } = graph.columns;
  const node = keys.indexOf(key);
  return Array.from({ length: firstEdge[node + 1] - firstEdge[node] }, (_, i) => {
    const e = firstEdge[node] + i;
    const text = `${labelText(graph, edgeLabel[e])} ${keys[edgeTo[e]]}`;
    return isStrong(graph, e) ? text : `(${text})`;
  });
}

/** All that a graph says. */
function contentOf(graph: HeapGraph): unknown {
  const strings = Array.from({ length: graph.strings.count }, (_, i) => graph.string(i));
  const { columns, types, locations, roots, info } = graph;
  return { columns, types, locations, roots, info, strings };
}

/** A closure that was made in a script, by the names that V8 gives to what leads there. */
const placed = (edge: string, script: string): Record<string, Draft> => ({
  root: draft("synthetic", "", 0, ["shortcut", "1", "first"]),
  first: draft("closure", "first", 0, ["internal", "shared", "shared"]),
  second: draft("closure", "second"),
  other: draft("closure", "other"),
  shared: draft("code", "first", 0, ["property", edge, "root"], ["internal", edge, "script"]),
  script: draft("code", script),
});
const PLACES = { second: [5, 3, 0], first: [5, 0, 8], other: [6, 1, 1] } as const;

for (const [name, nodeFields] of Object.entries(NODE_FIELDS)) {
  describe(`formats: V8 heap snapshots with node fields ${name}`, () => {
    const hasDetached = nodeFields.includes("detachedness");
    const edgeFields = name === "in another order" ? ["to_node", "unknown", "name_or_index", "type"] : undefined;
    const layout: Layout = { nodeFields, ...(edgeFields && { edgeFields }) };
    let graph: HeapGraph;

    before(async () => {
      graph = await readSnapshot(bytesSource("test.heapsnapshot", Buffer.from(heapOf(SMALL, layout))));
    });

    it("have ids, types as DevTools groups them, and kinds", () => {
      assert.deepEqual(
        [...graph.columns.id],
        KEYS.map((_, k) => 2 * k + 1),
      );
      const typesAndKinds = Object.fromEntries(KEYS.map((key, k) => [key, [graph.typeName(k), graph.kindName(k)]]));
      assert.deepEqual(typesAndKinds, {
        ...{ root: ["(synthetic)", "other"], gc: ["(synthetic)", "other"], global: ["global", "instance"] },
        ...{ app: ["App", "instance"], list: ["Array", "list"], elements: ["(array)", "other"] },
        ...{ text: ["(string)", "str"], joined: ["(concatenated string)", "str"], sliced: ["(sliced string)", "str"] },
        ...{ run: ["Function", "function"], context: ["system / Context", "context"] },
        ...{ key: ["Key", "instance"], value: ["Value", "instance"], table: ["(array)", "other"] },
        ...{ map: ["WeakMap", "dict"], pattern: ["RegExp", "instance"], hidden: ["(system)", "other"] },
        ...{ native: ["HTMLDivElement", "other"], number: ["(number)", "number"], code: ["(compiled code)", "code"] },
        ...{ symbol: ["(symbol)", "other"], shape: ["(object shape)", "other"] },
      });
    });

    it("have names, also those of texts that are put together", () => {
      assert.equal(graph.string(graph.columns.text[nodeOf("text")]), "hé\n😀");
      assert.equal(graph.nodeName(nodeOf("joined")), "'say hé\\u000a😀'");
      assert.equal(graph.nodeName(nodeOf("run")), "Function run");
      assert.equal(graph.nodeName(nodeOf("app")), "App");
    });

    it("have sizes, those of hidden parts with the one object that they belong to", () => {
      const { selfSize } = graph.columns;
      const moved: Readonly<Record<string, number>> = { list: 416, elements: 0, map: 80, table: 0 };
      assert.deepEqual(
        [...selfSize],
        KEYS.map((key) => moved[key] ?? SMALL[key].size ?? 0),
      );
    });

    it("have edges with labels, of which weak ones, most shortcuts and those of a WeakMap's table keep nothing", () => {
      assert.deepEqual(edgesOf(graph, "root"), ["[1] gc", ".1 global", ".2 global"]);
      assert.deepEqual(edgesOf(graph, "global"), [".app app", ".run run", "(.short text)", "(<cache> text)"]);
      assert.deepEqual(edgesOf(graph, "elements"), ["[3] text", "[4] joined"]);
      assert.deepEqual(edgesOf(graph, "context"), ["closure:x key"]);
      assert.deepEqual(edgesOf(graph, "map"), ["<table> table"]);
      assert.deepEqual(edgesOf(graph, "key"), [`<2${PAIR}> value`]);
      assert.deepEqual(edgesOf(graph, "table"), [`(<4${PAIR}> value)`, "(<5> key)"]);
      const { firstEdge, edgeClass } = graph.columns;
      const classes = (key: string) => [...edgeClass.subarray(firstEdge[nodeOf(key)], firstEdge[nodeOf(key) + 1])];
      assert.deepEqual(
        [...classes("key"), ...classes("table")].map((c) => c & EDGE_KIND_MASK),
        [EdgeKind.ephemeron, EdgeKind.ephemeron, EdgeKind.weak],
      );
      assert.deepEqual(classes("root").map(v8EdgeOf), [V8Edge.element, V8Edge.shortcut, V8Edge.shortcut]);
    });

    it("have the program's globals and the root for roots, and say what is detached", () => {
      assert.deepEqual(graph.roots, [
        { name: "global", node: nodeOf("global") },
        { name: "(root)", node: 0, engine: true },
      ]);
      const detached = KEYS.filter((_, k) => graph.hasFlag(k, Flag.detached));
      assert.deepEqual(detached, hasDetached ? ["app"] : []);
      assert.deepEqual(
        KEYS.filter((_, k) => graph.hasFlag(k, Flag.synthetic)),
        ["root", "gc"],
      );
    });

    it("have places in files, by way of what their closures share", async () => {
      const found = await read(heapOf(placed("script", "/srv/a.js"), { ...layout, places: PLACES }));
      assert.deepEqual(found.location(1), { file: "/srv/a.js", line: 1, column: 9, name: "first" });
      assert.deepEqual(found.location(2), { file: "/srv/a.js", line: 4, column: 1, name: "second" });
      assert.equal(found.location(3), undefined, "nothing leads to the script's name");
      assert.ok(found.info.has.locations && !graph.info.has.locations);
    });

    it("are the same whatever the size of the pieces that they are read in", async () => {
      for (const json of [
        heapOf(SMALL, layout),
        heapOf(placed("script", "/srv/é.js"), { ...layout, places: PLACES, behind: { after: ['"]}\\', [[{}]]] } }),
      ]) {
        const expected = contentOf(await read(json));
        for (const piece of [1, 2, 3, 7, 64]) {
          assert.deepEqual(contentOf(await read(json, piece)), expected, `${piece} bytes`);
        }
      }
    });
  });
}

describe("formats: V8 heap snapshots", () => {
  it("name scripts as Node 20 and as Chromium does, also with more fields", async () => {
    const locationFields = ["script_id", "object_index", "line", "column", "unknown"];
    for (const [edge, script, file] of [
      ["script_or_debug_info", "/srv/a.js", "/srv/a.js"],
      ["script", "system / Script / https://example.org/a.js", "https://example.org/a.js"],
    ]) {
      const graph = await read(heapOf(placed(edge, script), { places: PLACES, locationFields }));
      assert.deepEqual(graph.location(1), { file, line: 1, column: 9, name: "first" });
      assert.deepEqual(graph.location(2), { file, line: 4, column: 1, name: "second" });
    }
    const nameless = await read(heapOf(placed("script", "system / Script"), { places: PLACES }));
    assert.deepEqual(nameless.locations, []);
  });

  it("may have their root anywhere", async () => {
    const drafts = {
      first: draft("object", "First", 0, ["shortcut", "a", "root"]),
      root: draft("synthetic", "", 0, ["shortcut", "a", "first"]),
    };
    const graph = await read(heapOf(drafts, { root: "root" }));
    assert.deepEqual(
      graph.roots.map(({ name, node }) => [name, node]),
      [
        ["First", 0],
        ["(root)", 1],
      ],
    );
    assert.deepEqual(edgesOf(graph, "first", ["first", "root"]), ["(.a root)"]);
    assert.deepEqual(edgesOf(graph, "root", ["first", "root"]), [".a first"]);
  });

  it("keep the sizes of hidden parts apart where two objects have them, or internals are exposed", async () => {
    const part = draft("array", "", 50);
    const owner = draft("object", "Owner", 10, ["internal", "part", "part"]);
    const root = draft("synthetic", "", 0, ["element", 0, "a"], ["element", 1, "b"]);
    const shared = await read(heapOf({ root, a: owner, b: owner, part }));
    assert.deepEqual([...shared.columns.selfSize], [0, 10, 10, 50]);
    const own = await read(heapOf({ root, a: owner, b: draft("hidden", "system / Oddball", 3), part }));
    assert.deepEqual([...own.columns.selfSize], [0, 60, 3, 0], "what only the root has stays");
    const apart = draft("synthetic", "", 0, ["element", 0, "gc"]);
    const gc = draft("synthetic", "(GC roots)", 0, ["element", 0, "a"]);
    const exposed = await read(heapOf({ root: apart, gc, a: owner, part }));
    assert.deepEqual([...exposed.columns.selfSize], [0, 0, 10, 50]);
  });

  it("may have sections that are not known", async () => {
    const nested = { trace_tree: [1, 2, [3, [{ a: '[{"\\' }, []]]], samples: [], flag: true, none: null, half: -1.5e3 };
    const expected = await read(heapOf(SMALL));
    for (const layout of [{ before: nested }, { behind: nested }]) {
      assert.deepEqual(contentOf(await read(heapOf(SMALL, layout))), contentOf(expected));
    }
  });

  it("may be written with white space", async () => {
    const json = heapOf(SMALL);
    const spaced = JSON.stringify(JSON.parse(json), undefined, "\t").replaceAll("\n", "\r\n");
    assert.deepEqual(contentOf(await read(spaced, 5)), contentOf(await read(json)));
  });

  it("have texts as JSON.parse reads them, however they are escaped and cut into pieces", async () => {
    const escaped = (text: string) =>
      `"${Array.from({ length: text.length }, (_, i) => `\\u${text.charCodeAt(i).toString(16).padStart(4, "0")}`).join("")}"`;
    const upper = (text: string) => escaped(text).replace(/(?<=\\u)..../g, (digits) => digits.toUpperCase());
    const write = [JSON.stringify, escaped, upper];
    // All code units, so that halves of surrogate pairs come alone and side by side.
    const unit = fc.oneof(
      fc.integer({ min: 0, max: 0xffff }),
      fc.integer({ min: 0, max: 0x7f }),
      fc.integer({ min: 0xd7ff, max: 0xe000 }),
      fc.constantFrom(...Array.from('"\\/\b\f\n\r\t\0\ufeffu', (c) => c.charCodeAt(0)), 0xd800, 0xdbff, 0xdc00, 0xdfff),
    );
    const text = fc.array(unit, { maxLength: 12 }).map((units) => String.fromCharCode(...units));
    const texts = fc.array(fc.tuple(text, fc.constantFrom(...write)), { maxLength: 6 });
    const base = heapOf({ root: draft("synthetic", "") }, { strings: ["@"] });
    await fc.assert(
      fc.asyncProperty(texts, fc.integer({ min: 1, max: 5 }), async (all, piece) => {
        const json = base.replace('"@"', () => ['"@"', ...all.map(([own, to]) => to(own))].join(","));
        const graph = await read(json, piece);
        // A Buffer turns half a pair into U+FFFD, as the reader does.
        const expected = all.map(([own]) => Buffer.from(own).toString());
        const found = expected.map((_, k) => graph.string(k + 2));
        assert.deepEqual(found, expected);
        assert.equal(graph.strings.count, all.length + 3);
      }),
      { numRuns: 300 },
    );
  });

  it("may have the short escapes, solidus among them", async () => {
    const base = heapOf({ root: draft("synthetic", "") }, { strings: ["@"] });
    for (const piece of [1, 2, 64]) {
      const graph = await read(
        base.replace('"@"', () => '"\\/\\b\\f\\n\\r\\t\\"\\\\", "\\ud83d\\n", "é\\ud83d😀"'),
        piece,
      );
      const found = [1, 2, 3].map((k) => graph.string(k));
      assert.deepEqual(found, ['/\b\f\n\r\t"\\', "\ufffd\n", "é\ufffd😀"]);
    }
  });
});
