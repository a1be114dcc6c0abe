import assert from "node:assert/strict";
import { execFile, execFileSync, spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { installDebian } from "../rig/debian.js";
import { type Python, pythons } from "../rig/pythons.js";
import { skip } from "../rig/skip.js";

const here = dirname(fileURLToPath(import.meta.url));
const TARGETS = join(here, "pytest_targets");
const PLUGIN = join(here, "..", "..", "src", "capture", "python");

/** What pytest needs, as its packages are called: a Python without pytest borrows these of one that has it. */
const PACKAGES = [
  "pytest",
  "_pytest",
  "pluggy",
  "iniconfig",
  "packaging",
  "attr",
  "exceptiongroup",
  "pygments",
  "py.py",
  "xdist",
  "execnet",
];

/** An interpreter with a pytest, its own or a borrowed one. */
interface Runner {
  readonly python: Python;
  readonly pytest: string;
  /** Where a borrowed one is. */
  readonly folders: readonly string[];
}

interface Run {
  readonly text: string;
  readonly code: number;
  /** The tests by their outcomes: "FAILED test_closure". */
  readonly outcomes: readonly string[];
}

const environment = (folders: readonly string[], extra: Record<string, string> = {}) => ({
  ...process.env,
  PYTHONPATH: [PLUGIN, TARGETS, ...folders].join(delimiter),
  PYTHONDONTWRITEBYTECODE: "1",
  PYTEST_DISABLE_PLUGIN_AUTOLOAD: "1",
  PYTEST_ADDOPTS: "",
  ...extra,
});

/** The version of a module that an interpreter can load, with these folders on its path. */
function versionOf({ path }: Python, module: string, folders: readonly string[]): string | undefined {
  const { status, stdout } = spawnSync(path, ["-c", `import ${module}; print(${module}.__version__)`], {
    encoding: "utf8",
    env: environment(folders),
  });
  return status === 0 ? stdout.trim() : undefined;
}

/** All interpreters from 3.8 on that can run a pytest. Makes a folder of links in `space` for each that lends its own. */
function runners(space: string): Runner[] {
  const found = pythons().filter(({ version: [major, minor] }) => major === 3 && minor >= 8);
  const own = new Map(found.map((python) => [python, versionOf(python, "pytest", [])]));
  const lenders = [...own].filter(([, pytest]) => pytest !== undefined);
  lenders.sort(([, a], [, b]) => Number.parseInt(b!) - Number.parseInt(a!));
  const lent = lenders.map(([{ path, name }]) => {
    const locate = "import os, pytest; print(os.path.dirname(os.path.dirname(pytest.__file__)))";
    const from = execFileSync(path, ["-c", locate], { encoding: "utf8", env: environment([]) }).trim();
    const folder = mkdtempSync(join(space, `${name}-`));
    for (const entry of PACKAGES)
      if (existsSync(join(from, entry))) symlinkSync(join(from, entry), join(folder, entry));
    return folder;
  });
  return found.flatMap((python) => {
    const pytest = own.get(python);
    if (pytest !== undefined) return [{ python, pytest, folders: [] }];
    for (const folder of lent) {
      const borrowed = versionOf(python, "pytest", [folder]);
      if (borrowed !== undefined) return [{ python, pytest: borrowed, folders: [folder] }];
    }
    return [];
  });
}

/** Runs the tests of a target file. */
function run({ python, folders }: Runner, target: string, args: readonly string[], extra = {}): Promise<Run> {
  const command = ["-m", "pytest", "-p", "ouroboros_pytest", "-rA", "-q", ...args, `${target}.py`];
  const options = { cwd: TARGETS, env: environment(folders, extra), encoding: "utf8", timeout: 120_000 } as const;
  return new Promise((resolve) => {
    execFile(python.path, command, options, (error, out, err) => {
      const lines = [...out.matchAll(/^(PASSED|FAILED|ERROR|XFAIL|XPASS|SKIPPED) (?:\S+\.py::)?(.*?)(?: - .*)?$/gm)];
      const outcomes = lines.map(([, outcome, name]) => `${outcome} ${name}`);
      resolve({ text: out + err, code: error ? Number(error.code ?? -1) : 0, outcomes });
    });
  });
}

/** What is told of one test: the text below its headline. */
function toldOf({ text }: Run, title: string): string {
  const lines = text.split("\n");
  const start = lines.findIndex((line) => /^_+ /.test(line) && line.includes(` ${title} _`));
  const end = lines.findIndex((line, i) => i > start && /^(_{3,}|={3,}) /.test(line));
  return start < 0 ? "" : lines.slice(start + 1, end).join("\n");
}

const NODE_RING = "leaky_lib.Node .children[0] -> leaky_lib.Node .parent -> the same leaky_lib.Node";
const WALK = "function make.<locals>.walk -> its __closure__ -> cell -> function, leaky_lib.py:";

/** The tests that leave cycles, with all that must be told of each. */
const EXPECTED: Readonly<Record<string, readonly string[]>> = {
  test_closure: [
    `closure-cycle: 3 cycles of ${WALK}`,
    "ring: function make.<locals>.walk .__closure__[0].cell_contents -> the same function (3 objects each)",
    "set walk to None at the end of make()",
  ],
  test_objects: [
    "object-cycle: 2 cycles of leaky_lib.Node .children/.parent, first at leaky_lib.py:5 (class Node)",
    NODE_RING,
    "set .parent to None in close()",
  ],
  test_slots: ["1 cycle of leaky_lib.Slotted .peer", "leaky_lib.Slotted .peer -> leaky_lib.Slotted .peer"],
  test_items: ["['key']", "[3]", "take it out"],
  test_exception: [
    "leaky_lib.Keeper .error -> leaky_lib.Failure .__traceback__.tb_frame -> frame of run .f_locals['self']",
    "keep no exception",
  ],
  test_class: ["1 cycle of class leaky_lib.make_class.<locals>.Made", "make the class once"],
  test_two_families: [`closure-cycle: 1 cycle of ${WALK}`, "object-cycle: 1 cycle of leaky_lib.Node"],
  test_method: ["leaky_lib.Server .handlers['stop'].__self__ -> the same leaky_lib.Server"],
  test_finalizer: ["1 cycle of leaky_lib.Finalized .me"],
  test_long_ring: ["1 cycle of leaky_lib.Node .parent", "4994 more"],
  test_collector_on_in_test: [NODE_RING],
  test_young_garbage_of_many_objects: [NODE_RING],
  "test_parametrized[two]": [WALK],
  "TestCase.test_case": ["leaks.py::TestCase::test_case left cycles", NODE_RING],
  test_hostile: ["1 cycle of leaky_lib.Hostile .me"],
  "ERROR at teardown of test_fixture": ["leaks.py::test_fixture and its fixtures left cycles", NODE_RING],
  "ERROR at teardown of test_made_in_setup": [`closure-cycle: 1 cycle of ${WALK}`],
  "ERROR at teardown of test_made_in_teardown": [`closure-cycle: 1 cycle of ${WALK}`],
};

const QUIET = ["test_parametrized[one]", "test_fixture", "test_made_in_setup", "test_made_in_teardown", "test_last"];
const ON = ["--ouroboros-cycles", "-p", "guard", "-c", "pytest.ini"];

describe("pytest plugin", () => {
  const space = mkdtempSync(join(tmpdir(), "ouroboros-pytest-"));
  let found = runners(space);
  if (found.length === 0 && installDebian("python3-pytest")) found = runners(space);
  after(() => rmSync(space, { recursive: true, force: true }));

  it("finds two interpreters with a pytest", function () {
    if (found.length < 2) skip(this, "fewer than two interpreters have pytest: apt-get install python3-pytest");
  });

  for (const runner of found) {
    describe(`CPython ${runner.python.name}, pytest ${runner.pytest}`, () => {
      it("a test that leaves cycles fails, and says which", async () => {
        const result = await run(runner, "leaks", ON);
        const expected = Object.keys(EXPECTED).map((title) =>
          title.startsWith("ERROR at") ? `ERROR ${title.split(" ").at(-1)}` : `FAILED ${title.replace(".", "::")}`,
        );
        const passed = QUIET.map((name) => `PASSED ${name}`);
        assert.deepEqual([...result.outcomes].sort(), [...expected, ...passed].sort(), result.text);
        for (const [title, parts] of Object.entries(EXPECTED)) {
          const told = toldOf(result, title);
          for (const part of parts) assert.ok(told.includes(part), `${title}: ${part}\n${told}`);
          const families = [...told.matchAll(/^(closure|object)-cycle: /gm)].length;
          assert.equal(families, title === "test_two_families" ? 2 : 1, told);
        }
        assert.match(result.text, /^guard: \d+ phases, 0 changes, 0 left$/m);
      });

      it("no alarm for what pytest, unittest and the tests themselves make", async () => {
        const result = await run(runner, "innocent", ON);
        assert.equal(result.code, 0, result.text);
        assert.ok(result.outcomes.filter((line) => line.startsWith("PASSED")).length >= 28, result.text);
        assert.match(result.text, /^guard: \d+ phases, 0 changes, 0 left$/m);
      });

      it("a test that fails by itself keeps its failure, and its garbage is nobody's else", async () => {
        const result = await run(runner, "failing", ON);
        assert.deepEqual(
          result.outcomes.filter((line) => !line.startsWith("PASSED")).sort(),
          [
            "ERROR test_broken_fixture",
            "ERROR test_never",
            "FAILED TestCase::test_case",
            "FAILED test_fails",
            "FAILED test_fails_by_word",
            "FAILED test_raises",
          ],
          result.text,
        );
        assert.doesNotMatch(result.text, /-cycle: /);
        assert.match(result.text, /^guard: 35 phases, 0 changes, /m);
      });

      for (const guard of ["usual", "odd"]) {
        it(`leaves the collector as it was, in its ${guard} state`, async () => {
          const result = await run(runner, "toggles", ON, { OUROBOROS_GUARD: guard });
          const failed = result.outcomes.filter((line) => !line.startsWith("PASSED")).sort();
          assert.deepEqual(failed, ["FAILED test_clears", "FAILED test_flags_and_fails"], result.text);
          assert.match(result.text, /^guard: 18 phases, 0 changes, 0 left$/m);
          assert.ok(toldOf(result, "test_clears").includes(NODE_RING), result.text);
        });
      }

      it("allows what the ini file's patterns allow, and nothing else", async () => {
        const result = await run(runner, "leaks", ["--ouroboros-cycles", "-c", "allow.ini"]);
        const allowed = Object.entries(EXPECTED).filter(
          ([title, [first]]) =>
            title !== "test_two_families" && (first.includes(WALK) || first.includes("leaky_lib.Slotted")),
        );
        assert.equal(allowed.length, 5);
        const failed = result.outcomes.filter((line) => !line.startsWith("PASSED"));
        assert.equal(failed.length, Object.keys(EXPECTED).length - allowed.length, result.text);
        assert.doesNotMatch(result.text, /closure-cycle: |Slotted .peer/);
      });

      it("does nothing without the option", async () => {
        const result = await run(runner, "idle", ["-c", "pytest.ini"]);
        assert.equal(result.code, 0, result.text);
        assert.equal(result.outcomes.length, 3, result.text);
      });

      it("works under xdist", async function () {
        const xdist = ["-p", "xdist.plugin", "-n", "2"];
        if (versionOf(runner.python, "xdist", runner.folders) === undefined)
          skip(this, `CPython ${runner.python.name} has no pytest-xdist: apt-get install python3-pytest-xdist`);
        const args = ["--ouroboros-cycles", "-c", "pytest.ini", ...xdist];
        const result = await run(runner, "leaks", [...args, "-k", "not test_last"]);
        const failed = result.outcomes.filter((line) => !line.startsWith("PASSED"));
        assert.equal(failed.length, Object.keys(EXPECTED).length, result.text);
        assert.equal((await run(runner, "innocent", args)).code, 0);
      });
    });
  }
});
