import assert from "node:assert/strict";
import { HeapBuilder } from "../../src/heap/HeapBuilder.js";
import { Flag, Kind } from "../../src/heap/kinds.js";
import { Analysis } from "../../src/model/Analysis.js";
import { RootReason } from "../../src/model/roots.js";

function reasons(analysis: Analysis): Map<number, number> {
  return new Map(Array.from(analysis.roots.alive, (node, i) => [node, analysis.roots.reason[i]]));
}

describe("roots and ownership", () => {
  it("explains references from inside and outside", () => {
    const heap = new HeapBuilder();
    const [a, b] = [heap.node("A", { outside: 2 }), heap.node("B")];
    heap.edge(a, b).owned(a, b);
    const { inside, outside } = new Analysis(heap.build()).references;
    assert.deepEqual([...inside], [0, 2]);
    assert.deepEqual([...outside], [2, 0]);
  });

  it("says why each root is one", () => {
    const heap = new HeapBuilder();
    const named = heap.node("dict", { outside: 1 });
    const outside = heap.node("A", { outside: 1 });
    const frozen = heap.node("F", { tracked: false, flags: Flag.frozen | Flag.tracked });
    const lonely = heap.node("str", { tracked: false, kind: Kind.str, outside: 3 });
    const held = heap.node("str", { tracked: false, kind: Kind.str, outside: 3 });
    heap.root("sys.modules", named).edge(named, held);
    const analysis = new Analysis(heap.build());
    assert.deepEqual(
      reasons(analysis),
      new Map([
        [named, RootReason.named],
        [outside, RootReason.outside],
        [frozen, RootReason.frozen],
        [lonely, RootReason.unexplained],
      ]),
    );
  });

  it("roots what only references keep that the collector can't see", () => {
    const heap = new HeapBuilder([3, 8, 0]);
    const [type, instance] = [heap.node("type"), heap.node("T")];
    heap.edge(type, instance, ".example").owned(instance, type, ".__class__");
    const analysis = new Analysis(heap.build());
    assert.deepEqual(reasons(analysis), new Map([[type, RootReason.untraversed]]));
  });

  it("keeps alive and garbage apart: garbage never shares in what is alive", () => {
    const heap = new HeapBuilder();
    const owner = heap.node("Owner", { outside: 1, size: 10 });
    const shared = heap.node("Shared", { size: 100 });
    const [x, y] = [heap.node("X", { size: 1 }), heap.node("Y", { size: 2 })];
    const payload = heap.node("str", { tracked: false, kind: Kind.str, size: 1000 });
    heap.edge(owner, shared).ring(x, y).edge(y, shared).edge(y, payload);
    const analysis = new Analysis(heap.build());
    const { retained, idom, aliveRoot, garbageRoot } = analysis.ownership;
    assert.equal(retained[owner], 110);
    assert.equal(idom[owner], aliveRoot);
    assert.equal(idom[x], garbageRoot);
    assert.equal(retained[x], 1003);
    assert.equal(retained[garbageRoot], 1003);
    assert.equal(analysis.roots.isGarbage[payload], 1);
  });

  it("gives every node an owner", () => {
    const heap = new HeapBuilder();
    const nodes = Array.from({ length: 6 }, () => heap.node("N"));
    heap.ring(nodes[0], nodes[1]).ring(nodes[2], nodes[3]).edge(nodes[1], nodes[2]).edge(nodes[3], nodes[4]);
    heap.edge(nodes[5], nodes[5]);
    const { idom } = new Analysis(heap.build()).ownership;
    assert.ok(idom.every((above) => above !== 0xffffffff));
  });
});
