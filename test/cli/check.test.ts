import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import type { Log } from "sarif";
import { captureRounds } from "../detect/growing.js";
import { pythons } from "../rig/pythons.js";
import { build, ouroboros, type Run } from "./run.js";

const agent = join(
  dirname(fileURLToPath(import.meta.url)),
  "..",
  "..",
  "src",
  "capture",
  "python",
  "ouroboros_capture.py",
);

/** A program with cycles of one class, and of a second one where that is asked for; CYCLES of each. */
const CYCLES = 120;
const CLASS = (name: string) =>
  `class ${name}(object):\n    def __init__(self):\n        self.own_${name} = self\n\n\nfor _ in range(${CYCLES}):\n    ${name}()\n`;
const PROGRAM = `import gc\ngc.disable()\n${CLASS("Session")}`;

interface Checked {
  readonly ok: boolean;
  readonly broken: readonly { limit: string; allowed: number; actual: number; findings: readonly string[] }[];
  readonly findings: readonly { rule: string; fingerprint: string; status: string; severity: string; title: string }[];
  readonly gone: readonly string[];
}

describe("cli: check", () => {
  let folder: string;
  const python = pythons().at(-1)!;
  const file = (name: string) => join(folder, name);
  const check = (...args: string[]): Promise<Run> => ouroboros(["check", ...args]);
  const json = (run: Run): Checked => JSON.parse(run.stdout) as Checked;

  function put(name: string, text: string): string {
    writeFileSync(file(name), text);
    return file(name);
  }

  function capture(name: string, program: string): string {
    const script = put("service.py", program);
    execFileSync(python.path, [agent, "-o", file(name), script], { stdio: "ignore" });
    return file(name);
  }

  before(() => {
    build();
    folder = mkdtempSync(join(tmpdir(), "ouroboros-check-"));
    capture("first.pyheapsnapshot", PROGRAM);
    put("strict.json", '{"maxErrors": 0, "maxGarbageCycles": 0}');
  });

  after(() => rmSync(folder, { recursive: true, force: true }));

  it("ends with 1 exactly when the budget is broken, and names what breaks it", async () => {
    const broken = await check(file("first.pyheapsnapshot"), "--budget", file("strict.json"));
    assert.equal(broken.code, 1);
    assert.match(broken.stdout, /maxErrors: 1, allowed 0/);
    assert.match(broken.stdout, new RegExp(`maxGarbageCycles: ${CYCLES}, allowed 0`));
    assert.match(broken.stdout, /service\.py:3.*Session/);
    for (const [limits, code] of [
      [{ maxErrors: 1 }, 0],
      [{ maxErrors: 1, maxGarbageCycles: CYCLES }, 0],
      [{ maxErrors: 1, maxGarbageCycles: CYCLES - 1 }, 1],
      [{ maxGarbageBytes: 1 }, 1],
      [{ maxGarbageBytes: 10 ** 9 }, 0],
      [{ maxHeapBytes: 1000 }, 1],
      [{ maxHeapBytes: 10 ** 10 }, 0],
      [{ maxGrowing: 0, maxGrowthBytes: 0 }, 0],
    ] as const) {
      const budget = put("limits.json", JSON.stringify(limits));
      const run = await check(file("first.pyheapsnapshot"), "--budget", budget, "--json");
      assert.equal(run.code, code, JSON.stringify(limits));
      assert.equal(json(run).ok, code === 0);
    }
  });

  it("stays quiet about the baseline after an edit moved the lines, and tells what is new", async () => {
    const written = await check(file("first.pyheapsnapshot"), "--write-baseline", file("baseline.json"));
    assert.equal(written.code, 0);
    const known = ["--budget", file("strict.json"), "--baseline", file("baseline.json")];
    assert.equal((await check(file("first.pyheapsnapshot"), ...known)).code, 0);

    const moved = `"""What this does."""\nimport os\n\n\ndef unrelated():\n    return os.name\n\n\n${PROGRAM}`;
    const later = await check(capture("moved.pyheapsnapshot", moved), ...known, "--json");
    assert.equal(later.code, 0, later.stdout);
    assert.deepEqual(json(later).gone, []);
    assert.ok(json(later).findings.some(({ status }) => status === "baselined"));

    const more = await check(capture("more.pyheapsnapshot", `${moved}${CLASS("Request")}`), ...known, "--json");
    assert.equal(more.code, 1);
    const fresh = json(more).findings.filter(({ status, severity }) => status === "new" && severity !== "info");
    assert.equal(fresh.length, 1);
    assert.match(fresh[0].title, /Request/);
    assert.deepEqual(json(more).broken.find(({ limit }) => limit === "maxErrors")?.findings, [fresh[0].fingerprint]);
    const allowed = put("allowing.json", JSON.stringify({ maxErrors: 0, allow: [fresh[0].fingerprint] }));
    const allowing = await check(file("more.pyheapsnapshot"), "--budget", allowed, "--baseline", file("baseline.json"));
    assert.equal(allowing.code, 0);

    const mended = await check(capture("mended.pyheapsnapshot", "import gc\n"), ...known, "--json");
    assert.equal(mended.code, 0);
    assert.equal(json(mended).gone.length, 1);
  });

  it("writes SARIF in which the baseline's findings are suppressed", async () => {
    const args = ["--budget", file("strict.json"), "--baseline", file("baseline.json"), "--sarif", file("out.sarif")];
    assert.equal((await check(file("more.pyheapsnapshot"), ...args)).code, 1);
    const log = JSON.parse(readFileSync(file("out.sarif"), "utf8")) as Log;
    const results = log.runs[0].results!;
    const states = results.map(({ suppressions, baselineState }) => [suppressions?.length ?? 0, baselineState]);
    assert.deepEqual(states.sort(), [
      [0, "new"],
      [1, "unchanged"],
    ]);
  });

  it("checks growth over several snapshots", async () => {
    const rounds = captureRounds(python, "service.py", mkdtempSync(join(folder, "rounds-")), "leak");
    const budget = put("growth.json", '{"maxGrowing": 0}');
    const run = await check(...rounds, "--budget", budget, "--json");
    assert.equal(run.code, 1);
    const [{ actual, findings }] = json(run).broken;
    assert.equal(actual, findings.length);
    assert.ok(findings.length >= 1);
    assert.equal((await check(rounds[4], "--budget", budget)).code, 0, "one snapshot has no growth");
  });

  it("refuses what is no budget and no baseline, with 2", async () => {
    const cases: readonly (readonly [text: string, message: RegExp])[] = [
      ["{", /not JSON/],
      ["[]", /one JSON object/],
      ['{"maxErors": 0}', /no limit "maxErors".*maxErrors/],
      ['{"maxErrors": -1}', /maxErrors must be a number/],
      ['{"allow": ["Session"]}', /no fingerprint/],
    ];
    for (const [text, message] of cases) {
      const run = await check(file("first.pyheapsnapshot"), "--budget", put("wrong.json", text));
      assert.equal(run.code, 2, text);
      assert.match(run.stderr, message);
    }
    const budget = ["--budget", file("strict.json")];
    assert.equal((await check(file("first.pyheapsnapshot"), ...budget, "--baseline", file("strict.json"))).code, 2);
    assert.equal((await check(file("first.pyheapsnapshot"))).code, 2);
    assert.match((await check(file("none"), "--budget", file("none.json"))).stderr, /can't read .*none\.json/);
  });
});
