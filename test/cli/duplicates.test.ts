import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { floatText } from "../../src/detect/duplicates.js";
import { HeapBuilder } from "../../src/heap/HeapBuilder.js";
import { Flag, Kind } from "../../src/heap/kinds.js";
import { type DuplicateRow, duplicates, type DuplicatesResult } from "../../src/session/queries/duplicates.js";
import { Session } from "../../src/session/Session.js";
import { agentFolder, realSnapshot, temporaryFolder } from "../formats/realSnapshot.js";
import { type Python, pythons } from "../rig/pythons.js";

const here = dirname(fileURLToPath(import.meta.url));
const root = join(here, "..", "..");
const fixtures = join(here, "..", "fixtures", "duplicates");

/** Runs a fixture under the agent. */
function run(python: Python, program: string, ...args: string[]): void {
  execFileSync(python.path, [join(fixtures, program), ...args], {
    stdio: ["ignore", "ignore", "inherit"],
    env: { ...process.env, PYTHONPATH: agentFolder, PYTHONHASHSEED: "0", PYTHONDONTWRITEBYTECODE: "1" },
    timeout: 120_000,
  });
}

/** 2.7, the oldest 3, 3.11 and the newest, as far as they were found. */
function chosen(): Python[] {
  const all = pythons();
  const threes = all.filter(({ version }) => version[0] === 3);
  const wanted = [
    all.find(({ version }) => version[0] === 2),
    threes[0],
    threes.find(({ version }) => version[1] === 11),
    threes.at(-1),
  ];
  return [...new Set(wanted)].filter((python) => python !== undefined);
}

function fileOf(python: Python, name: string): string {
  return join(temporaryFolder(), `duplicates-${python.name}-${name.replace(/\W+/g, "-")}`);
}

/** What planted.py says of the objects that it has planted. */
type Truth = Readonly<
  Record<string, { readonly ids: readonly string[]; readonly bytes: number; readonly largest: number }>
>;

/** How many planted.py plants of each, by its names, with type and value. */
const PLANTED: readonly (readonly [name: string, type: string, value: string | undefined, count: number])[] = [
  ["three", "float", "3.0", 137],
  ["tenth", "float", "0.1", 55],
  ["zero", "float", "0.0", 13],
  ["negative zero", "float", "-0.0", 11],
  ["eight and a half", "float", "8.5", 60],
  ["real one itself", "float", "1.0", 26],
  ["number in inner", "float", "2.75", 12],
  ["int", "int", "1000033", 33],
  ["triple", "tuple", "(8.5, 'out for delivery-3', None)", 60],
  ["text in triple", "str", "'out for delivery-3'", 60],
  // The types of numbers are told apart, in tuples too.
  ["true", "tuple", undefined, 20],
  ["one", "tuple", "(1, 'out for delivery-4')", 23],
  ["real one", "tuple", "(1.0, 'out for delivery-4')", 26],
  ["inner", "tuple", "(2.75, 'out for delivery-5')", 12],
];

for (const python of chosen()) {
  const isTwo = python.version[0] === 2;

  describe(`duplicates, CPython ${python.name}`, () => {
    describe("planted values", () => {
      let result: DuplicatesResult;
      let session: Session;
      let truth: Truth;

      before(async () => {
        const [snapshot, told] = [fileOf(python, "planted.pyheapsnapshot"), fileOf(python, "truth.json")];
        run(python, "planted.py", snapshot, told);
        truth = JSON.parse(readFileSync(told, "utf8")) as Truth;
        session = await Session.open(snapshot);
        result = duplicates(session, { all: true });
      });

      /** The row that lists exactly the planted objects: all of them, and no others. */
      function rowOf(name: string, type: string, count: number): DuplicateRow {
        const { ids, bytes, largest } = truth[name];
        assert.equal(ids.length, count);
        const row = result.rows.find(({ objects }) => objects.includes(ids[0]));
        assert.ok(row, `${name} is listed`);
        assert.deepEqual([...row.objects].sort(), [...ids].sort(), name);
        assert.deepEqual([row.type, row.count, row.objectsTotal], [type, count, count]);
        assert.equal(row.saved, bytes - largest, name);
        assert.equal(row.bytesEach, largest, name);
        return row;
      }

      it("are found exactly, each object, with the bytes of all but one", () => {
        for (const [name, type, value, count] of PLANTED) {
          const row = rowOf(name, type, count);
          if (value !== undefined) assert.equal(row.value, value);
        }
      });

      it("are found exactly where the bytes of the value are told by the capture", () => {
        // In Python 2 bytes are str, and unicode is a type of its own.
        assert.equal(rowOf("text", "str", isTwo ? 400 : 417).value, "'out for delivery-1'");
        if (isTwo) assert.equal(rowOf("unicode", "unicode", 17).value, "'out for delivery-1'");
        rowOf("bytes", isTwo ? "str" : "bytes", 21);
      });

      it("say by what they are held, and where that is", () => {
        const row = rowOf("three", "float", 137);
        assert.equal(row.heldBy, "__main__.THREES[…]");
        assert.match(row.location?.file ?? "", /planted\.py$/);
        const line = readFileSync(join(fixtures, "planted.py"), "utf8")
          .split("\n")
          .indexOf(`THREES = copies(137, float, "3.0")`);
        assert.equal(row.location?.line, line + 1);
      });

      it("never hold nan, large ints that a double can't tell apart, subclasses, nested tuples", () => {
        const listed = result.rows.map(({ type, value }) => `${type} ${value}`);
        assert.ok(listed.length > PLANTED.length);
        for (const wrong of ["float nan", "int 1152921504606847000"]) assert.ok(!listed.includes(wrong), wrong);
        for (const row of result.rows) assert.doesNotMatch(row.type, /Text|Real/);
        assert.ok(!listed.some((text) => text.includes("delivery-6'") && text.startsWith("tuple")));
      });

      it("add up in the totals, and in the policies", () => {
        const ofType = (type: string) => result.rows.filter((row) => row.type === type);
        const sum = (rows: readonly DuplicateRow[], key: "count" | "saved") =>
          rows.reduce((total, row) => total + row[key], 0);
        for (const { type, ...total } of result.totals) {
          const rows = ofType(type);
          assert.deepEqual(total, { count: sum(rows, "count"), values: rows.length, saved: sum(rows, "saved") }, type);
        }
        assert.deepEqual(new Set(result.totals.map(({ type }) => type)), new Set(result.rows.map(({ type }) => type)));
        const policy = (name: string) => result.policies.find((one) => one.name === name);
        // 3.0, 0.0, -0.0 and 1.0 stand for all others; 24 bytes each on 64 bits.
        const integral = 136 + 12 + 10 + 25;
        const each = truth["three"].largest;
        const floats = policy("integral floats from -10.0 to 10.0");
        assert.deepEqual([floats?.count, floats?.saved], [integral, integral * each]);
        const all = ofType("float");
        assert.equal(policy("all equal floats")?.count, sum(all, "count") - all.length);
        assert.equal(policy("all equal floats")?.saved, sum(all, "saved"));
        assert.equal(policy("equal bytes")?.saved, sum(ofType("bytes"), "saved"));
        const texts = [...ofType("str"), ...ofType("unicode")];
        assert.equal(policy("interned strings")?.saved, sum(texts, "saved"));
        assert.ok(policy("equal tuples")!.saved > sum(ofType("tuple"), "saved"), "what only they hold is freed, too");
      });

      it("are listed most saved bytes first; without `all` 200 of them, with 50 ids each", () => {
        const few = duplicates(session);
        assert.equal(few.rows.length, Math.min(200, result.rows.length));
        assert.deepEqual([few.totals, few.policies], [result.totals, result.policies]);
        few.rows.forEach((row, i) => {
          assert.deepEqual(row, { ...result.rows[i], objects: result.rows[i].objects.slice(0, 50) });
          assert.ok(i === 0 || few.rows[i - 1].saved >= row.saved);
        });
      });
    });

    describe("what a policy saves, by a second run that does it", () => {
      const NAMES = [
        "integral floats from -10.0 to 10.0",
        "all equal floats",
        "interned strings",
        "equal bytes",
        "equal tuples",
      ];
      const results = new Map<string, { readonly bytes: number; readonly told: DuplicatesResult }>();

      before(async () => {
        for (const name of ["none", ...NAMES]) {
          const file = fileOf(python, name);
          run(python, "shared.py", file, name);
          const session = await Session.open(file);
          const bytes = session.graph.columns.selfSize.reduce((sum, size) => sum + size, 0);
          results.set(name, { bytes, told: duplicates(session) });
        }
      });

      for (const name of NAMES) {
        it(name, function () {
          const plain = results.get("none")!;
          const shared = results.get(name)!;
          const saved = (told: DuplicatesResult) => told.policies.find((policy) => policy.name === name)!.saved;
          const predicted = saved(plain.told);
          const real = plain.bytes - shared.bytes;
          // In Python 2 bytes are str.
          if (isTwo && name === "equal bytes") return assert.equal(predicted, 0);
          assert.ok(real > 500_000, `${real} bytes`);
          assert.ok(Math.abs(predicted / real - 1) < 0.01, `predicted ${predicted}, saved ${real}`);
          // What the interpreter itself has twice was not shared: without it the prediction is nearer still.
          const left = predicted - saved(shared.told);
          assert.ok(Math.abs(left / real - 1) < 0.002, `predicted ${left}, saved ${real}`);
        });
      }
    });
  });
}

describe("duplicates", () => {
  it("counts texts of different sizes by the largest one that stays, and leaves out what stays anyway", () => {
    const builder = new HeapBuilder();
    const list = builder.node("list", { outside: 1 });
    const garbage = builder.node("list");
    const code = builder.node("code", { kind: Kind.code, outside: 1 });
    const constants = builder.node("tuple", { kind: Kind.tuple });
    const agent = builder.node("dict", { flags: Flag.agent, outside: 1 });
    const text = (size: number, flags = 0) =>
      builder.node("str", { kind: Kind.str, text: "same", size, flags, tracked: false, facts: { equalGroup: 7 } });
    const [plain, encoded, other, dead, constant, immortal, own] = [
      text(50),
      text(60),
      text(50),
      text(50),
      text(50),
      text(50, Flag.immortal),
      text(50),
    ];
    for (const held of [plain, encoded, other, immortal]) builder.edge(list, held);
    builder.edge(garbage, garbage).edge(garbage, dead).edge(agent, own);
    builder.edge(code, constants).edge(constants, constant);
    const { rows } = duplicates(new Session("made by hand", builder.build()));
    assert.equal(rows.length, 1);
    const [row] = rows;
    assert.deepEqual([row.count, row.saved, row.value], [3, 100, "'same'"]);
    assert.ok(!("bytesEach" in row));
  });

  it("frees the elements of tuples only where nothing else refers to them", () => {
    const builder = new HeapBuilder();
    const list = builder.node("list", { outside: 1 });
    const tuples = Array.from({ length: 3 }, () => builder.node("tuple", { kind: Kind.tuple, size: 64 }));
    const float = (outside = 0) =>
      builder.node("float", { kind: Kind.number, number: 2.5, size: 24, tracked: false, outside });
    // The first tuple stays; the second one's element is held by the list, the third one's by C code.
    const [first, second, third] = [float(), float(), float(1)];
    builder.edge(tuples[0], first).edge(tuples[1], second).edge(tuples[2], third);
    const saved = (held: boolean) => {
      for (const tuple of held ? [] : tuples) builder.edge(list, tuple);
      if (held) builder.edge(list, second);
      const { policies, rows } = duplicates(new Session("made by hand", builder.build()));
      assert.equal(rows.find(({ type }) => type === "tuple")?.value, "(2.5,)");
      return policies.find(({ name }) => name === "equal tuples")?.saved;
    };
    assert.equal(saved(false), 2 * 64 + 24);
    assert.equal(saved(true), 2 * 64);
  });

  it("writes floats as Python does", () => {
    const texts: [number, string][] = [
      [3, "3.0"],
      [-0, "-0.0"],
      [0.1, "0.1"],
      [1e15, "1000000000000000.0"],
      [1e16, "1e+16"],
      [1.5e300, "1.5e+300"],
      [0.0001, "0.0001"],
      [0.00001, "1e-05"],
      [-1.25e-7, "-1.25e-07"],
      [Infinity, "inf"],
      [-Infinity, "-inf"],
      [NaN, "nan"],
    ];
    for (const [value, text] of texts) assert.equal(floatText(value), text);
  });

  describe("the command", () => {
    function printed(options: string): string {
      const command = join(root, "src", "cli", "commands", "duplicates.ts");
      const code = `import(${JSON.stringify(command)}).then((m) => m.runDuplicates(process.argv[1], ${options}))`;
      return execFileSync(process.execPath, ["--import", "tsx", "-e", code, realSnapshot()], {
        cwd: root,
        encoding: "utf8",
        env: { ...process.env, NO_COLOR: "1" },
      });
    }

    it("prints one JSON document: the list of values, or of policies", async () => {
      const { rows, policies } = duplicates(await Session.open(realSnapshot()));
      for (const [options, expected] of [
        ["{ json: true }", rows],
        ["{ json: true, policies: true }", policies],
      ] as const) {
        const out = printed(options);
        assert.ok(out.endsWith("\n") && !out.trimEnd().includes("\n"));
        assert.deepEqual(JSON.parse(out), expected);
      }
    });

    it("prints tables of values, of types and of policies", async () => {
      const { rows, policies } = duplicates(await Session.open(realSnapshot()));
      const out = printed("{}");
      assert.match(out, /^type +objects +saved +value +held by/m);
      assert.ok(out.includes(rows[0].value.slice(0, 40)));
      for (const { name } of policies) assert.ok(out.includes(name), name);
    });
  });
});
