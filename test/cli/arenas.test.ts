import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { agentFolder, firstPython3, temporaryFolder } from "../formats/realSnapshot.js";
import { smallSnapshot, snapshotBytes } from "../formats/writeSnapshot.js";
import {
  ARENA,
  CHANGED,
  COUNTS,
  ONE,
  OWNER,
  PIN,
  type Pin,
  POLICY,
  type Row,
  SIZE,
  STEP,
  type Step,
} from "./arenaKeys.js";
import { checkRows } from "./keys.js";
import { build, ouroboros, type Run } from "./run.js";

const fixtures = join(dirname(fileURLToPath(import.meta.url)), "..", "fixtures", "arenas");
const ARENA_BYTES = 1 << 18;
const PINS_IN_JSON = 50;

/** Snapshots of a program that keeps every 4,000th of its objects, before and after the others are dropped. */
const PROGRAM = `
import sys
import ouroboros_capture, sparse
sparse.EVERY = 4000
sparse.fill(10)
ouroboros_capture.snapshot(sys.argv[1])
sparse.drop()
ouroboros_capture.snapshot(sys.argv[2])
`;

/** Copies a snapshot without what it says of the allocator. */
const STRIP = `
import json, sys, zipfile
with zipfile.ZipFile(sys.argv[1]) as old, zipfile.ZipFile(sys.argv[2], 'w', zipfile.ZIP_DEFLATED) as new:
    for name in old.namelist():
        data = old.read(name)
        if name == 'meta.json':
            meta = json.loads(data.decode())
            del meta['pymalloc']
            data = json.dumps(meta).encode()
        if name.partition('/')[0] not in ('arenas', 'pools', 'tables'):
            new.writestr(name, data)
`;

describe("cli: arenas", () => {
  const path = (name: string) => join(temporaryFolder(), `arenas-${name}`);
  const [early, late, plain] = ["early", "late", "plain"].map((name) => path(`${name}.pyheapsnapshot`));

  function python(code: string, args: readonly string[], env: Readonly<Record<string, string>> = {}): void {
    execFileSync(firstPython3().path, ["-c", code, ...args], {
      stdio: ["ignore", "ignore", "inherit"],
      env: { ...process.env, PYTHONPATH: `${agentFolder}:${fixtures}`, PYTHONDONTWRITEBYTECODE: "1", ...env },
    });
  }

  before(() => {
    build();
    python(PROGRAM, [early, late]);
    python(STRIP, [late, plain]);
  });

  const answers = new Map<string, Promise<Run>>();

  /** What is printed; the same question is asked once. */
  async function run(...args: string[]): Promise<string> {
    const key = args.join("\n");
    if (!answers.has(key)) answers.set(key, ouroboros(["arenas", ...args]));
    const { code, stdout, stderr } = await answers.get(key)!;
    assert.deepEqual({ code, stderr }, { code: 0, stderr: "" });
    return stdout;
  }
  const json = async <T>(...args: string[]) => JSON.parse(await run(...args, "--json")) as T;

  async function refused(args: readonly string[], message: RegExp): Promise<void> {
    const { code, stderr, stdout }: Run = await ouroboros(["arenas", ...args]);
    assert.deepEqual([code, stdout], [2, ""], stderr);
    assert.match(stderr, message);
  }

  it("says in words how much is held, what is nearly empty, what holds it, what to let go of, and the policies", async () => {
    const text = await run(late);
    const rows = await json<Row[]>(late);
    const empty = rows.filter(({ nearlyEmpty }) => nearlyEmpty).length;
    assert.match(text, new RegExp(`^${rows.length} arenas of 262 kB: .* are in use\\n`));
    assert.match(text, new RegExp(`nearly empty \\(at most 10 % in use\\): ${empty} arenas`));
    assert.match(text, /outside arenas \(blocks above 512 bytes.*\): [\d,]+ objects/);
    assert.match(text, /\n +\d+ +\d+ .* sparse\.KEPT {2}.*sparse\.py:40\n/);
    assert.match(text, /If these \d+ objects went, \d+ arenas \([\d.]+ MB\) would be released/);
    assert.match(text, /No smaller choice releases as many/);
    assert.match(text, /\nstack +\d+ +0 +0 bytes/);
  });

  it("--json lists the arenas by address, the nearly empty ones with what holds them", async () => {
    const rows = await json<Row[]>(late);
    checkRows(rows, ARENA);
    const addresses = rows.map(({ address }) => Number(address));
    assert.deepEqual(
      addresses,
      addresses.toSorted((a, b) => a - b),
    );
    const empty = rows.filter(({ nearlyEmpty }) => nearlyEmpty);
    assert.ok(empty.length > 10 && empty.length < rows.length);
    for (const { pins, pinsTotal, fill, nearlyEmpty, bytesInUse } of rows) {
      assert.equal(fill, bytesInUse / ARENA_BYTES);
      assert.equal(pins !== undefined, nearlyEmpty);
      if (!pins) continue;
      assert.ok(fill <= 0.1);
      assert.equal(pins.length, Math.min(PINS_IN_JSON, pinsTotal!));
      if (pins.length > 0) checkRows(pins, PIN);
    }
    const all = await json<Row[]>(late, "--all");
    all.forEach(({ pins, pinsTotal, blocks, unexplained }, i) => {
      assert.equal(pins?.length, pinsTotal);
      assert.deepEqual(pins?.slice(0, PINS_IN_JSON), rows[i].pins);
      if (pins)
        assert.equal(
          pins.reduce((sum, pin) => sum + pin.blocks, unexplained),
          blocks,
        );
    });
  });

  it("--owners, --suggest, --sizes and --policy list their own rows", async () => {
    type Owner = { name: string; alone: number; arenas: number; bytes: number; objects: number };
    const owners = await json<Owner[]>(late, "--owners");
    checkRows(owners, OWNER);
    assert.equal(owners[0].name, "sparse.KEPT");
    assert.equal(owners[0].bytes, owners[0].alone * ARENA_BYTES);
    assert.match(await run(late, "--owners"), /^What holds them .*\n.*held by/);

    const steps = await json<Step[]>(late, "--suggest", "--all");
    checkRows(steps, STEP);
    let [objects, arenas] = [0, 0];
    for (const step of steps) {
      checkRows(step.objects, PIN);
      assert.deepEqual(
        [step.objectsSoFar, step.arenasSoFar],
        [(objects += step.objects.length), (arenas += step.arenas.length)],
      );
    }
    // The program's own start is in some arena, too.
    assert.ok(steps.flatMap((step) => step.objects).filter(({ heldBy }) => heldBy === "sparse.KEPT[…]").length > 10);
    assert.match(await run(late, "--suggest"), new RegExp(`^If these ${objects} objects went, ${arenas} arenas`));

    const sizes = await json<{ size: number; blocks: number }[]>(late, "--sizes");
    checkRows(sizes, SIZE);
    const blocks = (rows: readonly { blocks: number }[]) => rows.reduce((sum, row) => sum + row.blocks, 0);
    assert.equal(blocks(sizes), blocks(await json<Row[]>(late)));
    assert.match(await run(late, "--sizes"), /^Blocks by size\n *bytes +pools/);

    const policies = await json<{ policy: string; held: number; released: number; bytes: number }[]>(
      late,
      "--policy",
      "all",
    );
    checkRows(policies, POLICY);
    assert.deepEqual(
      policies.map(({ policy }) => policy),
      ["stack", "nearly-full", "collection", "best"],
    );
    const held = (await json<Row[]>(late)).length;
    for (const row of policies)
      assert.deepEqual([row.held + row.released, row.bytes], [held, row.released * ARENA_BYTES]);
    assert.deepEqual(await json(late, "--policy", "best"), policies.slice(3));
    const one = await run(late, "--policy", "best");
    assert.match(one, /\nbest +\d+ +\d+/);
    assert.doesNotMatch(one, /\nstack/);
  });

  it("--nearly-empty says what is nearly empty", async () => {
    const count = async (percent: string) =>
      (await json<Row[]>(late, "--nearly-empty", percent)).filter(({ nearlyEmpty }) => nearlyEmpty).length;
    const rows = await json<Row[]>(late);
    const below = (share: number) => rows.filter(({ blocks, fill }) => blocks > 0 && fill <= share).length;
    assert.ok(below(0.001) < below(0.1) && below(0.1) < below(1));
    assert.deepEqual([await count("0.1"), await count("100")], [below(0.001), below(1)]);
    assert.match(await run(late, "--nearly-empty", "0.1"), /at most 0\.1 % in use/);
  });

  it("--arena tells of one, by any address in it", async () => {
    const [row] = (await json<Row[]>(late)).filter(({ nearlyEmpty, pins }) => nearlyEmpty && pins!.length > 0);
    type Details = { arena: Row; sizes: number[]; used: number[]; room: number[]; pins: Pin[] };
    const details = await json<Details>(late, "--arena", row.address);
    checkRows([details], ONE);
    checkRows([details.arena], COUNTS);
    checkRows(details.pins, PIN);
    assert.equal(details.arena.address, row.address);
    assert.deepEqual([details.sizes.length, details.room.length], [details.used.length, details.used.length]);
    assert.equal(
      details.used.reduce((sum, used) => sum + used, 0),
      row.blocks,
    );
    assert.deepEqual(await json(late, "--arena", String(Number(row.address) + ARENA_BYTES - 1)), details);
    const text = await run(late, "--arena", row.address);
    assert.match(text, new RegExp(`^Arena ${row.address}: .* of 262 kB in use`));
    assert.ok(text.includes(details.pins[0].id));
  });

  it("compares two snapshots, in either order", async () => {
    const rows = await json<Row[]>(early, late);
    checkRows(rows, CHANGED);
    assert.deepEqual(await json(late, early), rows);
    const [before, now] = [await json<Row[]>(early), await json<Row[]>(late)];
    const held = new Map(now.map((row) => [row.address, row]));
    const then = new Map(before.map((row) => [row.address, row]));
    assert.equal(rows.length, new Set([...held.keys(), ...then.keys()]).size);
    const counts: Record<string, number> = {};
    for (const { address, change, bytesBefore, bytesInUse, pins } of rows) {
      counts[change!] = (counts[change!] ?? 0) + 1;
      assert.equal(change === "released", !held.has(address));
      assert.equal(change === "new", !then.has(address));
      assert.equal(bytesBefore, then.get(address)?.bytesInUse ?? null);
      if (change === "released") assert.equal(pins, undefined);
      if (change === "emptier") assert.ok(bytesInUse < bytesBefore!);
    }
    assert.ok(counts["released"] > 10 && counts["emptier"] > 10, JSON.stringify(counts));
    const wide = await json<Row[]>(early, late, "--nearly-empty", "100");
    assert.deepEqual(
      wide.map(({ pins }) => pins !== undefined),
      rows.map(({ change, blocks }) => change !== "released" && blocks > 0),
    );
    const text = await run(late, early);
    const said = `since ${early}: of ${before.length} arenas ${counts["released"]} were released, ${counts["emptier"]} are`;
    assert.ok(text.includes(said), text.slice(0, 1000));
  });

  it("says that arenas are estimated where the snapshot holds none", async () => {
    const text = await run(plain);
    assert.match(text, /^The snapshot holds no record of arenas and pools\.\nEstimated from the addresses/);
    assert.match(text, /\d+ arenas of 262 kB/);
    assert.doesNotMatch(text, /would be released/);
    const rows = await json<Row[]>(plain);
    checkRows(rows, ARENA);
    const blocks = (them: readonly Row[]) => them.reduce((sum, row) => sum + row.blocks, 0);
    assert.ok(blocks(rows) < blocks(await json<Row[]>(late)));
    for (const option of ["--owners", "--suggest"]) assert.deepEqual(await json(plain, option), []);
    assert.deepEqual(await json(plain, "--policy", "all"), []);
    const small = path("small.pyheapsnapshot");
    writeFileSync(small, snapshotBytes(smallSnapshot()));
    assert.deepEqual(await json(small), []);
  });

  it("says so where small blocks come from malloc", async () => {
    const file = path("malloc.pyheapsnapshot");
    python("import sys, ouroboros_capture; ouroboros_capture.snapshot(sys.argv[1])", [file], {
      PYTHONMALLOC: "malloc",
    });
    const text = await run(file);
    assert.match(text, /^small blocks come from malloc here.*PYTHONMALLOC/);
    assert.deepEqual(text.trim().split("\n").length, 1);
    for (const option of ["--owners", "--suggest", "--sizes"]) assert.deepEqual(await json(file, option), []);
    assert.deepEqual(await json(file), []);
    await refused([file, "--arena", "0x1000"], /no arena at "0x1000"/);
    await refused([file, "--policy", "none"], /no policy "none"/);
  });

  it("refuses an unknown arena, policy or share, several lists at once, and a snapshot of V8", async () => {
    for (const address of ["0x10", "nonsense", ""])
      await refused([late, "--arena", address], /there is no arena at ".*"; `arenas` lists/);
    await refused(
      [late, "--policy", "fifo"],
      /no policy "fifo"; there are stack, nearly-full, collection, best and all/,
    );
    for (const share of ["0", "101", "few"]) await refused([late, "--nearly-empty", share], /above 0, up to 100/);
    await refused([late, "--owners", "--sizes"], /--owners and --sizes exclude each other/);
    const v8 = path("app.heapsnapshot");
    execFileSync(process.execPath, ["-e", "require('v8').writeHeapSnapshot(process.argv[1])", v8]);
    await refused([v8], /V8|Node/);
    await refused([v8, "--arena", "0x10"], /V8|Node/);
  });

  it("replays a trace, with the policies that it has, and without a snapshot's options", async () => {
    const trace = path("app.pymalloctrace");
    const header = { format: "pymalloctrace", version: 1, runtime: [3, 12, 1], poolBytes: 16384, arenaBytes: 1 << 20 };
    writeFileSync(
      trace,
      `${JSON.stringify({ ...header, alignment: 16, header: 48, threshold: 512, complete: false })}\n+7f0000000030 40\n=start\n`,
    );
    assert.match(await run(trace), /^CPython 3\.12\.1, arenas of 1\.0 MB.*\n[^]*nearly-full +1/);
    for (const [policy, count] of [
      ["all", 3],
      ["stack", 1],
    ] as const) {
      const result = await json<{ policies: unknown[] }>(trace, "--policy", policy);
      assert.equal(result.policies.length, count);
    }
    await refused([trace, "--policy", "fifo"], /no policy fifo/);
    await refused([trace, "--owners"], /--owners is for snapshots/);
  });
});
