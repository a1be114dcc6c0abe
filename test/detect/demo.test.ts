import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { report, type ReportedFinding } from "../../src/session/queries/report.js";
import { Session } from "../../src/session/Session.js";
import { pythons } from "../rig/pythons.js";

const AGENT = join("src", "capture", "python", "ouroboros_capture.py");
const DEMO = join("test", "fixtures", "demo", "leaky_service.py");

/** The line of a text in a file, 1-based. */
function lineOf(file: string, start: string): number {
  return (
    readFileSync(file, "utf8")
      .split("\n")
      .findIndex((line) => line.trim().startsWith(start)) + 1
  );
}

describe("the demo program, under the real agent", () => {
  let folder: string;
  before(() => {
    folder = mkdtempSync(join(tmpdir(), "ouroboros-demo-"));
  });
  after(() => {
    rmSync(folder, { recursive: true, force: true });
  });

  for (const python of pythons()) {
    it(`is diagnosed on CPython ${python.name}`, async () => {
      const file = join(folder, `${python.name}.pyheapsnapshot`);
      execFileSync(python.path, [AGENT, "-o", file, DEMO], { stdio: "ignore" });
      const { findings } = report(await Session.open(file));
      const find = (rule: string, title: RegExp): ReportedFinding => {
        const found = findings.filter((finding) => finding.rule === rule && title.test(finding.title));
        assert.equal(found.length, 1, `${rule} ${String(title)}: ${JSON.stringify(findings.map((f) => f.title))}`);
        return found[0];
      };
      const encoder = find("closure-cycle", /_iterencode\(\)/);
      assert.equal(encoder.count, 300);
      assert.match(encoder.location!.file, /json[\\/]encoder\.pyc?$/);
      const source = encoder.location!.file.replace(/c$/, "");
      assert.equal(encoder.location!.line, lineOf(source, "def _iterencode("));
      assert.ok(encoder.bytes > 300 * 500, `${encoder.bytes} bytes`);
      const cache = find("unbounded-cache", /PAGES holds 300 entries/);
      assert.equal(cache.location!.line, lineOf(DEMO, "def render("));
      const sessions = find("object-cycle", /Session/);
      assert.equal(sessions.count, 10);
      assert.equal(sessions.severity, "error");
      assert.ok(!findings.some((finding) => /RECENT/.test(finding.title)), "the bounded cache is no finding");
    });
  }
});
