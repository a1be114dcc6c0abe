import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { join } from "node:path";
import { Kind } from "../../src/heap/kinds.js";
import { labelText } from "../../src/heap/labels.js";
import { openHeap } from "../../src/session/open.js";
import { overcounted } from "../fidelity/compare.js";
import { pythons } from "../rig/pythons.js";
import { agentFolder, temporaryFolder } from "./realSnapshot.js";

/** Dicts of a subclass that hold dicts by keys that are not str, with and without attributes. */
const PROGRAM = `
import sys
sys.path.insert(0, sys.argv[1])
import collections
import ouroboros_capture

class Table(dict):
    __hash__ = object.__hash__

def table(attribute):
    made = Table()
    inner = {1: []}
    made[(1, made)] = inner
    made[(2, made)] = inner
    if attribute:
        made.attribute = []
    return made, inner

held = [table(False), table(True)]
queue = collections.deque([[], {"key": []}, {"key": []}])
cached = None
if sys.version_info[0] == 3:
    import functools
    cached = functools.lru_cache(maxsize=None)(table)
    cached(True)
ouroboros_capture.snapshot(sys.argv[2])
print(" ".join(str(id(item)) for pair in held + [(cached, queue)] for item in pair))
`;

describe("formats: labels of what real interpreters hold", () => {
  for (const python of pythons()) {
    it(`dicts in containers are no __dict__ of them, and keys are held once (CPython ${python.name})`, async () => {
      const path = join(temporaryFolder(), `labels-${python.name}.pyheapsnapshot`);
      const out = execFileSync(python.path, ["-c", PROGRAM, agentFolder, path], {
        encoding: "utf8",
        env: { ...process.env, PYTHONDONTWRITEBYTECODE: "1" },
      });
      const graph = await openHeap(path);
      const { firstEdge, edgeTo, edgeLabel } = graph.columns;
      const [bare, bareInner, table, inner, cached, queue] = out.trim().split(" ").map(Number);
      const labelsOf = (address: number, wanted: (target: number) => boolean) => {
        const node = graph.nodeOfAddress(address)!;
        const edges = Array.from({ length: firstEdge[node + 1] - firstEdge[node] }, (_, i) => firstEdge[node] + i);
        return edges.filter((e) => wanted(edgeTo[e])).map((e) => labelText(graph, edgeLabel[e]));
      };
      for (const [address, innerAddress, attributes] of [
        [bare, bareInner, 0],
        [table, inner, 1],
      ]) {
        const labels = (wanted: (target: number) => boolean) => labelsOf(address, wanted);
        assert.deepEqual(
          labels((target) => graph.columns.id[target] === innerAddress).filter(
            (label) => !/^\[.*tuple.*\]$/.test(label),
          ),
          [],
        );
        const dicts = labels(() => true).filter((label) => label === ".__dict__");
        assert.ok(dicts.length <= attributes, `${dicts.length} dicts of attributes`);
        assert.equal(labels((target) => graph.typeName(target) === "tuple").length, 2, "two keys");
      }
      const dictsOfCache = labelsOf(cached, (target) => graph.columns.kind[target] === Kind.dict);
      assert.deepEqual(dictsOfCache.sort(), python.version[0] === 3 ? [".__dict__", ".cache"] : []);
      assert.deepEqual(
        labelsOf(queue, () => true).filter((label) => label !== ".__class__"),
        ["[0]", "[1]", "[2]"],
      );
      assert.deepEqual(overcounted(graph), []);
    });
  }
});
