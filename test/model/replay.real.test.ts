import assert from "node:assert/strict";
import { execFileSync, spawnSync } from "node:child_process";
import { createReadStream, createWriteStream, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { pipeline } from "node:stream/promises";
import { fileURLToPath } from "node:url";
import { createGzip } from "node:zlib";
import { replayLines } from "../../src/cli/commands/replay.js";
import { SnapshotError } from "../../src/formats/errors.js";
import { isTraceFile, replay, type ReplayResult } from "../../src/session/queries/replay.js";
import { type Python, pythons } from "../rig/pythons.js";
import { skip } from "../rig/skip.js";

const fixtures = join(dirname(fileURLToPath(import.meta.url)), "..", "fixtures", "pymalloc");
const PROGRAMS: readonly (readonly [string, ...string[]])[] = [
  ["jobs.py", "1", "2", "60"],
  ["sessions.py", "1", "1500"],
  ["documents.py", "1", "3", "2000"],
  ["syntax.py", "6"],
  ["cache.py", "1", "15000"],
];
const JOBS = PROGRAMS[0];

const isOld = ({ version }: Python) => version[0] === 2;

describe("model: policies on what real interpreters allocate", () => {
  let folder: string;

  before(function () {
    folder = mkdtempSync(join(tmpdir(), "ouroboros-replay-"));
    if (process.platform !== "linux") skip(this, "the hook that records is for Linux");
    if (spawnSync("cc", ["--version"]).error) skip(this, "there is no C compiler (cc) to build the hook that records");
    for (const name of ["hook", "hook27"]) {
      const flags = ["-O2", "-Wall", "-Wextra", "-shared", "-fPIC"];
      const output = ["-o", join(folder, `${name}.so`), "-ldl", "-lpthread"];
      execFileSync("cc", [...flags, join(fixtures, `${name}.c`), ...output], { stdio: "inherit" });
    }
  });

  after(() => rmSync(folder, { recursive: true, force: true }));

  /** Runs a program with every block recorded. @returns the trace and what the program printed */
  function record(python: Python, args: readonly string[], environment: NodeJS.ProcessEnv = {}) {
    const trace = join(folder, "program.pymalloctrace");
    rmSync(trace, { force: true });
    const [program, ...rest] = args;
    const { status, stdout, stderr } = spawnSync(python.path, [join(fixtures, "programs", program), ...rest], {
      encoding: "utf8",
      stdio: ["ignore", "pipe", "pipe"],
      env: {
        ...process.env,
        LD_PRELOAD: join(folder, isOld(python) ? "hook27.so" : "hook.so"),
        OUROBOROS_TRACE: trace,
        PYTHONHASHSEED: "0",
        PYTHONDONTWRITEBYTECODE: "1",
        ...environment,
      },
    });
    return { trace, status, stdout, stderr };
  }

  /** Before 3.7 the hook needs an interpreter that calls itself through the procedure linkage table. */
  function skipWhereStatic(context: Mocha.Context, python: Python): void {
    const [major, minor] = python.version;
    if (major > 3 || (major === 3 && minor >= 7)) return;
    const ask = "import sysconfig; print(sysconfig.get_config_var('Py_ENABLE_SHARED'))";
    const isShared = execFileSync(python.path, ["-c", ask], { encoding: "utf8" }).trim() === "1";
    if (!isShared) skip(context, `${python.name} is no shared library (--enable-shared), so the hook can't record it`);
  }

  async function recorded(python: Python, args: readonly string[]): Promise<ReplayResult> {
    const { trace, status, stderr } = record(python, args);
    assert.equal(status, 0, stderr);
    return replay(trace);
  }

  /** Every count of the interpreter's at every mark is also that of the policy that it has. */
  function agrees(result: ReplayResult): void {
    for (const { label, differences, recorded: counts } of result.marks) {
      assert.deepEqual(differences, [], `at ${label}`);
      if (label === "end") continue;
      const told = [counts?.current, counts?.total, counts?.reclaimed, counts?.highwater];
      assert.ok(
        told.every((count) => count !== undefined) && counts!.classes!.length > 20,
        `at ${label}: ${told.join()}`,
      );
    }
    const { agreement, marks, policies } = result;
    assert.deepEqual([agreement?.marks, agreement?.marksDiffering], [marks.length - 1, 0]);
    assert.equal(agreement!.arenaEventsDiffering, 0);
    const [, nearlyFull] = policies;
    assert.ok(agreement!.arenaEvents > 0 && agreement!.arenaEvents <= nearlyFull.taken + nearlyFull.reclaimed);
    assert.ok(result.complete);
  }

  for (const python of pythons()) {
    it(`${python.name}: nearly-full predicts the interpreter's arenas, pools and blocks exactly`, async function () {
      skipWhereStatic(this, python);
      for (const args of PROGRAMS) {
        const result = await recorded(python, args);
        assert.equal(result.version, python.name);
        agrees(result);
        const [stack, , best] = result.policies;
        assert.equal(stack.reclaimed, 0);
        for (const row of result.policies) {
          row.marks.forEach(({ held, inUse }, m) => {
            assert.ok(best.marks[m].held <= inUse && inUse <= held, `${args[0]}, ${row.policy}, mark ${m}`);
          });
        }
      }
    });

    it(`${python.name}: nearly-full frees at least as many arenas as stack where load goes up and down`, async function () {
      skipWhereStatic(this, python);
      const [stack, nearlyFull] = (await recorded(python, JOBS)).policies;
      for (const night of ["night-0", "night-1"]) {
        const [a, b] = [stack, nearlyFull].map(({ marks }) => marks.find(({ label }) => label === night)!.freed);
        assert.ok(b > a, `${night}: ${a} freed by stack, ${b} by nearly-full`);
      }
    });
  }

  it("shows the policies side by side, of a trace that may be compressed", async function () {
    const python = pythons().at(-1) ?? skip(this, "there is no Python");
    const { trace } = record(python, JOBS);
    await pipeline(createReadStream(trace), createGzip({ level: 1 }), createWriteStream(`${trace}.gz`));
    assert.ok((await isTraceFile(trace)) && (await isTraceFile(`${trace}.gz`)));
    const result = await replay(`${trace}.gz`);
    assert.deepEqual(result, await replay(trace));
    const lines = [...replayLines(result)];
    console.log(lines.map((line) => `      ${line}`).join("\n"));
    assert.match(lines.join("\n"), /^night-1 .*\n +nearly-full .*\n +best /m);
    assert.match(lines.join("\n"), /7 of 7 marks have the interpreter's own counts/);
    const only = await replay(trace, { policies: ["best"] });
    assert.deepEqual(only.policies, [result.policies[2]]);
    assert.equal(only.agreement, null);
    assert.ok([...replayLines(only)].every((line) => !line.includes("nearly-full")));
  });

  it("tells where the prediction differs", async function () {
    const python = pythons().at(-1) ?? skip(this, "there is no Python");
    const { trace } = record(python, ["cache.py", "1", "2000"]);
    const text = readFileSync(trace, "latin1");
    const total = /^=dropped-2 current=\d+ total=(\d+)/m.exec(text)![1];
    writeFileSync(trace, text.replace(/^(=dropped-2 current=\d+ total=)\d+/m, "$1999"), "latin1");
    const result = await replay(trace);
    assert.equal(result.agreement!.marksDiffering, 1);
    const difference = `arenas taken: ${total}, the interpreter had 999`;
    assert.deepEqual(result.marks.find(({ label }) => label === "dropped-2")!.differences, [difference]);
    assert.ok([...replayLines(result)].includes(`  at dropped-2, ${difference}`));
  });

  it("is not recorded where small blocks do not come from pymalloc, and the program runs on", function () {
    const python = pythons().find((candidate) => !isOld(candidate)) ?? skip(this, "there is no Python 3");
    const { status, stderr } = record(python, ["cache.py", "1", "1000"], { PYTHONMALLOC: "malloc" });
    assert.equal(status, 1);
    assert.match(stderr, /nothing is traced/);
  });
});

describe("model: policies on what a program logs of itself", () => {
  let folder: string;

  before(() => {
    folder = mkdtempSync(join(tmpdir(), "ouroboros-selflog-"));
  });
  after(() => rmSync(folder, { recursive: true, force: true }));

  for (const python of pythons()) {
    it(`${python.name}: without any hook`, async () => {
      const trace = join(folder, `${python.name}.pymalloctrace`);
      execFileSync(python.path, [join(fixtures, "selflog.py"), trace, "1", "20000"], {
        stdio: ["ignore", "pipe", "inherit"],
      });
      const result = await replay(trace);
      const rows = result.marks.map(({ label, blocks, outside }) => [label, blocks + outside]);
      assert.deepEqual(rows, [
        ["full", 20000],
        ["few", 200],
        ["end", 0],
      ]);
      assert.deepEqual([result.version, result.complete, result.agreement], [python.name, false, null]);
      assert.ok(result.marks[0].outside > 2000 && result.marks[0].outside < 4000, "a seventh is above 512 bytes");
      const held = result.policies.map(({ policy, marks }) => [policy, marks[0].held]);
      assert.ok(
        held.every(([, arenas]) => arenas === held[0][1]),
        JSON.stringify(held),
      );
      assert.equal([...replayLines(result)].filter((line) => line.includes("leaves out blocks")).length, 1);
    });
  }
});

describe("session: which file is a trace", () => {
  it("is none that is not there, is empty or is something else", async () => {
    const here = fileURLToPath(import.meta.url);
    for (const path of [here, dirname(here), `${here}.missing`]) assert.equal(await isTraceFile(path), false);
    await assert.rejects(
      replay(`${here}.missing`),
      (error: unknown) => error instanceof SnapshotError && error.code === "unreadable",
    );
    await assert.rejects(
      replay(here),
      (error: unknown) => error instanceof SnapshotError && error.code === "not-a-snapshot",
    );
  });
});
