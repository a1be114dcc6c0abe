import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { closeSync, mkdtempSync, openSync, rmSync, statSync, writeSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { info } from "../../src/session/queries/info.js";
import { Session } from "../../src/session/Session.js";
import { skip } from "../rig/skip.js";
import { ensureV8Peers } from "../rig/v8Peers.mjs";
import { compareWithDevTools } from "./compareDevTools.js";
import { draft, heapOf } from "./v8Heap.js";

const LONG_LIST = 300_000;
// No string of JavaScript is that long.
const MANY_BYTES = 520 * 2 ** 20;

const LIST = `
class Link { constructor(i) { this.i = i; this.next = null; this.previous = null; } }
function build(last) {
  for (let i = 1; i < ${LONG_LIST}; i++) {
    const link = new Link(i);
    last.next = link;
    link.previous = last;
    last = link;
  }
}
build((globalThis.head = new Link(0)));
require("node:v8").writeHeapSnapshot(process.argv[1]);
`;

describe("V8 snapshots of shapes that break other readers", () => {
  let folder: string;
  before(() => {
    folder = mkdtempSync(join(tmpdir(), "ouroboros-v8-"));
  });
  after(() => {
    rmSync(folder, { recursive: true, force: true });
  });

  it(`a doubly linked list of ${LONG_LIST} objects: as DevTools has it, and each link retains those behind it`, async function () {
    if (process.platform !== "linux" || process.arch !== "x64") skip(this, "the peers are for Linux on x64");
    const peers = await ensureV8Peers();
    const snapshot = join(folder, "list.heapsnapshot");
    execFileSync(peers.nodes["node24"], ["-e", LIST, snapshot]);
    const { examples } = await compareWithDevTools(snapshot, peers);
    assert.deepEqual(examples, []);
    const { graph, analysis } = await Session.open(snapshot);
    const type = graph.types.findIndex(({ name }) => name === "Link");
    const links = [...graph.columns.type.keys()].filter((node) => graph.columns.type[node] === type);
    assert.equal(links.length, LONG_LIST);
    const { retained } = analysis.ownership;
    const sizes = Float64Array.from(links, (node) => retained[node]).sort();
    assert.ok(sizes.every((size, i) => i === 0 || size > sizes[i - 1]));
    assert.ok(sizes.at(-1)! >= LONG_LIST * sizes[0]);
  });

  it("strings of more than 512 MiB", async () => {
    const snapshot = join(folder, "strings.heapsnapshot");
    const json = heapOf({ root: draft("synthetic", "", 0, ["element", 1, "a"]), a: draft("object", "A", 16) });
    const end = json.lastIndexOf("]");
    const file = openSync(snapshot, "w");
    writeSync(file, json.slice(0, end));
    const text = `,\n"${"x".repeat(1010)}"`;
    const some = text.repeat(1000);
    const times = Math.ceil(MANY_BYTES / some.length);
    for (let i = 0; i < times; i++) writeSync(file, some);
    writeSync(file, `,"last"${json.slice(end)}`);
    closeSync(file);
    assert.ok(statSync(snapshot).size > 2 ** 29);
    const session = await Session.open(snapshot);
    const { nodes, edges, bytes } = info(session);
    assert.deepEqual({ nodes, edges, bytes }, { nodes: 2, edges: 1, bytes: 16 });
    const { strings } = session.graph;
    assert.equal(strings.get(strings.count - 1), "last");
    assert.equal(strings.get(strings.count - 2).length, 1010);
  });
});
