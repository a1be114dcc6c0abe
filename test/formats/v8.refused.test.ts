import assert from "node:assert/strict";
import { bytesSource } from "../../src/formats/ByteSource.js";
import { SnapshotError, type SnapshotErrorCode } from "../../src/formats/errors.js";
import { readSnapshot } from "../../src/formats/read.js";
import { readHeapSnapshot } from "../../src/formats/v8/reader.js";
import type { HeapGraph } from "../../src/heap/HeapGraph.js";
import { labelText } from "../../src/heap/labels.js";
import { ephemeronOf } from "../../src/heap/v8.js";
import { seeded } from "../rig/seeded.js";

type Json = Record<string, unknown>;

interface Whole {
  snapshot: Json & { meta: Json };
  nodes: unknown[];
  edges: unknown[];
  locations: unknown[];
  strings: unknown[];
}

/** A snapshot of two nodes, for tests to bend. */
function whole(): Whole {
  const meta = {
    node_fields: ["type", "name", "id", "self_size", "edge_count"],
    node_types: [["synthetic", "object", "string"], "string", "number", "number", "number"],
    edge_fields: ["type", "name_or_index", "to_node"],
    edge_types: [["property", "element"], "string_or_number", "node"],
    location_fields: ["object_index", "script_id", "line", "column"],
  };
  return {
    snapshot: { meta, node_count: 2, edge_count: 2, root_index: 0 },
    nodes: [0, 0, 1, 0, 1, 1, 1, 3, 16, 1],
    edges: [0, 2, 5, 1, 3, 0],
    locations: [5, 1, 2, 3],
    strings: ["", "A", "a"],
  };
}
const WHOLE = JSON.stringify(whole());
const ALL = Object.keys(whole()) as (keyof Whole)[];

function bent(change: (file: Whole) => void): string {
  const file = whole();
  change(file);
  return JSON.stringify(file);
}

/** The whole file with one number replaced by what stands for it in the text. */
function withNumber(table: "nodes" | "edges" | "locations", at: number, text: string): string {
  const numbers = whole()[table].map(String).with(at, text);
  return WHOLE.replace(`"${table}":[${whole()[table].join()}]`, `"${table}":[${numbers.join()}]`);
}

const sourceOf = (text: string) => bytesSource("test.heapsnapshot", Buffer.from(text));

/** The error that a text is refused with, in pieces of one byte as in one piece. */
async function refused(text: string, code: SnapshotErrorCode, message: RegExp, hint = ""): Promise<SnapshotError> {
  const errors = [];
  for (const piece of text.length < 10_000 ? [1, undefined] : [undefined]) {
    const error: unknown = await readHeapSnapshot(sourceOf(text), {}, piece).then(
      () => undefined,
      (reason: unknown) => reason,
    );
    assert.ok(error !== undefined, `it was read as if it were whole: ${hint || text}`);
    assert.ok(error instanceof SnapshotError, `it failed with ${(error as Error).stack}`);
    assert.equal(error.code, code, `${error.message}: ${hint}`);
    assert.match(error.message, message, hint);
    assert.equal(error.format, "heapsnapshot");
    assert.ok(error.offset === undefined || error.offset <= text.length);
    errors.push(error);
  }
  return errors[0];
}

describe("formats: what is refused as a V8 heap snapshot", () => {
  it("reads the small one that the other tests bend", async () => {
    const graph = await readSnapshot(sourceOf(WHOLE));
    assert.deepEqual([graph.nodeCount, graph.edgeCount], [2, 2]);
    assert.deepEqual(
      [...graph.columns.edgeLabel].map((label) => labelText(graph, label)),
      [".a", "[3]"],
    );
  });

  it("refuses files that are something else", async () => {
    await assert.rejects(readSnapshot(sourceOf("")), { code: "truncated", offset: 0 });
    await assert.rejects(readSnapshot(sourceOf("[]")), { code: "not-a-snapshot", offset: 0 });
    await refused("", "truncated", /ends before/);
    await refused("{", "truncated", /ends before/);
    for (const text of ["[]", "null", "{}", "{1:2}", '{"foo":1}', '{"foo":{"snapshot":{}}}']) {
      const error = await refused(text, "corrupt", /expected|first section/, text);
      assert.ok(error.offset !== undefined, text);
    }
    for (const text of ["1", "null", "[]", '""', "{}", '{"meta":[]}']) {
      await refused(`{"snapshot":${text}}`, "corrupt", /it has no snapshot/, text);
    }
  });

  it("refuses a file that is cut off anywhere, and names the end", async () => {
    for (let length = 0; length < WHOLE.length; length++) {
      const { offset } = await refused(WHOLE.slice(0, length), "truncated", /ends before/, `cut at ${length}`);
      assert.equal(offset, length);
    }
  });

  it("refuses counts that are not true", async () => {
    const counts: [field: string, count: unknown, code: SnapshotErrorCode, message: RegExp][] = [
      ["node_count", 1, "corrupt", /more nodes than the 1/],
      ["node_count", 3, "corrupt", /2 nodes; it declares 3/],
      ["edge_count", 1, "corrupt", /more edges than it declares/],
      ["edge_count", 3, "corrupt", /2 edges; it declares 3/],
      ["node_count", 0, "corrupt", /root is none of its nodes/],
      ["root_index", 10, "corrupt", /root is none of its nodes/],
      ["root_index", 3, "corrupt", /root is none of its nodes/],
    ];
    for (const field of ["node_count", "edge_count"]) {
      counts.push([field, 4_000_000_000, "corrupt", /more .* than a file of its size can hold/]);
      counts.push([field, 1e300, "too-large", /can be read/]);
      for (const count of [-1, 1.5, "2", null, [2]]) counts.push([field, count, "corrupt", /is no count/]);
    }
    for (const [field, count, code, message] of counts) {
      await refused(
        bent(({ snapshot }) => (snapshot[field] = count)),
        code,
        message,
        `${field} ${count}`,
      );
    }
  });

  it("refuses tables with too few rows, too many, or a part of one", async () => {
    const cases: [change: (file: Whole) => void, message: RegExp][] = [
      [({ edges }) => edges.push(0, 0, 0), /more edges than the 2/],
      [({ edges }) => edges.splice(3), /holds 1 edges; it declares 2/],
      [({ nodes }) => nodes.push(1, 1, 5, 0, 0), /more nodes than the 2/],
      [({ nodes }) => (nodes[9] = 0), /nodes have 1 edges; it declares 2/],
      [({ nodes }) => nodes.pop(), /last node is cut off/],
      [({ edges }) => edges.pop(), /last edge is cut off/],
      [({ locations }) => locations.pop(), /last location is cut off/],
      [({ locations }) => locations.push(0, 0, 0, 0, 0, 0, 0, 0), /more locations than the 2/],
      [({ strings }) => strings.pop(), /a name is none of its strings/],
      [({ strings }) => strings.splice(0), /a name is none of its strings/],
    ];
    for (const [change, message] of cases) await refused(bent(change), "corrupt", message);
  });

  it("refuses numbers that mean nothing where they stand", async () => {
    const cases: [table: "nodes" | "edges" | "locations", at: number, values: string[], message: RegExp][] = [
      ["nodes", 5, ["3", "-1", "4294967297", "9".repeat(400)], /node 1 has an unknown type/],
      ["nodes", 6, ["3", "99", "4294967296", "9".repeat(400)], /name is none of its strings/],
      ["nodes", 6, ["-1", "-2"], /impossible name/],
      ["nodes", 8, ["-16"], /negative size/],
      ["nodes", 9, ["-1"], /negative count of edges/],
      ["nodes", 9, ["2", "4294967297", "9".repeat(400)], /more edges than it declares/],
      ["edges", 0, ["2", "-1", "4294967296"], /edge 0 has an unknown type/],
      ["edges", 1, ["3", "4294967296"], /name is none of its strings/],
      ["edges", 2, ["10", "4", "-5", "21474836480", "9".repeat(400)], /edge 0 leads to no node/],
      ["locations", 0, ["10", "4", "-5", "21474836480"], /location belongs to no node/],
    ];
    for (const [table, at, values, message] of cases) {
      for (const value of values) {
        await refused(withNumber(table, at, value), "corrupt", message, `${table} ${at}: ${value}`);
      }
    }
  });

  it("refuses what is no integer in a table, and names its place", async () => {
    for (const table of ["nodes", "edges", "locations"] as const) {
      for (const value of ["1.0", "1e2", "1E2", '"1"', "null", "[1]", "+1", "{}", "NaN", "0x1"]) {
        const text = withNumber(table, 1, value);
        const { offset } = await refused(text, "corrupt", /a number was expected/, `${table}: ${value}`);
        const begin = text.indexOf(`,${value},`) + 1;
        assert.ok(offset! >= begin && offset! < begin + value.length, `${table}: ${value}: ${offset}`);
      }
    }
  });

  it("refuses strings that are none", async () => {
    for (const [text, message] of [
      ["4", /a string was expected/],
      ["null", /a string was expected/],
      ['["A"]', /a string was expected/],
      ['"A', /a string was expected/],
      ['"\\x41"', /unknown escape/],
      ['"\\u00g1"', /unknown escape/],
      ['"\\u41"', /unknown escape/],
    ] as const) {
      const { offset } = await refused(WHOLE.replace('"A"', text), "corrupt", message, text);
      assert.ok(offset !== undefined && offset >= WHOLE.indexOf('"A"'));
    }
  });

  it("refuses missing sections, and sections of another sort", async () => {
    for (const section of ALL.filter((name) => name !== "locations")) {
      await refused(
        bent((file) => delete (file as Partial<Whole>)[section]),
        "corrupt",
        section === "snapshot" ? /first section is not/ : new RegExp(`no "${section}" section`),
      );
    }
    for (const section of ALL.slice(1)) {
      for (const value of [null, {}, "x", 3]) {
        await refused(
          bent((file) => ((file as unknown as Json)[section] = value)),
          "corrupt",
          /"\[" was expected/,
          section,
        );
      }
    }
    const unlike = bent((file) => delete file.snapshot.meta["node_types"]);
    await refused(unlike, "corrupt", /node_types do not name the types/);
    for (const fields of ["node_fields", "edge_fields"]) {
      const old = bent(({ snapshot: { meta } }) => (meta[fields] = ["type", "name"]));
      await refused(old, "unsupported-version", new RegExp(`${fields} lack `));
      await refused(
        bent(({ snapshot: { meta } }) => (meta[fields] = "type")),
        "corrupt",
        /no list of names/,
      );
    }
  });

  it("reads sections in any order behind the first, without places if there are none", async () => {
    const expected = await readHeapSnapshot(sourceOf(WHOLE));
    const file = whole();
    for (const order of ["edges nodes strings locations", "strings locations edges nodes", "strings edges nodes"]) {
      const keys = ["snapshot", ...order.split(" ")] as (keyof Whole)[];
      const text = JSON.stringify(Object.fromEntries(keys.map((key) => [key, file[key]])));
      assert.deepEqual((await readHeapSnapshot(sourceOf(text), {}, 3)).columns, expected.columns, order);
    }
    const { snapshot, ...others } = file;
    await refused(JSON.stringify({ ...others, snapshot }), "corrupt", /first section is not "snapshot"/);
  });

  it("refuses what is no JSON between sections", async () => {
    for (const text of [
      WHOLE.replace(',"edges"', '"edges"'),
      WHOLE.replace(',"edges"', ',,"edges"'),
      WHOLE.replace('"edges":', '"edges"'),
      WHOLE.replace('"nodes":', '"unknown":,"nodes":'),
      WHOLE.replace(/}$/, ",}"),
      WHOLE.replace(/}$/, "]"),
      WHOLE.replace(/}$/, `,"${"k".repeat(1000)}":1}`),
    ]) {
      const { offset } = await refused(text, "corrupt", /expected/, text);
      assert.ok(offset !== undefined);
    }
  });

  it("takes nesting of any depth, and no description without end", async () => {
    const deep = "[".repeat(300_000);
    const closed = WHOLE.replace(/}$/, `,"deep":${deep}${"]".repeat(deep.length)}}`);
    assert.equal((await readHeapSnapshot(sourceOf(closed), {}, 1 << 16)).nodeCount, 2);
    await refused(WHOLE.replace(/}$/, `,"deep":${deep}`), "truncated", /ends before/, "deep");
    await refused(`{"snapshot":${deep}${"]".repeat(deep.length)}}`, "corrupt", /it has no snapshot/, "deep");
    const huge = `{"snapshot":{"text":"${"x".repeat(17 << 20)}`;
    await refused(huge, "corrupt", /description is longer than/, "huge");
  });

  it("refuses or reads as a heap without loose ends what has a byte changed", async () => {
    const random = seeded(20261129);
    const alphabet = '0123456789-,[]{}":\\ au';
    for (let round = 0; round < 3000; round++) {
      const at = Math.floor(random() * WHOLE.length);
      const text = WHOLE.slice(0, at) + alphabet[Math.floor(random() * alphabet.length)] + WHOLE.slice(at + 1);
      const graph = await readHeapSnapshot(sourceOf(text), {}, 97).catch((error: unknown) => error);
      if (graph instanceof SnapshotError) continue;
      if (graph instanceof Error) assert.fail(`${text}: ${graph.stack}`);
      const { columns, types, roots, nodeCount } = graph as HeapGraph;
      assert.ok([...columns.edgeTo, ...roots.map(({ node }) => node)].every((node) => node < nodeCount));
      assert.ok([...columns.type].every((type) => type < types.length));
      assert.equal(columns.firstEdge[nodeCount], columns.edgeTo.length);
    }
  });

  it("refuses a section that is there twice, and what stands behind the end", async () => {
    await refused(`${WHOLE.slice(0, -1)},${WHOLE.slice(1)}`, "corrupt", /two "snapshot" sections/, "twice");
    await refused(WHOLE.replace(/}$/, ',"nodes":[]}'), "corrupt", /two "nodes" sections/, "nodes twice");
    const { offset } = await refused(`${WHOLE} x`, "corrupt", /behind its end/, "behind");
    assert.equal(offset, WHOLE.length + 1);
    assert.equal((await readHeapSnapshot(sourceOf(`${WHOLE} \n`))).nodeCount, 2);
  });

  it("takes names of types that JavaScript's objects have themselves for names like any other", async () => {
    const text = WHOLE.replaceAll('"object"', '"constructor"').replaceAll('"property"', '"toString"');
    const graph = await readHeapSnapshot(sourceOf(text));
    const named = Array.from({ length: graph.nodeCount }, (_, node) => graph.nodeName(node));
    assert.ok(named.every((name) => typeof name === "string"));
  });

  it("does not hang over a name that looks like many entries of a WeakMap", () => {
    assert.equal(ephemeronOf(`1 / part of key (${" @1) -> value (".repeat(500_000)}`), undefined);
    const name = "12 / part of key (A ) -> value ( @3) -> value (B @5) pair in WeakMap (table @7)";
    assert.deepEqual(ephemeronOf(name), { table: 7, pair: name.slice(2) });
  });

  it("stops when it is told to, and refuses what takes more memory than it may", async () => {
    for (const piece of [1, undefined]) {
      const stopped = readHeapSnapshot(sourceOf(WHOLE), { signal: AbortSignal.abort() }, piece);
      await assert.rejects(stopped, { name: "AbortError" });
    }
    const controller = new AbortController();
    const told: number[] = [];
    const progress = (done: number) => told.push(done) === 20 && controller.abort();
    await assert.rejects(readHeapSnapshot(sourceOf(WHOLE), { signal: controller.signal, progress }, 1), {
      name: "AbortError",
    });
    assert.equal(told.length, 20);
    assert.ok(told.every((done, i) => done > 0 && done <= 1 && !(done < told[i - 1])));
    await assert.rejects(readHeapSnapshot(sourceOf(WHOLE), { maxBytes: 100 }), { code: "too-large" });
    const wordy = bent(({ strings }) => strings.push("x".repeat(5000)));
    await assert.rejects(readHeapSnapshot(sourceOf(wordy), { maxBytes: 3000 }), { code: "too-large" });
    assert.equal((await readHeapSnapshot(sourceOf(wordy), { maxBytes: 10_000 })).nodeCount, 2);
  });
});
