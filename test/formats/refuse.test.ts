import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { readFileSync } from "node:fs";
import { gzipSync } from "node:zlib";
import type { SnapshotErrorCode } from "../../src/formats/errors.js";
import { arenaSnapshot } from "./arenaSnapshot.js";
import { digest, read, refusal } from "./damage.js";
import {
  addressOf,
  column,
  type Draft,
  type Member,
  npyBytes,
  PLAIN,
  smallSnapshot,
  snapshotBytes,
  withColumn,
  withMeta,
  zipBytes,
} from "./writeSnapshot.js";

const STRANGER = 0x7effffff0000;
const REQUIRED = ["nodes/id", "nodes/refcount", "nodes/type", "nodes/size", "edges/to"].concat(
  ["id", "length", "text"].map((name) => `strings/${name}`),
);
const GROUPS: Readonly<Record<string, RegExp>> = {
  owned: /^owned\//,
  items: /^items\//,
  ints: /^ints\//,
  floats: /^floats\//,
  codes: /^codes\//,
  weakrefs: /^weakrefs\//,
  threads: /^(frames|locals)\//,
  borrowed: /^borrowed\//,
};

async function refused(draft: Draft | Uint8Array, code: SnapshotErrorCode, message: RegExp): Promise<void> {
  const error = await refusal(draft instanceof Uint8Array ? draft : snapshotBytes(draft));
  assert.equal(error.code, code, error.message);
  assert.match(error.message, message);
}

/** The small snapshot with one member changed. */
function bent(name: string, change: (member: Member) => Member): Buffer {
  return snapshotBytes(smallSnapshot(), (members) => {
    const at = members.findIndex((member) => member.name === name);
    return members.with(at, change(members[at]));
  });
}

/** The small snapshot without some columns. */
function without(drop: (name: string) => boolean): Draft {
  const draft = smallSnapshot();
  for (const name of [...draft.columns.keys()]) if (drop(name)) draft.columns.delete(name);
  return draft;
}

/** One column of the small snapshot, changed. */
function changed(name: string, change: (values: number[]) => number[]): Draft {
  return withColumn(name, change([...smallSnapshot().columns.get(name)!]));
}

describe("formats: what is refused", () => {
  it("reads the small snapshot that the other tests bend, stored or deflated", async () => {
    const deflated = await read(snapshotBytes(smallSnapshot()));
    const stored = await read(
      snapshotBytes(smallSnapshot(), (members) => members.map((m) => ({ ...m, stored: true }))),
    );
    assert.equal(deflated.nodeCount, 21);
    assert.equal(digest(stored), digest(deflated));
  });

  describe("files that are no snapshot", () => {
    const whole = snapshotBytes(smallSnapshot());
    const png = Buffer.from("\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\x01\0\0\0\x01\x08\x06\0\0\0", "latin1");
    const cases: [string, Uint8Array, SnapshotErrorCode, RegExp][] = [
      ["empty", new Uint8Array(0), "truncated", /empty/],
      ["one byte", Buffer.from("P"), "not-a-snapshot", /no heap snapshot/],
      ["noise", randomBytes(100_000).fill(0, 0, 1), "not-a-snapshot", /no heap snapshot/],
      [
        "noise that starts as a ZIP",
        Buffer.concat([Buffer.from("PK\x03\x04"), Buffer.alloc(50_000, 7)]),
        "truncated",
        /directory/,
      ],
      ["text", Buffer.from("This is no snapshot.\n".repeat(100)), "not-a-snapshot", /no heap snapshot/],
      ["PNG", png, "not-a-snapshot", /no heap snapshot/],
      ["gzip of a snapshot", gzipSync(whole), "not-a-snapshot", /compressed with gzip/],
      ["ZIP without members", zipBytes([]), "not-a-snapshot", /no meta\.json/],
      [
        "ZIP of something else",
        zipBytes([{ name: "a.txt", data: Buffer.from("a") }]),
        "not-a-snapshot",
        /no meta\.json/,
      ],
      ["bytes behind the archive", Buffer.concat([whole, Buffer.alloc(100)]), "truncated", /directory/],
      ["bytes before the archive", Buffer.concat([Buffer.alloc(100), whole]), "not-a-snapshot", /no heap snapshot/],
    ];
    for (const [name, bytes, code, message] of cases) it(name, () => refused(bytes, code, message));
  });

  describe("meta.json", () => {
    const raw = (text: string | Uint8Array) => bent("meta.json", (m) => ({ ...m, data: Buffer.from(text as string) }));
    const nodes = { total: 19, tracked: 11, counted: 19 };
    const cases: [string, Draft | Uint8Array, SnapshotErrorCode, RegExp][] = [
      ["cut off", raw('{"format": "pyheap'), "corrupt", /not valid JSON/],
      ["not UTF-8", raw(Buffer.from('{"format": "\xff"}', "latin1")), "corrupt", /not valid/],
      ["empty", raw(""), "corrupt", /not valid JSON/],
      ["an array", raw("[]"), "corrupt", /not an object/],
      ["nested a million deep", raw("[".repeat(1e6)), "corrupt", /meta\.json/],
      ["another format", withMeta({ format: "other" }), "not-a-snapshot", /does not say/],
      ["a later version", withMeta({ version: 2 }), "unsupported-version", /version 2.*version 1/],
      ["version 0", withMeta({ version: 0 }), "unsupported-version", /version 0/],
      ["a version as text", withMeta({ version: "1" }), "corrupt", /version is not a whole number/],
      [
        "another implementation",
        withMeta({ runtime: { implementation: "pypy", version: [3, 11, 0] } }),
        "corrupt",
        /cpython/,
      ],
      [
        "a runtime without numbers",
        withMeta({ runtime: { implementation: "cpython", version: [] } }),
        "corrupt",
        /runtime\.version\[0\]/,
      ],
      ["no nodes", withMeta({ nodes: null }), "corrupt", /nodes is not an object/],
      ["a negative count", withMeta({ nodes: { ...nodes, tracked: -1 } }), "corrupt", /nodes\.tracked/],
      ["half a node", withMeta({ nodes: { ...nodes, total: 19.5 } }), "corrupt", /nodes\.total/],
      ["more tracked than counted", withMeta({ nodes: { ...nodes, counted: 10 } }), "corrupt", /do not fit/],
      [
        "one node too many",
        withMeta({ nodes: { ...nodes, total: 20 } }),
        "corrupt",
        /nodes\/id has 19 entries where 20/,
      ],
      [
        "one node too few",
        withMeta({ nodes: { ...nodes, total: 18, counted: 18 } }),
        "corrupt",
        /nodes\/id has 19 entries where 18/,
      ],
      ["9e15 nodes", withMeta({ nodes: { ...nodes, total: Number.MAX_SAFE_INTEGER } }), "corrupt", /fewer objects/],
      ["segments that do not add up", withMeta({ gc: { segments: [[2, 10]] } }), "corrupt", /add up to 10/],
      ["an unknown generation", withMeta({ gc: { segments: [[3, 11]] } }), "corrupt", /unknown generation/],
      ["types that are no rows", withMeta({ types: [1] }), "corrupt", /types\[0\] is not an array/],
      ["a type without a name", withMeta({ types: [[1, "m"]] }), "corrupt", /types\[0\]\[2\]/],
      ["no types", withMeta({ types: [] }), "corrupt", /object 0 has an unknown type/],
      ["a root without address", withMeta({ roots: [["sys.modules"]] }), "corrupt", /roots\[0\]\[1\]/],
      ["an address as text", withMeta({ refcount: { bias: 2, own: ["0x1"] } }), "corrupt", /refcount\.own\[0\]/],
      ["no marker", withMeta({ edges: {} }), "corrupt", /edges\.marker/],
      ["another marker", withMeta({ edges: { marker: 8 } }), "corrupt", /edges\/to/],
    ];
    for (const [name, file, code, message] of cases) it(name, () => refused(file, code, message));

    it("a time that no calendar has is unknown", async () => {
      for (const capturedAt of [1e300, -1e300, "yesterday"]) {
        assert.equal((await read(snapshotBytes(withMeta({ process: { capturedAt } })))).info.capturedAt, null);
      }
    });
  });

  describe("columns", () => {
    for (const name of REQUIRED) {
      it(`${name} is missing`, () =>
        refused(
          without((other) => other === name),
          "corrupt",
          new RegExp(`${name}\\.npy is missing`),
        ));
    }

    for (const [group, pattern] of Object.entries(GROUPS)) {
      it(`${group}: one of the group is missing`, async () => {
        const names = [...smallSnapshot().columns.keys()].filter((name) => pattern.test(name));
        assert.ok(names.length >= 2);
        for (const name of names) {
          await refused(
            without((other) => other === name),
            "corrupt",
            new RegExp(`${name} is missing`),
          );
        }
      });

      it(`${group}: the whole group is missing, and unknown`, async () => {
        const graph = await read(snapshotBytes(without((name) => pattern.test(name))));
        const { weakrefs, locations, threads } = graph.info.has;
        assert.deepEqual(
          { weakrefs, locations, threads },
          { weakrefs: group !== "weakrefs", locations: group !== "codes", threads: group !== "threads" },
        );
      });
    }

    it("a column of another type", async () => {
      for (const [name, values] of smallSnapshot().columns) {
        const descr = name === "floats/value" ? "<u8" : "<f8";
        const bytes = bent(`${name}.npy`, (m) => ({
          ...m,
          data: column(
            name,
            values.map(() => 1),
            descr,
          ),
        }));
        await refused(bytes, "corrupt", new RegExp(`column ${name} has the type ${descr}, not`));
      }
    });

    it("a column that is one entry shorter or longer than its group", async () => {
      for (const [name, values] of smallSnapshot().columns) {
        if (name.startsWith("marks/") || name === "edges/to") continue;
        await refused(
          withColumn(name, [...values, 0]),
          "corrupt",
          /entries where|do not add up|fewer objects|not there|no node/,
        );
        if (values.length === 0) continue;
        await refused(
          withColumn(name, values.slice(1)),
          "corrupt",
          /entries where|do not add up|fewer objects|not there|no node/,
        );
      }
    });

    const broken: [string, (whole: Buffer) => Uint8Array, RegExp][] = [
      ["empty", () => new Uint8Array(0), /is not a \.npy array/],
      ["of another format", () => Buffer.from("x".repeat(200)), /is not a \.npy array/],
      ["of .npy version 2", (whole) => Buffer.from(whole).fill(2, 6, 7), /is not a \.npy array/],
      ["cut off in the header", (whole) => whole.subarray(0, 40), /runs past its end/],
      ["with a header length past the end", (whole) => Buffer.from(whole).fill(0xff, 8, 10), /runs past its end/],
      ["one byte short", (whole) => whole.subarray(0, -1), /declares 19 elements, but holds/],
      ["with a larger shape", (whole) => npyBytes("<u8", whole.subarray(128), "(20,)"), /declares 20 elements/],
      [
        "with a shape of 10^15",
        () => npyBytes("<u8", new Uint8Array(8), "(999999999999999,)"),
        /declares 9{15} elements/,
      ],
      ["with two dimensions", (whole) => npyBytes("<u8", whole.subarray(128), "(19, 1)"), /not understood/],
      [
        "with code for a header",
        (whole) => npyBytes("<u8", whole.subarray(128), "(__import__('os'),)"),
        /not understood/,
      ],
      ["in big-endian", (whole) => npyBytes(">u8", whole.subarray(128), "(19,)"), /has the type >u8/],
    ];
    for (const [name, bend, message] of broken) {
      it(`nodes/size ${name}`, () =>
        refused(
          bent("nodes/size.npy", (m) => ({ ...m, data: bend(m.data as Buffer) })),
          "corrupt",
          message,
        ));
    }
  });

  describe("contents", () => {
    const cases: [string, Draft, RegExp][] = [
      ["an unknown type", changed("nodes/type", (v) => v.with(3, 13)), /object 3 has an unknown type/],
      ["the reader's own types", changed("nodes/type", (v) => v.with(18, 14)), /object 18 has an unknown type/],
      ["an address twice", changed("nodes/id", (v) => v.with(5, v[2])), /object 5 has an address that stood before/],
      ["an address of 2^52", changed("nodes/id", (v) => v.with(4, 2 ** 52)), /object 4 has an impossible address/],
      ["a size of 2^63", changed("nodes/size", (v) => v.with(4, 2 ** 63)), /object 4 has an impossible size/],
      [
        "a marker too few",
        changed("edges/to", (v) => v.toSpliced(v.indexOf(v.at(-1)!), 1)),
        /edges\/to has 17 runs where 19/,
      ],
      ["no last marker", changed("edges/to", (v) => v.slice(0, -1)), /does not end with a marker/],
      ["a marker too many", changed("edges/to", (v) => [...v, v.at(-1)!]), /edges\/to has more runs/],
      ["edges behind the last marker", changed("edges/to", (v) => [...v, v[0]]), /does not end with a marker/],
      ["no edges at all", withColumn("edges/to", []), /fewer than the 19 nodes/],
      ["an unknown owner of items", changed("items/owner", (v) => v.with(1, STRANGER)), /items: an owner is no node/],
      [
        "item lengths that wrap",
        changed("items/length", (v) => v.with(1, 2 ** 32 - 3)),
        /items\/key has 8 entries where/,
      ],
      ["a text length too long", changed("strings/length", (v) => v.with(0, v[0] + 1)), /do not add up/],
      [
        "a reference owned by nothing",
        withColumn("owned/from", [STRANGER]),
        /owned: a reference leads from or to no object/,
      ],
      [
        "a reference owned to nothing",
        withColumn("owned/to", [STRANGER]),
        /owned: a reference leads from or to no object/,
      ],
      ["a weak reference to nothing", withColumn("weakrefs/referent", [STRANGER]), /weakrefs: a referent is no object/],
      ["a frame of no thread", withColumn("frames/thread", [1]), /a thread or a frame that is not there/],
      ["a variable of no frame", withColumn("locals/frame", [1]), /a thread or a frame that is not there/],
    ];
    for (const [name, draft, message] of cases) it(name, () => refused(draft, "corrupt", message));

    it("free variable counts that wrap", () => {
      const draft = smallSnapshot();
      for (const [name, values] of draft.columns) {
        if (name.startsWith("codes/") && name !== "codes/freevar") draft.columns.set(name, [values[0], values[0]]);
      }
      draft.columns.set("codes/freevar_count", [2 ** 32 - 1, 2]);
      return refused(draft, "corrupt", /codes\/freevar has 1 entries where 4294967297/);
    });
  });

  describe("contents that are left out, as the format says", () => {
    it("references to what is no node", async () => {
      const graph = await read(snapshotBytes(changed("edges/to", (v) => [STRANGER, ...v])));
      assert.equal(digest(graph), digest(await read(snapshotBytes(smallSnapshot()))));
    });

    it("a weak reference that is no node", async () => {
      const graph = await read(snapshotBytes(withColumn("weakrefs/ref", [STRANGER])));
      assert.equal(graph.weakrefs.length, 0);
    });

    it("roots, marks, numbers and variables of what is no node", async () => {
      const draft = withMeta({ roots: [["sys.modules", STRANGER]] });
      draft.columns.set("marks/agent", [STRANGER]);
      draft.columns.set("ints/id", [STRANGER]);
      draft.columns.set("locals/value", [STRANGER]);
      draft.columns.set("locals/name", [STRANGER]);
      const graph = await read(snapshotBytes(draft));
      assert.deepEqual(
        graph.roots.map((root) => root.name),
        ["thread MainThread"],
      );
      assert.equal(graph.numbers.get(13), undefined);
    });

    it("members and keys that nobody knows", async () => {
      const draft = withMeta({ future: { a: [1] } });
      const bytes = snapshotBytes(draft, (members) => [{ name: "future/a.npy", data: Buffer.from("?") }, ...members]);
      assert.equal(digest(await read(bytes)), digest(await read(snapshotBytes(smallSnapshot()))));
    });
  });

  describe("archives", () => {
    const GB = 2 ** 30;
    const data = "nodes/size.npy";
    const cases: [string, Uint8Array, SnapshotErrorCode, RegExp][] = [
      [
        "a bomb by its declared sizes",
        bent(data, (m) => ({ ...m, size: 2 * GB })),
        "too-large",
        /claims to hold 21474/,
      ],
      [
        "a bomb of zeros",
        bent(data, (m) => ({ ...m, data: Buffer.alloc(80 << 20) })),
        "too-large",
        /claims to hold 8389/,
      ],
      [
        "more than declared",
        bent(data, (m) => ({ ...m, data: Buffer.alloc(8 << 20), size: 280 })),
        "corrupt",
        /longer than declared/,
      ],
      [
        "less than declared",
        bent(data, (m) => ({ ...m, size: m.data.length + 1 })),
        "corrupt",
        /shorter than declared/,
      ],
      [
        "a stored size that differs",
        bent(data, (m) => ({ ...m, stored: true, size: 9 })),
        "truncated",
        /size mismatch/,
      ],
      [
        "meta.json with more than declared",
        bent("meta.json", (m) => ({ ...m, size: 10 })),
        "corrupt",
        /longer than declared/,
      ],
      ["encrypted", bent(data, (m) => ({ ...m, flags: 1 })), "corrupt", /is encrypted/],
      ["packed by bzip2", bent(data, (m) => ({ ...m, method: 12 })), "corrupt", /compression method 12/],
      [
        "a member under another name",
        bent(data, (m) => ({ ...m, localName: "nodes/sizf.npy" })),
        "corrupt",
        /another name/,
      ],
      [
        "a name that leaves the archive",
        bent(data, (m) => ({ ...m, name: "../x", localName: "../x" })),
        "truncated",
        /relative path/,
      ],
      [
        "fewer members than there are",
        snapshotBytes(smallSnapshot(), (m) => [m.at(-1)!, ...m.slice(0, -1)], { count: 38 }),
        "corrupt",
        /bytes are declared/,
      ],
      [
        "more members than there are",
        snapshotBytes(smallSnapshot(), undefined, { count: 99 }),
        "truncated",
        /directory can't be read/,
      ],
    ];
    for (const [name, bytes, code, message] of cases) it(name, () => refused(bytes, code, message));

    it("a member twice", () =>
      refused(
        snapshotBytes(smallSnapshot(), (m) => [m[0], ...m]),
        "corrupt",
        /"nodes\/id\.npy" stands twice/,
      ));

    it("65,000 members", () => {
      const empty = new Uint8Array(0);
      const many = Array.from({ length: 65_000 }, (_, i) => ({ name: `x/${i}`, data: empty, stored: true }));
      return refused(
        snapshotBytes(smallSnapshot(), (members) => [...many, ...members]),
        "corrupt",
        /more than 4096/,
      );
    });

    it("the offset of a damaged member", async () => {
      const bytes = snapshotBytes(smallSnapshot());
      const header = bytes.indexOf("edges/to.npy") - 30;
      const error = await refusal(Buffer.from(bytes).fill(0xff, header + 50, header + 60));
      assert.equal(error.offset, header);
      assert.match(error.message, /edges\/to\.npy/);
    });

    it("more than the memory that there is", async () => {
      const error = await refusal(snapshotBytes(smallSnapshot()), { maxBytes: 1000 });
      assert.equal(error.code, "too-large");
      assert.match(error.advice, /Only 1000/);
    });
  });

  it("stops when it is told to, with the reason given", async () => {
    const reason = new Error("enough");
    await assert.rejects(read(snapshotBytes(smallSnapshot()), { signal: AbortSignal.abort(reason) }), reason);
  });

  describe("overlong and circular names", () => {
    const long = "x".repeat(1 << 20);

    it("names of a megabyte are cut", async () => {
      const types = smallSnapshot().meta["types"] as [number, string, string, number, number][];
      const draft = withMeta({
        types: types.map(([id, module, , ...rest]) => [id, module, long, ...rest]),
        threads: [{ ident: 1, name: long, current: true }],
        roots: [[long, addressOf(0)]],
      });
      const graph = await read(snapshotBytes(draft));
      for (let node = 0; node < graph.nodeCount; node++) {
        assert.ok(graph.typeName(node).length < 1100);
        assert.ok(graph.nodeName(node).length < 1300);
      }
      for (const root of graph.roots) assert.ok(root.name.length < 1100);
    });

    it("a text of a megabyte is cut where it is shown", async () => {
      const graph = await read(snapshotBytes(smallSnapshot({ ...PLAIN, value: long })));
      assert.equal(graph.string(graph.columns.text[12]).length, 1 << 20);
      assert.ok(graph.nodeName(12).length < 100);
    });

    it("a type that is its own type, code that is named by itself, frames that hold each other", async () => {
      const types = smallSnapshot().meta["types"] as (readonly number[])[];
      const draft = withMeta({ types: types.map((row, t) => (t === 8 ? [addressOf(10), ...row.slice(1)] : row)) });
      const code = addressOf(8);
      draft.columns.set("strings/id", [...smallSnapshot().columns.get("strings/id")!].with(3, code));
      for (const name of ["file", "name", "qualname"]) draft.columns.set(`codes/${name}`, [code]);
      draft.columns.set("frames/thread", [0, 0]);
      draft.columns.set("frames/id", [addressOf(9), code]);
      draft.columns.set("frames/code", [code, code]);
      draft.columns.set("frames/line", [1, 2]);
      draft.columns.set("locals/frame", [0, 1]);
      draft.columns.set("locals/name", [code, code]);
      draft.columns.set("locals/value", [code, addressOf(9)]);
      const graph = await read(snapshotBytes(draft));
      assert.match(digest(graph), /^[0-9a-f]{64}$/);
      assert.equal(graph.typeName(10), "type");
    });
  });

  it("knows no member of the real files that the tests forget", () => {
    const document = readFileSync(new URL("../../docs/FORMAT.md", import.meta.url), "utf8");
    const documented = new Set([...document.matchAll(/`([a-z]+\/[a-z_]+)\.npy`/g)].map((match) => match[1]));
    const written = new Set([...arenaSnapshot().columns.keys()].filter((name) => !name.startsWith("marks/")));
    assert.deepEqual([...written].sort(), [...documented].sort());
  });
});
