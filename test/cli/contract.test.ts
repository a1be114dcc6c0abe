import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { realSnapshot, temporaryFolder } from "../formats/realSnapshot.js";
import { addressOf, smallSnapshot, snapshotBytes } from "../formats/writeSnapshot.js";
import { build, cli, everyCommand, ouroboros } from "./run.js";

const CAP = 50;
const RINGS = 60;

/** A shape that a JSON value must have; object shapes list the keys that must be there, `?` marks optional ones. */
type Shape = string | readonly [Shape] | { readonly [key: string]: Shape };

function check(value: unknown, shape: Shape, where = "$"): void {
  if (typeof shape === "string") {
    const kinds = shape.split("|");
    const kind = value === null ? "null" : typeof value;
    const isId = kind === "string" && /^0x[0-9a-f]+$/.test(value as string);
    assert.ok(
      kinds.includes(kind) || (isId && kinds.includes("id")),
      `${where} is ${JSON.stringify(value)}, not ${shape}`,
    );
    if (kind === "number") assert.ok(Number.isFinite(value), where);
  } else if (Array.isArray(shape)) {
    assert.ok(Array.isArray(value), `${where} is not an array`);
    value.forEach((item, i) => check(item, shape[0] as Shape, `${where}[${i}]`));
  } else {
    assert.ok(typeof value === "object" && value !== null && !Array.isArray(value), `${where} is not an object`);
    for (const [key, inner] of Object.entries(shape)) {
      const name = key.replace("?", "");
      if (name in value) check((value as Record<string, unknown>)[name], inner, `${where}.${name}`);
      else assert.ok(key.endsWith("?"), `${where}.${name} is missing`);
    }
  }
}

const HAS = ["refcounts", "generations", "weakrefs", "locations", "arenas", "threads", "tracemalloc"];
const INFO = {
  format: "string",
  runtime: "string",
  version: "string",
  nodes: "number",
  edges: "number",
  bytes: "number",
  capturedAt: "string|null",
  has: Object.fromEntries(HAS.map((name) => [name, "boolean"])),
} satisfies Shape;
const LOCATION = { file: "string", line: "number", name: "string" } satisfies Shape;
const EDGE = { from: "id", to: "id", label: "string" } satisfies Shape;
const NAMED = { id: "id", label: "string", name: "string" } satisfies Shape;
const NEIGHBOUR = { ...NAMED, standing: "string" } satisfies Shape;
const ROW = {
  id: "id",
  name: "string",
  self: "number",
  retained: "number",
  dominator: "id|string|null",
  distance: "number",
} satisfies Shape;

const SHAPES: Readonly<Record<string, Shape>> = {
  info: INFO,
  report: {
    snapshot: INFO,
    findings: [
      {
        rule: "string",
        severity: "string",
        title: "string",
        why: "string",
        count: "number",
        bytes: "number",
        objects: ["id"],
        objectsTotal: "number",
        fingerprint: "string",
        "location?": LOCATION,
        path: [NAMED],
        "fix?": "string",
      },
    ],
  },
  gc: {
    tracked: "number",
    outside: "number",
    unreachable: ["id"],
    uncollectable: ["id"],
    finalizers: ["id"],
    callbacks: [["id"]],
    freed: ["id"],
    unknown: ["string"],
  },
  cycles: {
    families: [
      {
        signature: "string",
        count: "number",
        bytes: "number",
        pinned: "number",
        garbage: "boolean",
        objects: [["id"]],
        edges: [EDGE],
        "location?": LOCATION,
        cuts: [{ ...EDGE, why: "string" }],
      },
    ],
    infrastructure: { sccs: "number", largest: "number" },
  },
  retained: { rows: [ROW], total: "number" },
  object: {
    ...ROW,
    type: "string",
    kind: "string",
    refcount: "number|null",
    references: { inside: "number", outside: "number|null" },
    garbage: "boolean",
    generation: "number|null",
    flags: ["string"],
    "location?": LOCATION,
    path: "string|null",
    referrers: [NEIGHBOUR],
    referrersTotal: "number",
    referents: [NEIGHBOUR],
    referentsTotal: "number",
    weakrefs: ["id"],
  },
  why: {
    id: "id",
    name: "string",
    garbage: "boolean",
    paths: [{ root: "string", expression: "string", steps: [NAMED] }],
  },
  types: [{ type: "string", count: "number", bytes: "number", garbage: "number" }],
  caches: [
    {
      name: "string",
      id: "id",
      type: "string",
      entries: "number",
      idle: "number",
      idleShare: "number",
      bytes: "number",
      "location?": LOCATION,
    },
  ],
  packages: [
    {
      package: "string",
      origin: "string",
      own: "number",
      retained: "number",
      modules: [{ name: "string", file: "string|null", own: "number", retained: "number" }],
    },
  ],
  threads: [
    {
      id: "number|null",
      node: "id",
      name: "string|null",
      frames: [{ id: "id|null", node: "id", function: "string|null", "location?": LOCATION, retained: "number" }],
      framesTotal: "number",
      retained: "number",
      locals: [{ id: "id", name: "string", type: "string", retained: "number", kept: "boolean" }],
    },
  ],
  duplicates: [
    { value: "string", type: "string", count: "number", saved: "number", objects: ["id"], objectsTotal: "number" },
  ],
};

interface Finding {
  readonly severity: string;
  readonly bytes: number;
  readonly objects: readonly string[];
  readonly objectsTotal: number;
}

describe("cli: the contract", () => {
  const small = () => join(temporaryFolder(), "contract.pyheapsnapshot");
  const smallId = `0x${addressOf(1).toString(16)}`;
  let realId: string;

  before(async () => {
    build();
    writeFileSync(small(), snapshotBytes(smallSnapshot()));
    realId = (await json<{ unreachable: string[] }>(["gc", realSnapshot()])).unreachable[0];
  });

  /** What a command prints with --json, which must be one document and nothing else. */
  async function json<T>(args: readonly string[]): Promise<T> {
    const { code, stdout, stderr } = await ouroboros([...args, "--json"]);
    assert.equal(code, 0, stderr);
    assert.equal(stderr, "");
    assert.ok(stdout.endsWith("\n") && !stdout.trimEnd().includes("\n"), "one line");
    return JSON.parse(stdout) as T;
  }

  describe("--json prints one document with the documented keys", () => {
    for (const command of Object.keys(SHAPES)) {
      it(command, async () => {
        for (const [file, id] of [
          [small(), smallId],
          [realSnapshot(), realId],
        ]) {
          const args = command === "object" || command === "why" ? [id] : [];
          const answer = await json<object>([command, file, ...args]);
          check(answer, SHAPES[command]);
          for (const list of Object.values(answer).filter(Array.isArray)) {
            if (["rows", "families", "findings"].some((name) => (answer as Record<string, unknown>)[name] === list)) {
              assert.notEqual(list.length, 0, "lists hold something to check");
            }
          }
        }
      });
    }

    it("the check itself notices what is wrong", () => {
      for (const [value, shape] of [
        [1, "string"],
        ["1f", "id"],
        [{}, { a: "number" }],
        [{ a: "1" }, { "a?": "number" }],
        [{}, ["id"]],
        [["x"], ["id"]],
      ] as const) {
        assert.throws(() => check(value, shape), assert.AssertionError);
      }
    });
  });

  describe("exit code 2 and a message for wrong calls", () => {
    const file = small;
    const cases: [string, () => string[], RegExp][] = [
      ["no command", () => [], /Usage: ouroboros/],
      ["an unknown command", () => ["frobnicate", file()], /unknown command 'frobnicate'/],
      ["an unknown option", () => ["info", file(), "--frobnicate"], /unknown option '--frobnicate'/],
      ["a missing file", () => ["gc"], /missing required argument 'file'/],
      ["a file too many", () => ["gc", file(), file()], /too many arguments/],
      ["object without an id", () => ["object", file()], /missing required argument 'id'/],
      ["why without an id", () => ["why", file()], /missing required argument 'id'/],
      ...["0", "-1", "1.5", "many", ""].map((top): [string, () => string[], RegExp] => [
        `--top ${JSON.stringify(top)}`,
        () => ["retained", file(), "--top", top],
        /whole number above 0/,
      ]),
      ["an unknown id for object", () => ["object", file(), "0xdead"], /no object has the id "0xdead"/],
      ["an unknown id for why", () => ["why", file(), "0xdead"], /no object has the id "0xdead"/],
      ["an unknown id to avoid", () => ["why", file(), smallId, "--avoid", "0xdead"], /no object has the id "0xdead"/],
      ["an unknown id among --ids", () => ["retained", file(), "--ids", `${smallId},0xdead`], /no object has the id/],
      [
        "a --tsv that can't be written",
        () => ["retained", file(), "--tsv", "/nowhere/out.tsv"],
        /can't write \/nowhere/,
      ],
      ["capture without a script", () => ["capture"], /missing required argument 'script'/],
    ];
    for (const [name, args, message] of cases) {
      it(name, async () => {
        const { code, stdout, stderr } = await ouroboros(args());
        assert.equal(code, 2, stderr);
        assert.equal(stdout, "");
        assert.match(stderr, message);
        assert.doesNotMatch(stderr, /^\s+at /m);
      });
    }
  });

  it("an empty heap has answers too, and an id in it is a wrong call", async () => {
    const draft = smallSnapshot();
    for (const name of draft.columns.keys()) draft.columns.set(name, []);
    Object.assign(draft.meta, { nodes: { total: 0, tracked: 0, counted: 0 }, gc: {}, threads: [], roots: [] });
    const path = join(temporaryFolder(), "nothing.pyheapsnapshot");
    writeFileSync(path, snapshotBytes(draft));
    for (const [command, ...args] of everyCommand("0x1000")) {
      const { code, stderr } = await ouroboros([command, path, ...args]);
      assert.equal(code, args.length > 0 ? 2 : 0, `${command}: ${stderr}`);
    }
  });

  it("--help and --version end with 0 and print on stdout", async () => {
    const { version } = JSON.parse(readFileSync(new URL("../../package.json", import.meta.url), "utf8")) as {
      version: string;
    };
    const cases: [string[], RegExp][] = [
      [["--help"], /Usage: ouroboros/],
      [["help", "gc"], /Usage: ouroboros gc/],
      [["capture", "--help"], /Usage: ouroboros capture/],
      ...Object.keys(SHAPES).map((command): [string[], RegExp] => [[command, "--help"], /--json/]),
      [["--version"], new RegExp(`^${version.replaceAll(".", "\\.")}\n$`)],
    ];
    for (const [args, message] of cases) {
      const { code, stdout, stderr } = await ouroboros(args);
      assert.deepEqual({ code, stderr }, { code: 0, stderr: "" });
      assert.match(stdout, message, args.join(" "));
    }
  });

  it("ends quietly when the reader of the pipe goes away, as `head -1` does", async () => {
    for (const args of [
      ["retained", realSnapshot(), "--top", "100000"],
      ["retained", realSnapshot(), "--top", "100000", "--json"],
    ]) {
      const child = spawn(process.execPath, [cli, ...args], { stdio: ["ignore", "pipe", "pipe"] });
      let stderr = "";
      child.stderr.on("data", (chunk: Buffer) => (stderr += chunk.toString()));
      child.stdout.once("data", () => child.stdout.destroy());
      const [code] = (await once(child, "close")) as [number | null];
      assert.deepEqual({ code, stderr }, { code: 0, stderr: "" });
    }
  });

  it("retained --tsv writes a heading and a row for each node", async () => {
    const out = join(temporaryFolder(), "retained.tsv");
    const { code, stdout } = await ouroboros(["retained", realSnapshot(), "--tsv", out]);
    assert.deepEqual({ code, stdout }, { code: 0, stdout: "" });
    const [heading, ...rows] = readFileSync(out, "utf8").trimEnd().split("\n");
    assert.equal(heading, "id\tself\tretained\tdistance");
    const { nodes, bytes } = await json<{ nodes: number; bytes: number }>(["info", realSnapshot()]);
    assert.equal(rows.length, nodes);
    for (const row of rows) assert.match(row, /^0x[0-9a-f]+\t\d+\t\d+\t-?\d+$/);
    assert.equal(
      rows.reduce((sum, row) => sum + Number(row.split("\t")[1]), 0),
      bytes,
    );
  });

  it("retained lists as many as --top says, or those of --ids, and counts all", async () => {
    type Answer = { rows: { id: string; retained: number }[]; total: number };
    const { nodes } = await json<{ nodes: number }>(["info", realSnapshot()]);
    const top = await json<Answer>(["retained", realSnapshot(), "--top", "7"]);
    assert.equal(top.rows.length, 7);
    assert.equal(top.total, nodes);
    const sizes = top.rows.map((row) => row.retained);
    assert.deepEqual(
      sizes,
      [...sizes].sort((a, b) => b - a),
    );
    const ids = [top.rows[3].id, top.rows[1].id];
    const chosen = await json<Answer>(["retained", realSnapshot(), "--ids", ids.join(",")]);
    assert.deepEqual(chosen.rows, [top.rows[3], top.rows[1]]);
  });

  it(`report lists at most ${CAP} objects of a finding, with the total beside; --all lifts it`, async () => {
    const capped = (await json<{ findings: Finding[] }>(["report", realSnapshot()])).findings;
    const all = (await json<{ findings: Finding[] }>(["report", realSnapshot(), "--all"])).findings;
    assert.ok(capped.filter((finding) => finding.objectsTotal >= 2 * RINGS).length >= 2, "rings and closures");
    assert.equal(capped.length, all.length);
    capped.forEach((finding, i) => {
      assert.equal(finding.objects.length, Math.min(CAP, finding.objectsTotal));
      assert.equal(all[i].objects.length, finding.objectsTotal);
      assert.deepEqual(all[i].objects.slice(0, CAP), finding.objects);
    });
    const bytes = all.map((finding) => finding.bytes);
    assert.deepEqual(
      bytes,
      [...bytes].sort((a, b) => b - a),
      "most bytes first",
    );
  });

  it("cycles lists at most 50 cycles of a family; --all lifts it", async () => {
    type Answer = { families: { count: number; objects: string[][] }[] };
    const capped = (await json<Answer>(["cycles", realSnapshot()])).families;
    const all = (await json<Answer>(["cycles", realSnapshot(), "--all"])).families;
    assert.equal(capped.filter((family) => family.count === RINGS).length, 2);
    capped.forEach((family, i) => {
      assert.equal(family.objects.length, Math.min(CAP, family.count));
      assert.equal(all[i].objects.length, family.count);
    });
  });

  it("uses no colour in a pipe or with NO_COLOR, and does when it is asked to", async () => {
    let coloured = 0;
    for (const [command, ...args] of everyCommand(smallId)) {
      const [piped, plain, forced] = await Promise.all(
        [{}, { NO_COLOR: "1", FORCE_COLOR: "" }, { FORCE_COLOR: "1" }].map((env) =>
          ouroboros([command, small(), ...args], env as Record<string, string>),
        ),
      );
      assert.ok(!piped.stdout.includes("\u001b") && !plain.stdout.includes("\u001b"), command);
      assert.equal(piped.stdout, plain.stdout);
      if (forced.stdout.includes("\u001b")) coloured++;
      assert.equal(forced.stdout.replace(/\u001b\[\d+m/g, ""), plain.stdout);
    }
    assert.ok(coloured >= 5, "the commands do use colour");
  });
});
