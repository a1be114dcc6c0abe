import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { copyFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { AnalysisError } from "../../src/session/AnalysisProcess.js";
import { type OpenSnapshot, SnapshotPool, type SnapshotState } from "../../src/session/SnapshotPool.js";
import { build } from "../cli/run.js";
import { pythons } from "../rig/pythons.js";

const AGENT = join("src", "capture", "python", "ouroboros_capture.py");
const DEMO = join("test", "fixtures", "demo", "leaky_service.py");
const ANALYSIS = join("dist", "analysis.js");

function reaches(snapshot: OpenSnapshot, kind: SnapshotState["kind"]): Promise<SnapshotState> {
  return new Promise((resolve) => {
    const unwatch = snapshot.watch((state) => {
      if (state.kind !== kind) return;
      resolve(state);
      // The first call comes before `watch` has returned.
      setImmediate(() => unwatch());
    });
  });
}

function runs(pid: number): boolean {
  try {
    // A zombie that the parent has not reaped yet does nothing any more.
    return !/^State:\s+Z/m.test(readFileSync(`/proc/${pid}/status`, "utf8"));
  } catch {
    return false;
  }
}

describe("session: the analysis process", () => {
  let folder: string;
  let file: string;
  let pool: SnapshotPool;

  before(() => {
    build();
    folder = mkdtempSync(join(tmpdir(), "ouroboros-pool-"));
    file = join(folder, "demo.pyheapsnapshot");
    execFileSync(pythons().at(-1)!.path, [AGENT, "-o", file, DEMO], { stdio: "ignore" });
  });
  beforeEach(() => {
    pool = new SnapshotPool(ANALYSIS);
  });
  afterEach(() => pool.dispose());
  after(() => rmSync(folder, { recursive: true, force: true }));

  it("is one for all views of a file, and stays for a while after the last", async () => {
    const first = pool.acquire(file);
    const second = pool.acquire(file);
    assert.equal(first, second);
    await reaches(first, "opened");
    const { pid } = first;
    pool.release(first);
    pool.release(second);
    const third = pool.acquire(file);
    assert.equal(third.pid, pid, "reopened within the grace time");
    assert.equal(third.state.kind, "opened");
  });

  it("answers what a view asks, and says what it is doing meanwhile", async () => {
    const snapshot = pool.acquire(file);
    const steps: string[] = [];
    const report = await snapshot.ask("report", {}, { progress: (_, step) => steps.push(step) });
    assert.match(report.findings[0].title, /300 cycles of the function _iterencode/);
    assert.ok(steps.includes("following the collector") && steps.includes("applying the rules"), steps.join());
    const { families } = await snapshot.ask("families", {});
    assert.equal(families[0].count, 300);
    const details = await snapshot.ask("family", { family: 0 });
    assert.equal(details.examples.length, 200);
    assert.match(details.cuts[0].idiom, /set _iterencode\w* = None/);
    const found = await snapshot.ask("search", { text: "_iterencode", limit: 5 });
    assert.match(found.rows[0].name, /^function .*\._iterencode$/, "what is named so comes before texts");
    const [{ id }] = found.rows;
    assert.equal((await snapshot.ask("search", { text: id, limit: 5 })).rows[0].id, id);
    assert.equal((await snapshot.ask("search", { text: "PAGE", limit: 5 })).rows[0].type, "__main__.Page");
    const text = await snapshot.ask("reportText", {});
    assert.match(text, /^## 300 cycles of the function _iterencode\(\)/m);
    assert.match(text, /`__main__\.Page`|__main\\_\\_\.Page/);
    const { file: source } = report.findings[0].location!;
    const recorded = await snapshot.ask("sourceFile", { file: source });
    assert.equal(recorded.size, readFileSync(source).length);
  });

  it("refuses what makes no sense, in words, and lives on", async () => {
    const snapshot = pool.acquire(file);
    await assert.rejects(snapshot.ask("object", { id: "0x1" }), /no object has the id "0x1"/);
    await assert.rejects(snapshot.ask("family", { family: 1e9 }), /there is no family 1000000000/);
    await assert.rejects(snapshot.ask("instances", { type: "no.such", top: 5 }), /no type has the name/);
    assert.ok((await snapshot.ask("types", {})).length > 100);
  });

  it("gives up a question at once; the snapshot stays open", async () => {
    const snapshot = pool.acquire(file);
    await reaches(snapshot, "opened");
    const abort = new AbortController();
    const asked = snapshot.ask("report", {}, { signal: abort.signal, progress: () => abort.abort() });
    await assert.rejects(asked, { name: "AbortError" });
    assert.ok((await snapshot.ask("info", {})).nodes > 10_000);
  });

  it("tells of its end when it is killed, and reads the file again on demand", async () => {
    const snapshot = pool.acquire(file);
    await reaches(snapshot, "opened");
    process.kill(snapshot.pid!, "SIGKILL");
    const state = await reaches(snapshot, "failed");
    assert.match((state as Extract<SnapshotState, { kind: "failed" }>).message, /has ended \(by signal SIGKILL\)/);
    await assert.rejects(snapshot.ask("info", {}), AnalysisError);
    snapshot.retry();
    await reaches(snapshot, "opened");
    assert.ok((await snapshot.ask("info", {})).nodes > 10_000);
  });

  it("ends when reading is cancelled, and starts anew on demand", async () => {
    const snapshot = pool.acquire(file);
    const { pid } = snapshot;
    assert.equal(snapshot.state.kind, "loading");
    snapshot.cancelLoad();
    assert.equal(snapshot.state.kind, "cancelled");
    while (runs(pid!)) await sleep(5);
    await assert.rejects(snapshot.ask("info", {}), /not open/);
    snapshot.retry();
    await reaches(snapshot, "opened");
    assert.notEqual(snapshot.pid, pid);
  });

  it("says what is wrong with a file, and reads it when it is whole", async () => {
    const broken = join(folder, "broken.pyheapsnapshot");
    writeFileSync(broken, readFileSync(file).subarray(0, 10_000));
    const snapshot = pool.acquire(broken);
    const { pid } = snapshot;
    const state = (await reaches(snapshot, "failed")) as Extract<SnapshotState, { kind: "failed" }>;
    assert.match(state.message, /cut off at offset 10000/);
    assert.notEqual(state.advice, "");
    while (runs(pid!)) await sleep(5);
    copyFileSync(file, broken);
    snapshot.retry();
    await reaches(snapshot, "opened");
  });
});
