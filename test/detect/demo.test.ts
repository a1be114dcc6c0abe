import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { HeapGraph } from "../../src/heap/HeapGraph.js";
import { Standing, STANDING_MASK } from "../../src/heap/kinds.js";
import { labelText } from "../../src/heap/labels.js";
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

/** Keys that the `__dict__`s of a type's instances are said to own. */
function ownedKeysOf(graph: HeapGraph, type: string): string[] {
  const { firstEdge, edgeTo, edgeLabel, edgeClass } = graph.columns;
  const keys: string[] = [];
  for (let node = 0; node < graph.nodeCount; node++) {
    if (graph.typeName(node) !== type) continue;
    for (let e = firstEdge[node]; e < firstEdge[node + 1]; e++) {
      if (labelText(graph, edgeLabel[e]) !== ".__dict__") continue;
      for (let d = firstEdge[edgeTo[e]]; d < firstEdge[edgeTo[e] + 1]; d++) {
        if ((edgeClass[d] & STANDING_MASK) === Standing.owned) keys.push(graph.nodeName(edgeTo[d]));
      }
    }
  }
  return keys;
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
      const session = await Session.open(file);
      assert.deepEqual(ownedKeysOf(session.graph, "__main__.Page"), [], "instances share their dicts' keys");
      const { findings } = report(session);
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
      assert.equal(cache.location!.line, lineOf(DEMO, "PAGES = "));
      const sessions = find("object-cycle", /Session/);
      assert.equal(sessions.count, 10);
      assert.equal(sessions.severity, "error");
      assert.ok(!findings.some((finding) => /RECENT/.test(finding.title)), "the bounded cache is no finding");
    });
  }
});
