import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Kind } from "../../src/heap/kinds.js";
import { labelPayload } from "../../src/heap/labels.js";
import { V8Edge, v8EdgeOf } from "../../src/heap/v8.js";
import { followInternal } from "../../src/model/v8/labels.js";
import { HeapScopes } from "../../src/model/v8/scopes.js";
import { report } from "../../src/session/queries/report.js";
import { Session } from "../../src/session/Session.js";
import { ensureChromium } from "../editor/setup.mjs";
import { skip } from "../rig/skip.js";
import { ensureV8Peers } from "../rig/v8Peers.mjs";
import { snapshotOfPage } from "./pageSnapshot.js";

// In a file of its own, which is nowhere on this machine: what is read is what V8 tells.
const SCRIPT = `var kept = [];
function accept(i) {
  const payload = "payload " + i + new Array(2000).fill(i).join();
  const name = "job " + i;
  function read() { return payload; }
  function called() { return name; }
  read();
  kept.push(called);
}
for (let i = 0; i < 100; i++) accept(i);
function outer() {
  const inner = { of: "a function that can still be made" }, own = { of: "the function itself" };
  const gone = { of: "a function that was not kept" };
  const never = () => gone;
  never();
  return function middle() { return [own, () => inner]; };
}
var middle = outer();
function blocks() {
  const first = {}, second = {};
  { const third = {}; const unused = () => [first, third]; kept.push(() => second); unused(); }
}
blocks();
`;

describe("V8's own table of scopes", () => {
  let folder = "";
  let snapshot: string;
  before(async function () {
    const executablePath = ensureChromium();
    if (executablePath === undefined) skip(this, "no Chromium, Chrome or Edge was found");
    folder = mkdtempSync(join(tmpdir(), "ouroboros-scopes-"));
    snapshot = join(folder, "page.heapsnapshot");
    const server = createServer((request, response) => {
      const isScript = request.url === "/app.js";
      response.setHeader("content-type", isScript ? "text/javascript" : "text/html");
      response.end(isScript ? SCRIPT : "<!doctype html><script src='/app.js'></script>");
    });
    await new Promise<void>((listening) => {
      server.listen(0, "127.0.0.1", listening);
    });
    try {
      const { port } = server.address() as AddressInfo;
      await snapshotOfPage(executablePath, { url: `http://127.0.0.1:${port}/` }, snapshot);
    } finally {
      server.close();
    }
  });
  after(() => {
    if (folder !== "") rmSync(folder, { recursive: true, force: true });
  });

  it("tells the same variables dead as DevTools does", async function () {
    const { graph } = await Session.open(snapshot);
    const scopes = HeapScopes.of(graph);
    if (!scopes) skip(this, "this Chromium writes no tables of scopes: it is older than 156");
    const { nodes, bundle } = await ensureV8Peers();
    const told = execFileSync(nodes["node24"], [join("test", "formats", "contexts.mjs"), bundle, snapshot], {
      encoding: "utf8",
      maxBuffer: 100 << 20,
    });
    const theirs = (JSON.parse(told) as [id: number, name: string][]).map(([id, name]) => `${id} ${name}`).sort();
    const { kind, firstEdge, edgeClass, edgeLabel, id } = graph.columns;
    const closures = new Map<number, number[]>();
    for (let node = 0; node < graph.nodeCount; node++) {
      if (kind[node] !== Kind.function) continue;
      let context = followInternal(graph, node, "context");
      while (context !== undefined && kind[context] === Kind.context) {
        closures.set(context, [...(closures.get(context) ?? []), node]);
        context = followInternal(graph, context, "previous");
      }
    }
    const ours: string[] = [];
    for (let node = 0; node < graph.nodeCount; node++) {
      if (kind[node] !== Kind.context) continue;
      for (let e = firstEdge[node]; e < firstEdge[node + 1]; e++) {
        if (v8EdgeOf(edgeClass[e]) !== V8Edge.context) continue;
        const name = graph.string(labelPayload(edgeLabel[e]));
        if (scopes.isUsed(node, name, closures.get(node) ?? []) === false) ours.push(`${id[node]} ${name}`);
      }
    }
    assert.deepEqual(ours.sort(), theirs);
    const names = new Set(theirs.map((one) => one.split(" ")[1]));
    for (const name of ["payload", "gone", "first"]) assert.ok(names.has(name), `${name} is dead`);
    for (const name of ["name", "own", "inner", "second"]) assert.ok(!names.has(name), `${name} is not`);
  });

  it("is what the rule goes by where the source is not at hand", async function () {
    const session = await Session.open(snapshot);
    if (!session.graph.facts.scopes) skip(this, "this Chromium writes no tables of scopes: it is older than 156");
    const found = report(session).findings.filter(({ rule }) => rule === "dead-closure-variable");
    assert.deepEqual(
      found.map(({ count, title, location }) => [count, title.split(" keeps ")[0], location?.file.split("/").at(-1)]),
      [[100, "the variable payload of 100 calls of accept()", "app.js"]],
    );
    assert.match(found[0].why, /called\(\) \(line 6\) is alive\. V8 says that none/);
  });
});
