import assert from "node:assert/strict";
import { Kind } from "../../src/heap/kinds.js";
import { containerClassOf, entriesOf } from "../../src/model/v8/entries.js";
import { followProperty } from "../../src/model/v8/labels.js";
import type { Session } from "../../src/session/Session.js";
import { ensureV8Peers } from "../rig/v8Peers.mjs";
import { type NodeRun, runNode } from "../rig/nodeHeap.js";

// Each container holds what it is called: "map 1000 delete 900" had 1,000 entries of which 900 were deleted.
const PROGRAM = `
globalThis.held = [];
const add = (container, expected, what) => held.push({ container, expected: "expected " + expected, what });
for (const size of [1, 2, 3, 4, 5, 8, 9, 31, 100, 1000]) {
  for (const deleted of [0, 1, Math.floor(size / 2), Math.floor(size * 0.9)]) {
    const from = { first: 0, last: size - deleted };
    for (const [place, at] of Object.entries(from)) {
      const map = new Map(), set = new Set(), byNumber = new Map();
      for (let i = 0; i < size; i++) { map.set("k" + i, { i }); set.add({ i }); byNumber.set(i, { i }); }
      const all = [...set];
      for (let i = at; i < at + deleted; i++) { map.delete("k" + i); set.delete(all[i]); byNumber.delete(i); }
      const what = size + " without " + deleted + " " + place;
      add(map, map.size, "Map " + what);
      add(set, set.size, "Set " + what);
      add(byNumber, byNumber.size, "Map of numbers " + what);
    }
  }
  add(Array.from({ length: size }, (_, i) => ({ i })), size, "Array " + size);
  const object = {}, table = Object.create(null);
  for (let i = 0; i < size; i++) { object["p" + i] = { i }; table[i] = { i }; }
  add(object, size, "Object " + size);
  add(table, size, "Object of indices " + size);
}
snapshot();
`;

const nodes = await ensureV8Peers().then(({ nodes: peers }) => ({ "this Node": process.execPath, ...peers }));

for (const [name, node] of Object.entries(nodes).flatMap(([of, path]) => [
  [of, path] as const,
  [`${of}, with numbers`, path] as const,
])) {
  describe(`V8 containers of ${name}`, () => {
    let done: NodeRun;
    let session: Session;
    before(async () => {
      done = await runNode(PROGRAM, { node, numbers: name.endsWith("with numbers") });
      [session] = done.sessions;
    });
    after(() => done?.remove());

    it("have as many entries as the program says, also where some were deleted", () => {
      const { graph } = session;
      const wrong: string[] = [];
      let seen = 0;
      for (let at = 0; at < graph.nodeCount; at++) {
        if (graph.columns.kind[at] !== Kind.instance) continue;
        const [container, expected, what] = ["container", "expected", "what"].map((property) =>
          followProperty(graph, at, property),
        );
        if (container === undefined || expected === undefined || what === undefined) continue;
        // What was concatenated is named after its parts.
        const wanted = Number(/\d+/.exec(graph.nodeName(expected))?.[0]);
        if (Number.isNaN(wanted)) continue;
        seen++;
        assert.notEqual(containerClassOf(graph, container), undefined, graph.nodeName(what));
        const count = [...entriesOf(graph, container)].length;
        if (count !== wanted) wrong.push(`${graph.nodeName(what)}: ${count} instead of ${wanted}`);
      }
      assert.ok(seen >= 250, `${seen} containers`);
      assert.deepEqual(wrong, []);
    });
  });
}
