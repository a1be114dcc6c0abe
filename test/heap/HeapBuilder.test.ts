import assert from "node:assert/strict";
import fc from "fast-check";
import { HeapBuilder } from "../../src/heap/HeapBuilder.js";
import {
  EDGE_KIND_MASK,
  EdgeKind,
  Flag,
  Kind,
  kindNames,
  NO_GENERATION,
  Standing,
  STANDING_MASK,
} from "../../src/heap/kinds.js";

describe("heap/HeapBuilder", () => {
  it("keeps each node's edges in the order they were added, however they were interleaved", () => {
    const edges = fc.array(fc.tuple(fc.nat(4), fc.nat(4)));
    fc.assert(
      fc.property(edges, (pairs) => {
        const builder = new HeapBuilder();
        for (let i = 0; i < 5; i++) builder.node("list");
        pairs.forEach(([from, to], i) => builder.edge(from, to, `[${i}]`));
        const { columns } = builder.build();
        for (let node = 0; node < 5; node++) {
          const own = pairs.flatMap(([from, to]) => (from === node ? [to] : []));
          assert.deepEqual([...columns.edgeTo.subarray(columns.firstEdge[node], columns.firstEdge[node + 1])], own);
          assert.equal(columns.refcount[node], pairs.filter(([, to]) => to === node).length);
        }
        assert.equal(columns.firstEdge[5], pairs.length);
      }),
    );
  });

  it("counts traversed and owned references and those from outside, but no weak ones", () => {
    const builder = new HeapBuilder();
    const a = builder.node("A", { outside: 2 });
    const ref = builder.node("weakref", { kind: Kind.weakref });
    const graph = builder.edge(ref, a).owned(ref, a).weak(ref, a).build();
    assert.equal(graph.columns.refcount[a], 4);
    const classes = [...graph.columns.edgeClass].map((c) => [c & EDGE_KIND_MASK, c & STANDING_MASK]);
    assert.deepEqual(classes, [
      [EdgeKind.strong, Standing.traversed],
      [EdgeKind.strong, Standing.owned],
      [EdgeKind.weak, Standing.none],
    ]);
    assert.deepEqual([...graph.weakrefs], [a, ref]);
  });

  it("closes rings", () => {
    const builder = new HeapBuilder();
    const nodes = [builder.node("A"), builder.node("B"), builder.node("C")];
    assert.deepEqual([...builder.ring(...nodes).build().columns.edgeTo], [1, 2, 0]);
  });

  it("puts tracked nodes first, and says how many they are", () => {
    const builder = new HeapBuilder();
    builder.node("A", { generation: 2 });
    builder.node("str", { tracked: false });
    assert.throws(() => builder.node("B"), RangeError);
    const graph = builder.build();
    assert.equal(graph.collected, 1);
    assert.deepEqual([...graph.columns.generation], [2, NO_GENERATION]);
    assert.deepEqual([graph.hasFlag(0, Flag.tracked), graph.hasFlag(1, Flag.tracked)], [true, false]);
  });

  it("carries types, texts, numbers, places and roots", () => {
    const builder = new HeapBuilder([2, 7, 18]);
    const location = { file: "a.py", line: 3, name: "f" };
    const f = builder.node("function", { kind: Kind.function, text: "f", location, size: 136 });
    const n = builder.node("int", { kind: Kind.number, number: 5 });
    builder.node("function", { kind: Kind.function });
    const graph = builder.root("sys.modules", n).build();
    assert.deepEqual(graph.location(f), location);
    assert.equal(graph.location(n), undefined);
    assert.equal(graph.string(graph.columns.text[f]), "f");
    assert.equal(graph.numbers.get(n), 5);
    assert.equal(graph.types.length, 2);
    assert.equal(graph.typeName(2), "function");
    assert.equal(graph.kindName(f), "function");
    assert.equal(graph.columns.selfSize[f], 136);
    assert.deepEqual(graph.roots, [{ name: "sys.modules", node: n }]);
    assert.deepEqual(graph.info.version, [2, 7, 18]);
  });

  it("finds nodes by their ids as printed, in hexadecimal of either case and in decimal", () => {
    const builder = new HeapBuilder();
    for (let i = 0; i < 300; i++) builder.node("A");
    const graph = builder.build();
    for (let node = 0; node < 300; node++) {
      assert.equal(graph.nodeOfId(graph.idText(node)), node);
      assert.equal(graph.nodeOfId(` ${graph.idText(node).toUpperCase()} `), node);
      assert.equal(graph.nodeOfId(String(graph.columns.id[node])), node);
    }
    for (const text of ["", "0x", "0x1001", "0xg", "1000", "-4096", "4096.0", "0x1000 0x1010", "1e3", "@", "nothing"]) {
      assert.equal(graph.nodeOfId(text), undefined, JSON.stringify(text));
    }
    assert.equal(new HeapBuilder().build().nodeOfId("0x1000"), undefined);
  });

  it("has a name for each kind", () => {
    for (const [name, kind] of Object.entries(Kind)) assert.equal(kindNames[kind], name);
  });
});
