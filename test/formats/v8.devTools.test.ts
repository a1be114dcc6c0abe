import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ensureChromium } from "../editor/setup.mjs";
import { skip } from "../rig/skip.js";
import { ensureV8Peers, type V8Peers } from "../rig/v8Peers.mjs";
import { compareWithDevTools } from "./compareDevTools.js";
import { snapshotOfPage } from "./pageSnapshot.js";

const SHOP = join("test", "fixtures", "v8", "shop.cjs");

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
    const { nodes, examples } = await compareWithDevTools(snapshot, peers);
    assert.ok(nodes > 10_000, "a real heap");
    assert.deepEqual(examples, []);
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
    await snapshotOfPage(executablePath, PAGE, snapshot);
    await compare(snapshot);
  });
});
