import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { closeSync, mkdtempSync, openSync, readFileSync, rmSync, writeSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { chromium } from "playwright-core";
import { Session } from "../../src/session/Session.js";
import { ensureChromium } from "../editor/setup.mjs";
import { skip } from "../rig/skip.js";
import { ensureV8Peers, type V8Peers } from "../rig/v8Peers.mjs";

const SHOP = join("test", "fixtures", "v8", "shop.cjs");
const COLUMNS = ["id", "self size", "retained size", "distance", "dominator"] as const;
// What DevTools calls the distance of a node that nothing leads to.
const NO_DISTANCE = -5;

/** A page with a detached tree, listeners, and closures that share a context. */
const PAGE = `<ul id="list"></ul><script>
class Row {
  constructor(number) {
    this.element = document.createElement("li");
    this.element.textContent = "row " + number;
    this.element.addEventListener("click", () => this);
    document.getElementById("list").append(this.element);
  }
}
const rows = Array.from({ length: 100 }, (_, number) => new Row(number));
for (const row of rows.slice(50)) row.element.remove();
const notes = new WeakMap(rows.map((row) => [row, { row }]));
function outer(big) {
  const unused = () => big.length;
  return () => 1;
}
window.kept = { rows, notes, closures: rows.map((_, number) => outer("x".repeat(100) + number)) };
</script>`;

describe("V8 snapshots against DevTools", () => {
  let peers: V8Peers;
  let folder: string;
  before(async function () {
    if (process.platform !== "linux" || process.arch !== "x64") skip(this, "the peers are for Linux on x64");
    peers = await ensureV8Peers();
    folder = mkdtempSync(join(tmpdir(), "ouroboros-v8-"));
  });
  after(() => {
    if (folder !== undefined) rmSync(folder, { recursive: true, force: true });
  });

  async function compare(snapshot: string): Promise<void> {
    const out = `${snapshot}.rows`;
    execFileSync(peers.nodes["node24"], [join("test", "formats", "devTools.mjs"), peers.bundle, snapshot, out]);
    const bytes = readFileSync(out);
    const rows = new Float64Array(bytes.buffer, bytes.byteOffset, bytes.length / 8);
    const { graph, analysis } = await Session.open(snapshot);
    const { ownership } = analysis;
    assert.equal(rows.length, graph.nodeCount * COLUMNS.length);
    assert.ok(graph.nodeCount > 10_000, "a real heap");
    const root = graph.roots.find(({ engine }) => engine === true)!.node;
    const differences: string[] = [];
    for (let node = 0; node < graph.nodeCount; node++) {
      const theirs = rows.subarray(node * COLUMNS.length, (node + 1) * COLUMNS.length);
      const dominator = ownership.idom[node];
      const ours = [
        graph.columns.id[node],
        graph.columns.selfSize[node],
        ownership.retained[node],
        ownership.distance[node] < 0 ? NO_DISTANCE : ownership.distance[node],
        dominator >= graph.nodeCount ? root : dominator,
      ];
      COLUMNS.forEach((column, i) => {
        if (ours[i] !== theirs[i]) {
          differences.push(`${column} of ${graph.idText(node)} ${graph.nodeName(node)}: ${ours[i]}, ${theirs[i]}`);
        }
      });
    }
    assert.deepEqual(differences.slice(0, 10), []);
  }

  const nodes: Readonly<Record<string, () => string>> = {
    "the Node that runs the tests": () => process.execPath,
    "Node 22": () => peers.nodes["node22"],
    "Node 24": () => peers.nodes["node24"],
  };
  for (const [name, path] of Object.entries(nodes)) {
    for (const internals of [false, true]) {
      it(`sizes, distances and dominators of all nodes are equal: ${name}${internals ? ", with internals" : ""}`, async () => {
        const snapshot = join(folder, `${Object.keys(nodes).indexOf(name)}-${internals}.heapsnapshot`);
        execFileSync(path(), [SHOP, snapshot, ...(internals ? ["internals"] : [])]);
        await compare(snapshot);
      });
    }
  }

  it("sizes, distances and dominators of all nodes are equal: a page in Chromium", async function () {
    const executablePath = ensureChromium();
    if (executablePath === undefined) skip(this, "no Chromium, Chrome or Edge was found");
    const snapshot = join(folder, "page.heapsnapshot");
    const browser = await chromium.launch({ executablePath, args: ["--no-sandbox"] });
    try {
      const page = await browser.newPage();
      await page.setContent(PAGE);
      const session = await page.context().newCDPSession(page);
      const file = openSync(snapshot, "w");
      session.on("HeapProfiler.addHeapSnapshotChunk", ({ chunk }) => writeSync(file, chunk));
      await session.send("HeapProfiler.enable");
      await session.send("HeapProfiler.takeHeapSnapshot", { reportProgress: false });
      closeSync(file);
    } finally {
      await browser.close();
    }
    await compare(snapshot);
  });
});
