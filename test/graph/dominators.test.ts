import assert from "node:assert/strict";
import fc from "fast-check";
import {
  type Csr,
  csrOf,
  dominatorChildren,
  dominatorTree,
  filterEdges,
  retainedSizes,
  UNREACHED,
} from "../../src/graph/index.js";
import {
  anyGraph,
  bigGraph,
  complete,
  doublyLinked,
  graphAndNodes,
  list,
  MILLION,
  ring,
  slowReach,
  star,
} from "./shapes.js";

/** By the definition: what is reached no longer once the node is taken away. */
function dominatedBy(csr: Csr, roots: number[], v: number, present: (node: number) => boolean): Set<number> {
  const without = slowReach(csr, roots, (w) => w !== v && present(w));
  return new Set([...slowReach(csr, roots, present)].filter((w) => !without.has(w)));
}

describe("graph/dominators", () => {
  it("agrees with the removal of each node; so do the retained sizes", () => {
    const graph = graphAndNodes(12, 30);
    fc.assert(
      fc.property(graph, fc.array(fc.integer({ min: 0, max: 3 }), { minLength: 12, maxLength: 12 }), (g, bits) => {
        const { csr, nodes: roots } = g;
        const n = csr.nodeCount;
        for (const mask of [undefined, Uint8Array.from(bits).subarray(0, n)]) {
          const present = (v: number) => mask === undefined || mask[v] !== 0;
          const tree = dominatorTree(csr, roots, { mask });
          const self = Float64Array.from({ length: n }, (_, v) => 2 ** v);
          const retained = retainedSizes(tree, self);
          const reached = slowReach(csr, roots, present);
          const sum = (nodes: Iterable<number>) => [...nodes].reduce((total, v) => total + self[v], 0);
          assert.equal(retained[n], sum(reached));
          assert.deepEqual(new Set(tree.order), reached);
          assert.equal(tree.order.length, reached.size);
          const seen = new Set([n]);
          for (const v of tree.order) {
            assert.ok(seen.has(tree.idom[v]), "a node comes after its dominators");
            seen.add(v);
          }
          const below = Array.from({ length: n }, (_, v) => dominatedBy(csr, roots, v, present));
          for (let v = 0; v < n; v++) {
            assert.equal(retained[v], sum(below[v]));
            if (!reached.has(v)) {
              assert.equal(tree.idom[v], UNREACHED);
              continue;
            }
            // Of all strict dominators the immediate one is the one dominated by all others.
            const strict = Array.from(below.keys()).filter((d) => d !== v && below[d].has(v));
            const nearest = strict.find((d) => strict.every((other) => below[other].has(d)));
            assert.equal(tree.idom[v], nearest ?? n);
          }
        }
      }),
      { numRuns: 1500 },
    );
  });

  it("leaves out edges as if they were not there", () => {
    const graph = graphAndNodes(12, 40);
    fc.assert(
      fc.property(graph, fc.array(fc.integer({ min: 0, max: 3 }), { minLength: 40, maxLength: 40 }), (g, bits) => {
        const { csr, nodes: roots } = g;
        const edges = Uint8Array.from(csr.to, (_, e) => bits[e % bits.length]);
        const without = filterEdges(csr, (e) => edges[e] !== 0);
        assert.deepEqual(dominatorTree(csr, roots, { edges }), dominatorTree(without, roots));
      }),
      { numRuns: 500 },
    );
  });

  it("groups the children", () => {
    fc.assert(
      fc.property(anyGraph(), (csr) => {
        const tree = dominatorTree(csr, [0]);
        const { first, children } = dominatorChildren(tree);
        assert.equal(first.length, csr.nodeCount + 2);
        assert.equal(children.length, tree.order.length);
        for (let v = 0; v <= csr.nodeCount; v++) {
          const expected = [...tree.idom.keys()].filter((w) => tree.idom[w] === v);
          assert.deepEqual([...children.subarray(first[v], first[v + 1])], expected);
        }
      }),
    );
  });

  it("visits edges in their order", () => {
    const csr = csrOf(4, [
      [0, 2],
      [0, 1],
      [2, 3],
      [1, 3],
    ]);
    assert.deepEqual([...dominatorTree(csr, Uint32Array.of(0)).order], [0, 2, 3, 1]);
  });

  it("takes a million nodes in a list, ring or star", () => {
    for (const csr of [list(MILLION), doublyLinked(MILLION), ring(MILLION)]) {
      const { idom } = dominatorTree(csr, [0]);
      assert.ok(idom.every((d, v) => d === (v === 0 ? MILLION : v - 1)));
      const retained = retainedSizes({ idom, order: Uint32Array.from(idom.keys()) }, new Float64Array(MILLION).fill(1));
      assert.ok(retained.every((size, v) => size === (v === MILLION ? MILLION : MILLION - v)));
    }
    for (const csr of [star(MILLION), complete(1000)]) {
      assert.ok(dominatorTree(csr, [0]).idom.every((d, v) => d === (v === 0 ? csr.nodeCount : 0)));
    }
    const allRoots = dominatorTree(
      doublyLinked(MILLION),
      Uint32Array.from({ length: MILLION }, (_, v) => v),
    );
    assert.ok(allRoots.idom.every((d) => d === MILLION));
  });

  it("does not walk the list again for each object at its end that a root holds too", () => {
    const half = MILLION / 2;
    const csr = bigGraph(MILLION, 2, (v, add) => {
      if (v + 1 < half) add(v + 1);
      if (v === 0 || v === half - 1) for (let w = half; w < MILLION; w++) add(w);
    });
    const { idom } = dominatorTree(csr, [0]);
    assert.ok(idom.every((d, v) => d === (v === 0 ? MILLION : v < half ? v - 1 : 0)));
  });

  it("does not slow down where each node of a long list points back at all lengths", () => {
    const csr = bigGraph(MILLION, 22, (v, add) => {
      if (v + 1 < MILLION) add(v + 1);
      for (let step = 1; step <= v; step *= 2) add(v - step);
    });
    assert.ok(dominatorTree(csr, [0]).idom.every((d, v) => d === (v === 0 ? MILLION : v - 1)));
  });
});
