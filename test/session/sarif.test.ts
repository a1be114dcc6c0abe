import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import Ajv from "ajv";
import type { Log, Result } from "sarif";
import { ruleNames } from "../../src/detect/report.js";
import { ruleTexts } from "../../src/detect/texts/rules.js";
import type { ReportedFinding } from "../../src/session/queries/report.js";
import { sarifLog, type SarifOptions, type SarifSource, sarifSource } from "../../src/session/queries/sarif.js";
import { Session } from "../../src/session/Session.js";
import { pythons } from "../rig/pythons.js";

const AGENT = join("src", "capture", "python", "ouroboros_capture.py");
const DEMO = join("test", "fixtures", "demo", "leaky_service.py");
const require = createRequire(import.meta.url);

/** What the published schema objects to in a file with this log; nothing if it is valid. */
const objections = (() => {
  const ajv = new Ajv({ schemaId: "id", meta: false, format: "full", allErrors: true, unknownFormats: [] });
  ajv.addMetaSchema(require("ajv/lib/refs/json-schema-draft-04.json") as object);
  const check = ajv.compile(require("@microsoft/jest-sarif/lib/schemas/sarif-2.1.0-rtm.5.json") as object);
  return (log: unknown): string[] => {
    // What is written to the file, without what JSON leaves out.
    void check(JSON.parse(JSON.stringify(log)));
    return (check.errors ?? []).map(({ dataPath, message }) => `${dataPath} ${message}`);
  };
})();

const ROOT = "/srv/repo";
const OPTIONS: SarifOptions = { version: "1.2.3", root: ROOT };

const FINDING: ReportedFinding = {
  rule: "object-cycle",
  severity: "error",
  title: "10 cycles of Session and Peer",
  why: "They refer to each other.",
  fix: "hold one side weakly",
  count: 10,
  bytes: 1234,
  objects: ["0x1000"],
  objectsTotal: 20,
  fingerprint: "0123456789abcdef",
  location: { file: `${ROOT}/app/session.py`, line: 7, name: "Session" },
  path: [],
};

function source(findings: readonly ReportedFinding[], changes: Partial<SarifSource> = {}, argv = ["main.py"]) {
  return { file: "/tmp/app.pyheapsnapshot", folder: ROOT, report: { snapshot: { argv }, findings }, ...changes };
}

/** The results for some findings, in a log that is valid. */
function results(sources: readonly SarifSource[], options: Partial<SarifOptions> = {}): Result[] {
  const log = sarifLog(sources, { ...OPTIONS, ...options });
  assert.deepEqual(objections(log), []);
  assert.equal(log.runs.length, 1);
  for (const result of log.runs[0].results!) takenByCodeScanning(result);
  return log.runs[0].results!;
}

/** What GitHub's code scanning wants beyond the schema: a file for each location. */
function takenByCodeScanning({ locations, codeFlows, ruleIndex, ruleId }: Result): void {
  const steps = codeFlows?.flatMap((flow) => flow.threadFlows.flatMap((thread) => thread.locations)) ?? [];
  assert.equal(locations?.length, 1);
  for (const location of [...locations, ...steps.map((step) => step.location)]) {
    const uri = location?.physicalLocation?.artifactLocation?.uri ?? "";
    assert.match(uri, /^[!-~]+$/, "an escaped address");
    assert.doesNotMatch(uri, /[<>\\ ]|^-/);
  }
  assert.equal(ruleNames[ruleIndex!], ruleId);
}

const one = (finding: Partial<ReportedFinding>, changes?: Partial<SarifSource>, argv?: string[], root = ROOT) =>
  results([source([{ ...FINDING, ...finding }], changes, argv)], { root })[0];
const place = (result: Result) => result.locations![0].physicalLocation!;

describe("SARIF", () => {
  it("names each rule, with its texts", () => {
    assert.deepEqual(Object.keys(ruleTexts).sort(), [...ruleNames].sort());
    const { driver } = sarifLog([], OPTIONS).runs[0].tool;
    assert.equal(`${driver.name} ${driver.version}`, "Ouroboros 1.2.3");
    const documented = readFileSync(join("docs", "RULES.md"), "utf8");
    for (const [i, rule] of driver.rules!.entries()) {
      assert.equal(rule.id, ruleNames[i]);
      assert.ok(documented.includes(`\n## \`${rule.id}\`\n`), rule.id);
      for (const text of [rule.shortDescription!.text, rule.fullDescription!.text, rule.help!.text]) {
        assert.match(text, /^\S.*\.$/, "a sentence, on one line");
        // Code scanning cuts what is longer.
        assert.ok(text.length <= 1024);
      }
    }
    assert.deepEqual(
      new Set(driver.rules!.map((rule) => rule.defaultConfiguration!.level)),
      new Set(["warning", "note", "error"]),
    );
  });

  it("is valid for no snapshot, and for one without findings", () => {
    assert.deepEqual(results([]), []);
    assert.deepEqual(results([source([])]), []);
  });

  it("says what is found, where, and how bad it is", () => {
    const result = one({});
    assert.equal(result.ruleId, "object-cycle");
    assert.equal(
      result.message.text,
      "10 cycles of Session and Peer. They refer to each other. Fix: hold one side weakly.",
    );
    assert.deepEqual(place(result), {
      artifactLocation: { uri: "app/session.py", uriBaseId: "SRCROOT" },
      region: { startLine: 7 },
    });
    assert.deepEqual(result.locations![0].logicalLocations, [{ name: "Session" }]);
    assert.deepEqual(result.partialFingerprints, { "ouroborosFingerprint/v1": FINDING.fingerprint });
    assert.deepEqual(result.properties, { bytes: 1234, count: 10 });
    assert.equal(result.analysisTarget!.uri, "file:///tmp/app.pyheapsnapshot");
    for (const absent of ["suppressions", "baselineState", "codeFlows"]) assert.ok(!(absent in result), absent);
    assert.deepEqual(
      ["error", "warning", "info"].map((severity) => one({ severity }).level),
      ["error", "warning", "note"],
    );
  });

  it("puts the findings of all snapshots into one run, whose root is told", () => {
    const files = ["one.pyheapsnapshot", `${ROOT}/out/two.pyheapsnapshot`];
    const sources = files.map((file) => source([FINDING, { ...FINDING, fingerprint: file }], { file }));
    assert.deepEqual(
      results(sources).map((result) => result.analysisTarget!.uri),
      ["one.pyheapsnapshot", "one.pyheapsnapshot", "out/two.pyheapsnapshot", "out/two.pyheapsnapshot"],
    );
    for (const [root, uri] of [
      [ROOT, "file:///srv/repo/"],
      ["/", "file:///"],
      ["C:\\my repo", "file:///C:/my%20repo/"],
      ["C:\\", "file:///C:/"],
    ]) {
      assert.deepEqual(sarifLog(sources, { ...OPTIONS, root }).runs[0].originalUriBaseIds, { SRCROOT: { uri } });
    }
  });

  it("has the evidence path as a flow", () => {
    const path = [
      { id: "0x1", label: "", name: "module app" },
      { id: "0x2", label: ".PAGES", name: "dict {3}" },
      { id: "0x3", label: "[0](x)", name: "Page" },
    ];
    const [flow] = one({ path }).codeFlows!;
    assert.deepEqual(
      flow.threadFlows[0].locations.map((step) => step.location!.message!.text),
      // Braces and links are escaped, as the standard wants it.
      ["module app", ".PAGES → dict {{3}}", "[0\\](x) → Page"],
    );
    assert.ok(!("codeFlows" in one({ path: path.slice(0, 1) })));
  });

  describe("names files by valid addresses", () => {
    const inRoot = (uri: string) => ({ uri, uriBaseId: "SRCROOT" });
    const cases: [name: string, file: string, folder: string, root: string, expected: object][] = [
      ["below the root", `${ROOT}/a/b.py`, "", ROOT, inRoot("a/b.py")],
      ["below the root, with a slash at its end", `${ROOT}/a.py`, "", `${ROOT}/`, inRoot("a.py")],
      ["below the root, by a detour", `${ROOT}/../repo/x/../a.py`, "", ROOT, inRoot("a.py")],
      ["whose name begins with dots", `${ROOT}/..a.py`, "", ROOT, inRoot("..a.py")],
      ["beside the root", `${ROOT}-2/a.py`, "", ROOT, { uri: "file:///srv/repo-2/a.py" }],
      ["above the root", "/srv/a.py", "", ROOT, { uri: "file:///srv/a.py" }],
      ["relative to the program's folder", "b.py", `${ROOT}/a`, ROOT, inRoot("a/b.py")],
      ["relative to a folder elsewhere", "b.py", "/srv/app", ROOT, { uri: "file:///srv/app/b.py" }],
      ["relative to an unknown folder", "a/b.py", "", ROOT, inRoot("a/b.py")],
      [
        "with spaces and signs",
        `${ROOT}/x y/#1?%é雪😀.py`,
        "",
        ROOT,
        inRoot("x%20y/%231%3F%25%C3%A9%E9%9B%AA%F0%9F%98%80.py"),
      ],
      ["with a colon", `${ROOT}/a:b.py`, "", ROOT, inRoot("a%3Ab.py")],
      ["with a backslash", `${ROOT}/a\\b.py`, "", ROOT, inRoot("a%5Cb.py")],
      ["with bytes that are no UTF-8", `${ROOT}/\udce9\ud800.py`, "", ROOT, inRoot("%E9%EF%BF%BD.py")],
      ["compiled by Python 2", `${ROOT}/a.pyc`, "", ROOT, inRoot("a.py")],
      ["of Windows", "C:\\x y\\é.py", "", ROOT, { uri: "file:///C:/x%20y/%C3%A9.py" }],
      ["of Windows, with slashes", "c:/x y/a.py", "", ROOT, { uri: "file:///c:/x%20y/a.py" }],
      ["of Windows, below the root", "C:\\Code\\x y\\é.py", "", "c:\\code", inRoot("x%20y/%C3%A9.py")],
      ["of Windows, on another drive", "D:\\code\\a.py", "", "C:\\code", { uri: "file:///D:/code/a.py" }],
      ["of Windows, relative", "pkg\\a.py", "C:\\code", "C:\\code", inRoot("pkg/a.py")],
      ["of Windows, relative, seen from elsewhere", "pkg\\a.py", "C:\\code", ROOT, { uri: "file:///C:/code/pkg/a.py" }],
      ["of Windows, long", "\\\\?\\C:\\code\\a.py", "", "C:\\code", inRoot("a.py")],
      ["of a share", "\\\\server\\share\\x y\\a.py", "", "C:\\code", { uri: "file://server/share/x%20y/a.py" }],
      ["of a share, long", "\\\\?\\UNC\\server\\share\\a.py", "", "C:\\code", { uri: "file://server/share/a.py" }],
      ["seen from Windows", "/srv/a.py", "/srv", "C:\\code", { uri: "file:///srv/a.py" }],
    ];
    for (const [name, file, folder, root, expected] of cases) {
      it(name, () => {
        const result = one({ location: { file, line: 3, name: "f" } }, { folder }, undefined, root);
        assert.deepEqual(place(result), { artifactLocation: expected, region: { startLine: 3 } });
      });
    }
  });

  it("shows what has no file at the program's script, else at the snapshot, and never at a line", () => {
    const { location: _, ...nowhere } = FINDING;
    const findings = [
      nowhere,
      ...["<string>", "<frozen importlib._bootstrap>", "<a\nb>", ""].map((file) => ({
        ...FINDING,
        location: { file, line: 12, name: "run" },
      })),
    ];
    for (const [argv, uri] of [
      [["main.py", "--port", "1"], "main.py"],
      [[`${ROOT}/bin/x y`], "bin/x%20y"],
      ...[[], [""], ["-c"], ["-m"], ["<stdin>"]].map((argv) => [argv, "file:///tmp/app.pyheapsnapshot"]),
    ] as [string[], string][]) {
      const found = results([source(findings, {}, argv)]);
      for (const result of found) {
        assert.equal(place(result).artifactLocation!.uri, uri);
        assert.ok(!("region" in place(result)));
      }
      assert.equal(found[0].locations![0].logicalLocations, undefined);
      assert.deepEqual(found[1].locations![0].logicalLocations, [{ name: "run" }]);
    }
    for (const line of [0, -1]) {
      assert.deepEqual(place(one({ location: { file: `${ROOT}/a.py`, line, name: "" } })), {
        artifactLocation: { uri: "a.py", uriBaseId: "SRCROOT" },
      });
    }
  });

  it("tells what a baseline lists from what is new", () => {
    const findings = ["a", "b", "c"].map((fingerprint) => ({ ...FINDING, fingerprint }));
    const baseline = new Map([
      ["a", "wanted: see the design notes"],
      ["c", ""],
    ]);
    assert.deepEqual(
      results([source(findings)], { baseline }).map(({ baselineState, suppressions }) => [baselineState, suppressions]),
      [
        ["unchanged", [{ kind: "external", justification: "wanted: see the design notes" }]],
        ["new", []],
        ["unchanged", [{ kind: "external", justification: "listed in the baseline" }]],
      ],
    );
    assert.deepEqual(
      results([source(findings)], { baseline: new Map() }).map((result) => result.baselineState),
      ["new", "new", "new"],
    );
  });

  it("takes hostile texts", () => {
    const nasty = "\u0000\u001b[31m\u202e{0} [a](javascript:b) \ud800 \u2028";
    const text = one({ title: nasty, why: "why ".repeat(5000), location: { file: nasty, line: 1, name: nasty } })
      .message.text!;
    assert.ok(
      text.startsWith("\\u0000\\u001b[31m\\u202e{{0}} [a\\](javascript:b) \ufffd \\u2028. "),
      text.slice(0, 100),
    );
    assert.ok(text.length < 3000 && text.endsWith("why… Fix: hold one side weakly."), "each part is cut by itself");
  });

  it("an invalid log fails, so that the validation can fail", () => {
    const broken = (change: (result: Result, log: Log) => void): string[] => {
      const log = sarifLog([source([{ ...FINDING, path: [] }])], OPTIONS);
      change(log.runs[0].results![0], log);
      return objections(log);
    };
    assert.deepEqual(
      broken(() => {}),
      [],
    );
    assert.match(broken((result) => (result.level = "info" as never)).join(), /results\[0\]\.level should be equal to/);
    assert.match(broken((result) => (place(result).region = { startLine: 0 })).join(), /startLine should be >= 1/);
    assert.match(broken((result) => (place(result).artifactLocation!.uri = "x y.py")).join(), /match format "uri-ref/);
    assert.match(broken((result) => Object.assign(result, { file: "a.py" })).join(), /additional properties/);
    assert.match(broken((_, log) => (log.version = "2.0.0" as never)).join(), /version should be equal/);
    assert.match(broken((result) => delete (result as Partial<Result>).message).join(), /required property 'message'/);
  });

  describe("of the demo program, under the real agent", () => {
    let folder: string;
    before(() => {
      folder = mkdtempSync(join(tmpdir(), "ouroboros-sarif-"));
    });
    after(() => {
      rmSync(folder, { recursive: true, force: true });
    });

    // The oldest names files as Python 2 does, where it is there.
    const [oldest, ...others] = pythons();
    for (const python of [oldest, ...others.slice(-1)]) {
      it(`on CPython ${python.name}`, async () => {
        const file = join(folder, `${python.name}.pyheapsnapshot`);
        execFileSync(python.path, [AGENT, "-o", file, DEMO], { stdio: "ignore" });
        const demo = sarifSource(await Session.open(file));
        const found = results([demo], { root: process.cwd() });
        assert.equal(found.length, demo.report.findings.length);
        const lines = readFileSync(DEMO, "utf8").split("\n");
        const cache = found.find((result) => result.ruleId === "unbounded-cache")!;
        assert.deepEqual(place(cache), {
          artifactLocation: { uri: "test/fixtures/demo/leaky_service.py", uriBaseId: "SRCROOT" },
          region: { startLine: lines.findIndex((line) => line.startsWith("PAGES = ")) + 1 },
        });
        assert.match(cache.message.text!, /^__main__\.PAGES holds 300 entries, .*\. Fix: .*\.$/);
        assert.ok(cache.codeFlows![0].threadFlows[0].locations.length > 1);
        const encoder = found.find((result) => /_iterencode/.test(result.message.text!))!;
        assert.match(place(encoder).artifactLocation!.uri!, /^file:\/\/\/.*\/json\/encoder\.py$/);
        assert.ok(place(encoder).region!.startLine! > 1);
      });
    }
  });
});
