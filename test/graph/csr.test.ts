import assert from "node:assert/strict";
import fc from "fast-check";
import { condense, csrOf, edgeSource, filterEdges, reverse } from "../../src/graph/index.js";
import { anyGraph, edgesOf } from "./shapes.js";

describe("graph/csr", () => {
  it("keeps the given order of edges", () => {
    const csr = csrOf(3, [
      [2, 1],
      [0, 2],
      [2, 0],
      [0, 1],
    ]);
    assert.deepEqual([...csr.first], [0, 2, 2, 4]);
    assert.deepEqual([...csr.to], [2, 1, 1, 0]);
  });

  it("takes the empty graph", () => {
    assert.deepEqual([...reverse(csrOf(0, [])).first], [0]);
  });

  it("reverses every edge once, in ascending order of source and edge", () => {
    fc.assert(
      fc.property(anyGraph(), (csr) => {
        const back = reverse(csr);
        const expected = edgesOf(csr).sort((a, b) => a.to - b.to || a.edge - b.edge);
        const found = edgesOf(back).map(({ edge, from, to }) => ({ edge: back.edge[edge], from: to, to: from }));
        assert.deepEqual(found, expected);
      }),
    );
  });

  it("filters edges", () => {
    fc.assert(
      fc.property(anyGraph(), (csr) => {
        const kept = filterEdges(csr, (edge, from, to) => (edge + from + to) % 3 !== 0);
        const expected = edgesOf(csr).filter(({ edge, from, to }) => (edge + from + to) % 3 !== 0);
        assert.deepEqual(
          edgesOf(kept).map(({ edge, from, to }) => ({ edge: kept.edge[edge], from, to })),
          expected,
        );
      }),
    );
  });

  it("finds the source of an edge", () => {
    fc.assert(
      fc.property(anyGraph(), (csr) => {
        for (const { edge, from } of edgesOf(csr)) assert.equal(edgeSource(csr, edge), from);
      }),
    );
  });
});

describe("graph/condense", () => {
  it("has one edge for each pair of groups with an edge between them", () => {
    fc.assert(
      fc.property(anyGraph(), (csr) => {
        const group = Int32Array.from({ length: csr.nodeCount }, (_, v) => (v % 4) - 1);
        const expected = new Set(
          edgesOf(csr)
            .map(({ from, to }) => [group[from], group[to]])
            .filter(([a, b]) => a >= 0 && b >= 0 && a !== b)
            .map(String),
        );
        const found = edgesOf(condense(csr, group, 3)).map(({ from, to }) => String([from, to]));
        assert.equal(found.length, expected.size);
        assert.deepEqual(new Set(found), expected);
      }),
    );
  });
});
