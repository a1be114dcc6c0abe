import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import type { CutAnswer } from "../../src/session/queries/cut.js";
import type { CyclesResult } from "../../src/session/queries/cycles.js";
import { firstPython3, temporaryFolder } from "../formats/realSnapshot.js";
import { addressOf, smallSnapshot, snapshotBytes } from "../formats/writeSnapshot.js";
import { build, ouroboros } from "./run.js";

const agentFolder = join(dirname(fileURLToPath(import.meta.url)), "..", "..", "src", "capture", "python");

/**
 * Prints the addresses of its objects by name, and then what really goes: with each generation's collection, and when
 * `owner.tree` is deleted, at once and with a full collection.
 */
const PROGRAM = `
import sys
sys.path.insert(0, sys.argv[1])
import gc, json, weakref, ouroboros_capture

class Node(object):
    pass

class Finalized(Node):
    def __del__(self):
        log.append("finalizer")

names, refs, log = {}, {}, []

def node(name, kind=Node):
    made = kind()
    names[name] = id(made)
    refs[name] = weakref.ref(made)
    return made

def ring(name):
    a, b = node(name + " a"), node(name + " b")
    a.other, b.other = b, a
    return a

def gone():
    return sorted(name for name in refs if refs[name]() is None)

gc.collect()
gc.disable()
owner, other, tree = node("owner"), node("other"), node("tree")
owner.tree = tree
tree.leaf = node("leaf", Finalized)
tree.ring = ring("of tree")
tree.shared = other.shared = node("shared")
other.again = other.shared
callback = weakref.ref(tree, lambda _: log.append("callback"))
names["callback"] = id(callback)
names["dict of other"] = id(vars(other))
del tree
old = ring("old")
gc.collect()
middle = ring("middle")
gc.collect(0)
young = ring("young")
del old, middle, young
ouroboros_capture.snapshot(sys.argv[2])
collections = []
for generation in 0, 1, 2:
    gc.collect(generation)
    collections.append(gone())
del owner.tree
now, log_now = gone(), log[:]
gc.collect()
print(json.dumps({"names": names, "collections": collections, "now": now, "later": gone(), "log": log_now}))
`;

interface Truth {
  readonly names: Readonly<Record<string, number>>;
  /** Names of what is gone after a collection of generation 0, 1, 2. */
  readonly collections: readonly (readonly string[])[];
  /** The same after the cut, and after another collection. */
  readonly now: readonly string[];
  readonly later: readonly string[];
  readonly log: readonly string[];
}
type GcAnswer = Readonly<
  Record<"unreachable" | "uncollectable" | "finalizers" | "freed" | "kept", readonly string[]>
> & {
  readonly tracked: number;
  readonly outside: number;
  readonly callbacks: readonly unknown[];
  readonly bytes: number;
  readonly unknown: readonly string[];
};

describe("cli: cut, and gc of a generation", () => {
  let file: string;
  let truth: Truth;
  let names: ReadonlyMap<string, string>;
  const id = (name: string) => `0x${truth.names[name].toString(16)}`;

  before(() => {
    build();
    file = join(temporaryFolder(), "cut.pyheapsnapshot");
    const out = execFileSync(firstPython3().path, ["-S", "-c", PROGRAM, agentFolder, file], {
      stdio: ["ignore", "pipe", "inherit"],
      encoding: "utf8",
      env: { ...process.env, PYTHONDONTWRITEBYTECODE: "1" },
    });
    truth = JSON.parse(out) as Truth;
    names = new Map(Object.keys(truth.names).map((name) => [id(name), name]));
  });

  async function text(...args: string[]): Promise<string> {
    const { code, stdout, stderr } = await ouroboros(args);
    assert.deepEqual({ code, stderr }, { code: 0, stderr: "" });
    return stdout;
  }

  const answers = new Map<string, Promise<unknown>>();
  /** The JSON answer of a command, which is asked for once. */
  function json<T>(...args: string[]): Promise<T> {
    const key = args.join(" ");
    if (!answers.has(key)) answers.set(key, ask(...args));
    return answers.get(key) as Promise<T>;
  }

  async function ask(...args: string[]): Promise<unknown> {
    const stdout = await text(...args, "--json");
    assert.ok(stdout.endsWith("\n") && !stdout.trimEnd().includes("\n"), "one document in one line");
    return JSON.parse(stdout) as unknown;
  }

  /** Those of the program's own objects, by name. */
  const named = (ids: readonly string[]) => ids.flatMap((one) => names.get(one) ?? []).sort();
  const without = (list: readonly string[], less: readonly string[]) => list.filter((name) => !less.includes(name));

  it("gc --generation says what each collection really frees", async () => {
    const found: GcAnswer[] = [];
    for (const args of [["--generation", "0"], ["--generation", "1"], []]) found.push(await json("gc", file, ...args));
    found.forEach((answer, generation) => {
      assert.deepEqual(named(answer.freed), truth.collections[generation], `generation ${generation}`);
      assert.deepEqual(named(answer.unreachable), truth.collections[generation]);
      assert.deepEqual(Object.keys(answer), [
        "tracked",
        "outside",
        "unreachable",
        "uncollectable",
        "finalizers",
        "callbacks",
        "freed",
        "kept",
        "bytes",
        "unknown",
      ]);
    });
    const [young, middle, full] = found.map(({ tracked }) => tracked);
    assert.ok(0 < young && young < middle && middle < full, `examined: ${young}, ${middle}, ${full}`);
  });

  it("gc names the collection in its text", async () => {
    const [first] = (await text("gc", file, "--generation", "0")).split("\n");
    assert.match(first, /^\d+ unreachable objects, .* of [\d,]+ that a collection of generation 0 examines$/);
  });

  it("cut --json says what really goes at once and with the next collection, who holds the rest, and what runs", async () => {
    const answer = await json<CutAnswer>("cut", file, "--from", id("owner"), "--label", ".tree");
    assert.deepEqual(Object.keys(answer), [
      "freedNow",
      "freedByCollection",
      "bytesNow",
      "bytesByCollection",
      "garbageBefore",
      "callbacks",
      "finalizers",
      "events",
      "survivors",
      "arenas",
      "unknown",
    ]);
    const before = truth.collections[2];
    assert.deepEqual(named(answer.freedNow), without(truth.now, before));
    assert.deepEqual(named(answer.freedByCollection), [...without(truth.later, truth.now), ...before].sort());
    const shared = answer.survivors.find((survivor) => survivor.id === id("shared"));
    assert.ok(["other", "dict of other"].includes(names.get(shared?.heldBy ?? "") ?? ""), "who holds what stays");
    const ran = answer.events.filter(({ when }) => when === "now");
    assert.deepEqual(
      ran.map(({ kind }) => kind),
      truth.log,
    );
    assert.deepEqual(answer.callbacks, [[id("tree"), id("callback")]]);
    assert.deepEqual(answer.finalizers, [id("leaf")]);
    assert.deepEqual(answer.unknown, [
      "1 finalizer of __main__.Finalized would run code that may keep objects alive",
      "1 weak reference callback would run code that may keep objects alive",
    ]);
    const { bytes } = await json<GcAnswer>("gc", file);
    assert.deepEqual(answer.garbageBefore.bytes, bytes);
    assert.ok(answer.bytesByCollection > bytes && answer.bytesNow > 0);
  });

  it("cut by --to and by --label is the same, several references are cut together", async () => {
    const byLabel = await json<CutAnswer>("cut", file, "--from", id("owner"), "--label", ".tree");
    const both = await json<CutAnswer>("cut", file, "--from", id("owner"), "--label", ".tree", "--to", id("tree"));
    assert.deepEqual(both, byLabel);
    const two = ["--label", ".shared", "--from", id("other"), "--label", ".again"];
    const some = await json<CutAnswer>("cut", file, "--from", id("other"), ...two);
    assert.ok(!named(some.freedNow).includes("shared"), "the tree holds it too");
    const all = await json<CutAnswer>(
      "cut",
      file,
      "--from",
      id("owner"),
      "--label",
      ".tree",
      "--from",
      id("other"),
      ...two,
    );
    assert.ok(named(all.freedNow).includes("shared"));
  });

  it("cut --family cuts what cycles suggests", async () => {
    const { families } = await json<CyclesResult>("cycles", file);
    const { signature, cuts } = families.find((family) => family.cuts.length > 0)!;
    const options = cuts.flatMap(({ from, to, label }) => ["--from", from, "--to", to, "--label", label]);
    const byHand = await json<CutAnswer>("cut", file, ...options);
    assert.ok(byHand.freedNow.length > 0);
    assert.deepEqual(await json("cut", file, "--family", signature), byHand);
    assert.deepEqual(await json("cut", file, "--family", signature.split(" ").at(-1)!), byHand);
  });

  it("cut says in words what goes, in which order, and what stays", async () => {
    const words = await text("cut", file, "--from", id("owner"), "--label", ".tree");
    assert.match(words, /^Without this reference: frees at once \d+ objects, /);
    assert.match(
      words,
      /\nthe next full collection frees \d+ objects, .* more\n\(and \d+ objects, .* garbage already\)/,
    );
    assert.match(words, /\nuncertain: 1 finalizer of __main__\.Finalized would run code that may keep objects alive\n/);
    const order = words.slice(words.indexOf("Order of destruction"));
    const at = (what: string) => order.indexOf(what);
    assert.ok(0 < at(`${id("tree")} __main__.Node dies`));
    const callback = new RegExp(`${id("tree")} __main__\\.Node: the callback \\S+ <string>:\\d+ for it runs`).exec(
      order,
    );
    const finalizer = new RegExp(
      `${id("leaf")} __main__\\.Finalized: its finalizer (Finalized\\.)?__del__ <string>:\\d+ runs`,
    );
    assert.ok(callback && at("__main__.Node dies") < callback.index, order);
    assert.ok(callback.index < (finalizer.exec(order)?.index ?? -1), order);
    assert.match(words, new RegExp(`Stays, and who holds it:\\n(.*\\n)*  ${id("shared")} __main__\\.Node ← `));
  });

  it("wrong calls end with 2 and say what to do", async () => {
    const small = join(temporaryFolder(), "cutless.pyheapsnapshot");
    const draft = smallSnapshot();
    Object.assign(draft.meta, { gc: {} });
    writeFileSync(small, snapshotBytes(draft));
    const some = `0x${addressOf(1).toString(16)}`;
    const cases: [string[], RegExp][] = [
      [["cut", small], /say which references: --from ID .* or else --family SIGNATURE/],
      [["cut", small, "--family", "x", "--from", some, "--label", ".x"], /say which references/],
      [["cut", small, "--family", "#0"], /no family of cycles has the signature #0; `cycles --all` lists them/],
      [["cut", small, "--from", some, "--label", ".x", "--label", ".y"], /--from 0x\w+ has two --label/],
      [["cut", small, "--from", some], new RegExp(`say which reference of ${some}: --label .* or --to ID`)],
      [["cut", small, "--label", ".x", "--from", some], /--label belongs to the --from before it; give --from first/],
      [["cut", small, "--from", some, "--label", ".x", "--from", some], /say which reference of/],
      [["cut", small, "--from", "0xdead", "--label", ".x"], /no object has the id "0xdead"\. Ids look like 0x/],
      [["cut", small, "--from", some, "--to", "0xdead"], /no object has the id "0xdead"/],
      [["cut", small, "--from", some, "--label", ".nothing"], /no reference with the label \.nothing; `object` lists/],
      [["gc", small, "--generation", "3"], /It must be 0, 1 or 2/],
      [["gc", small, "--generation", "0"], /does not tell .* so only a full collection can be predicted/],
    ];
    const runs = await Promise.all(cases.map(([args]) => ouroboros(args)));
    runs.forEach(({ code, stdout, stderr }, i) => {
      const [args, message] = cases[i];
      assert.deepEqual({ code, stdout }, { code: 2, stdout: "" }, args.join(" "));
      assert.match(stderr, message);
      assert.doesNotMatch(stderr, /^\s+at /m);
    });
  });

  it("--help tells the options", async () => {
    assert.match(await text("cut", "--help"), /--json[^]*--from <id>[^]*--label <label>[^]*--to <id>/);
    assert.match(await text("gc", "--help"), /--generation <n>[^]*0, 1 or 2/);
  });
});
