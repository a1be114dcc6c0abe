import assert from "node:assert/strict";
import fc from "fast-check";
import { type Csr, csrOf, feedbackEdges, feedbackGroups, feedbackSet } from "../../src/graph/index.js";
import { anyCycle, leastByCycles, leastByOrders } from "./bruteForce.js";
import { complete, edgesOf, ring, star } from "./shapes.js";

const all = (csr: Csr) => Array.from({ length: csr.nodeCount }, (_, v) => v);
const sum = (values: readonly number[]) => values.reduce((total, value) => total + value, 0);

/** A strongly connected graph: a ring through all nodes, and chords, some of them parallel or self-loops. */
function component(minNodes: number, maxNodes: number, maxChords: number): fc.Arbitrary<Csr> {
  return fc.integer({ min: minNodes, max: maxNodes }).chain((n) => {
    const node = fc.nat(n - 1);
    return fc
      .array(fc.tuple(node, node), { maxLength: maxChords, size: "max" })
      .map((chords) => csrOf(n, [...Array.from({ length: n }, (_, v) => [v, (v + 1) % n] as const), ...chords]));
  });
}

/** The graph, and a number for each edge. */
function withNumbers(graph: fc.Arbitrary<Csr>, number: fc.Arbitrary<number>) {
  return graph.chain((csr) =>
    fc.record({
      csr: fc.constant(csr),
      numbers: fc.array(number, { minLength: csr.to.length, maxLength: csr.to.length, size: "max" }),
    }),
  );
}

const WEIGHT = fc.constantFrom(0.5, 1, 1, 1, 1.25, 2, 3, 4);

/** Acyclic without the edges, and not with any one of them put back. */
function assertIrredundant(csr: Csr, cut: readonly number[]): void {
  const gone = new Set(cut);
  assert.equal(
    anyCycle(csr, (e) => !gone.has(e)),
    undefined,
  );
  for (const e of cut) {
    assert.ok(
      anyCycle(csr, (other) => other === e || !gone.has(other)),
      `edge ${e} is redundant`,
    );
  }
}

describe("graph/feedback of strongly connected components, against brute force", () => {
  it("weighs least over all orders of up to 7 nodes, however dense", () => {
    fc.assert(
      fc.property(withNumbers(component(2, 7, 45), WEIGHT), ({ csr, numbers }) => {
        const found = feedbackSet(csr, all(csr), (e) => numbers[e]);
        assertIrredundant(csr, found.edges);
        assert.equal(found.exact, true);
        assert.equal(
          sum(found.edges.map((e) => numbers[e])),
          leastByOrders(csr, (e) => numbers[e]),
        );
      }),
      { numRuns: 60 },
    );
  });

  it("weighs least in components of 8 to 15 nodes, over all choices on their cycles", () => {
    fc.assert(
      fc.property(withNumbers(component(8, 15, 22), WEIGHT), ({ csr, numbers }) => {
        const found = feedbackSet(csr, all(csr), (e) => numbers[e]);
        assertIrredundant(csr, found.edges);
        assert.equal(found.exact, true);
        const least = leastByCycles(csr, { groupOf: (e) => e, weight: (e) => numbers[e] });
        assert.equal(sum(found.edges.map((e) => numbers[e])), least);
      }),
      { numRuns: 150 },
    );
  });

  it("is exact for everything of 15 nodes, and says where it is not beyond", () => {
    for (const n of [15, 16, 40]) {
      const dense = complete(n);
      const found = feedbackSet(dense, all(dense), () => 1);
      // Of each pair one direction has to go, and each self-loop.
      assert.equal(found.edges.length, (n * (n - 1)) / 2 + n);
      assert.equal(found.exact, n <= 15);
    }
    assert.equal(feedbackSet(ring(1000), all(ring(1000)), () => 1).exact, true);
  });

  it("stays near the least beyond the limit", () => {
    let heuristic = 0;
    let least = 0;
    const cases = fc.sample(withNumbers(component(18, 24, 34), WEIGHT), { numRuns: 25, seed: 3 });
    for (const { csr, numbers } of cases) {
      const found = feedbackSet(csr, all(csr), (e) => numbers[e]);
      assertIrredundant(csr, found.edges);
      const weight = sum(found.edges.map((e) => numbers[e]));
      const exact = leastByCycles(csr, { groupOf: (e) => e, weight: (e) => numbers[e] });
      if (found.exact) assert.equal(weight, exact);
      heuristic += weight;
      least += exact;
    }
    assert.ok(heuristic <= least * 1.1, `${heuristic} against ${least}`);
  });
});

describe("graph/feedbackGroups", () => {
  const UNCUTTABLE = -1;

  /** Groups for the edges, some of which must not be cut, and a weight for each group. */
  function cases(graph: fc.Arbitrary<Csr>, groups: number) {
    const group = fc.integer({ min: -2, max: groups - 1 }).map((g) => Math.max(UNCUTTABLE, g));
    return fc.record({
      labelled: withNumbers(graph, group),
      weights: fc.array(WEIGHT, { minLength: groups, maxLength: groups }),
    });
  }

  function check(csr: Csr, group: readonly number[], weights: readonly number[]): "exact" | "best found" | "none" {
    const found = feedbackGroups(
      csr,
      all(csr),
      (e) => group[e],
      (g) => weights[g],
    );
    const least = leastByCycles(csr, { groupOf: (e) => group[e], weight: (g) => weights[g] });
    if (!found) {
      assert.equal(least, Infinity);
      return "none";
    }
    assertIrredundant(csr, found.edges);
    assert.deepEqual(
      [...new Set(found.edges.map((e) => group[e]))].sort((a, b) => a - b),
      found.groups,
    );
    assert.equal(found.weight, sum(found.groups.map((g) => weights[g])));
    if (found.exact) assert.equal(found.weight, least);
    // Of the chosen groups as few edges as can be.
    const free = (e: number) => (found.groups.includes(group[e]) ? e : UNCUTTABLE);
    if (csr.nodeCount <= 15) assert.equal(found.edges.length, leastByCycles(csr, { groupOf: free, weight: () => 1 }));
    return found.exact ? "exact" : "best found";
  }

  it("costs least by groups that count once, for up to 15 groups", () => {
    const seen = new Set<string>();
    fc.assert(
      fc.property(cases(component(2, 15, 20), 6), ({ labelled: { csr, numbers }, weights }) => {
        seen.add(check(csr, numbers, weights));
      }),
      { numRuns: 200 },
    );
    fc.assert(
      fc.property(cases(component(2, 15, 20), 15), ({ labelled: { csr, numbers }, weights }) => {
        seen.add(check(csr, numbers, weights));
      }),
      { numRuns: 60 },
    );
    assert.deepEqual([...seen].sort(), ["exact", "none"]);
  });

  it("costs least beyond 15 groups in components of up to 15 nodes", () => {
    const seen = { exact: 0, "best found": 0, none: 0 };
    const graphs = component(10, 15, 24);
    // Each edge a group of its own; and groups of some two edges.
    for (const groups of [1000, 24]) {
      fc.assert(
        fc.property(cases(graphs, groups), ({ labelled: { csr, numbers }, weights }) => {
          seen[check(csr, numbers, weights)]++;
        }),
        { numRuns: 100 },
      );
    }
    assert.equal(seen["best found"], 0);
    assert.ok(seen.exact > 100, JSON.stringify(seen));
  });

  it("is the same as the least edges where each edge is a group", () => {
    fc.assert(
      fc.property(withNumbers(component(2, 15, 25), WEIGHT), ({ csr, numbers }) => {
        const found = feedbackGroups(
          csr,
          all(csr),
          (e) => e,
          (e) => numbers[e],
        )!;
        const edges = feedbackEdges(csr, all(csr), (e) => numbers[e]);
        assert.equal(found.weight, sum(edges.map((e) => numbers[e])));
      }),
      { numRuns: 60 },
    );
  });

  it("takes the one group that ends all cycles, in a component of any size", () => {
    // 0 ⇄ each ray: what leads back to the centre is one group, what leads out another that costs less in all.
    const rays = star(50_000);
    const found = feedbackGroups(
      rays,
      all(rays),
      (e) => (rays.to[e] === 0 ? 0 : 1),
      (g) => [2, 3][g],
    )!;
    assert.deepEqual([found.groups, found.edges.length, found.exact], [[0], 49_999, true]);
    // With groups beyond number on the way out.
    const many = feedbackGroups(
      rays,
      all(rays),
      (e) => (rays.to[e] === 0 ? 0 : e + 1),
      (g) => (g === 0 ? 2 : 1),
    )!;
    assert.deepEqual([many.groups, many.weight], [[0], 2]);
  });

  it("prefers fewer groups, then the first", () => {
    const csr = csrOf(2, [
      [0, 1],
      [1, 0],
      [1, 0],
    ]);
    const weights = [1, 1, 2];
    const found = (group: readonly number[]) =>
      feedbackGroups(
        csr,
        all(csr),
        (e) => group[e],
        (g) => weights[g],
      )!.groups;
    assert.deepEqual(found([2, 0, 1]), [2]);
    assert.deepEqual(found([0, 1, 1]), [0]);
    assert.deepEqual(found([1, 0, 0]), [0]);
  });

  it("cuts parallel references of one group together, and others one by one", () => {
    const csr = csrOf(2, [
      [0, 1],
      [0, 1],
      [1, 0],
    ]);
    const cut = (group: readonly number[]) =>
      feedbackGroups(
        csr,
        all(csr),
        (e) => group[e],
        (g) => [1, 1, 1.5][g],
      )!;
    assert.deepEqual(cut([0, 0, 2]).edges, [0, 1]);
    assert.deepEqual(cut([0, 1, 2]).edges, [2]);
  });

  it("says that there is none where what must not be cut forms a cycle", () => {
    const csr = csrOf(
      3,
      edgesOf(ring(3)).map(({ from, to }) => [from, to] as const),
    );
    assert.equal(
      feedbackGroups(
        csr,
        all(csr),
        () => UNCUTTABLE,
        () => 1,
      ),
      undefined,
    );
    assert.throws(
      () =>
        feedbackGroups(
          csr,
          all(csr),
          () => 0,
          () => 0,
        ),
      RangeError,
    );
  });
});
