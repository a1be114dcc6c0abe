import assert from "node:assert/strict";
import fc from "fast-check";
import {
  type Csr,
  csrOf,
  cyclicComponents,
  feedbackEdges,
  filterEdges,
  stronglyConnectedComponents,
} from "../../src/graph/index.js";
import { anyGraph, bigGraph, complete, doublyLinked, edgesOf, MILLION, ring, slowReach, star } from "./shapes.js";

const weights = (count: number) =>
  fc.array(fc.constantFrom(0, 1, 1, 2, 3, 5, Infinity), { minLength: count, maxLength: count });

/** Whether a cycle that has an edge of finite weight is left. */
function hasCuttableCycle(csr: Csr, weight: readonly number[], inside: Set<number>, cut: Set<number>): boolean {
  const kept = (v: number, e: number) => inside.has(v) && !cut.has(e);
  return edgesOf(csr).some(
    ({ edge, from, to }) =>
      inside.has(from) &&
      inside.has(to) &&
      !cut.has(edge) &&
      weight[edge] !== Infinity &&
      slowReach(csr, [to], kept).has(from),
  );
}

function leastWeight(csr: Csr, weight: readonly number[], inside: Set<number>): number {
  const cuttable = edgesOf(csr).filter(({ edge }) => weight[edge] !== Infinity);
  let least = Infinity;
  for (let set = 0; set < 1 << cuttable.length; set++) {
    const cut = new Set(cuttable.filter((_, i) => (set >> i) & 1).map(({ edge }) => edge));
    const total = [...cut].reduce((sum, e) => sum + weight[e], 0);
    if (total < least && !hasCuttableCycle(csr, weight, inside, cut)) least = total;
  }
  return least;
}

function assertMinimal(csr: Csr, weight: readonly number[], members: number[], found: number[]): void {
  const inside = new Set(members);
  const cut = new Set(found);
  assert.deepEqual(
    found,
    [...cut].sort((a, b) => a - b),
  );
  const edges = edgesOf(csr);
  for (const e of found) {
    assert.ok(weight[e] !== Infinity && inside.has(edges[e].from) && inside.has(edges[e].to));
  }
  assert.ok(!hasCuttableCycle(csr, weight, inside, cut));
  for (const e of found) {
    const oneLess = new Set(cut);
    oneLess.delete(e);
    assert.ok(hasCuttableCycle(csr, weight, inside, oneLess), `edge ${e} is redundant`);
  }
}

function isAcyclic(csr: Csr, cut: number[]): boolean {
  const gone = new Uint8Array(csr.to.length);
  for (const e of cut) gone[e] = 1;
  const left = filterEdges(csr, (e) => gone[e] === 0);
  return cyclicComponents(left, stronglyConnectedComponents(left)).length === 0;
}

const all = (csr: Csr) => Array.from({ length: csr.nodeCount }, (_, v) => v);

describe("graph/feedback", () => {
  it("leaves no cycle, has no redundant edge, and weighs least", () => {
    const cases = anyGraph(6, 9).chain((csr) =>
      fc.record({ csr: fc.constant(csr), weight: weights(csr.to.length), members: fc.subarray(all(csr)) }),
    );
    fc.assert(
      fc.property(cases, ({ csr, weight, members }) => {
        for (const some of [members, all(csr)]) {
          const found = feedbackEdges(csr, some, (e) => weight[e]);
          assertMinimal(csr, weight, some, found);
          const total = found.reduce((sum, e) => sum + weight[e], 0);
          assert.equal(total, leastWeight(csr, weight, new Set(some)));
        }
      }),
      { numRuns: 250 },
    );
  });

  it("leaves no cycle and has no redundant edge in larger components", () => {
    const cases = anyGraph(40, 120).chain((csr) =>
      fc.record({ csr: fc.constant(csr), weight: weights(csr.to.length) }),
    );
    fc.assert(
      fc.property(cases, ({ csr, weight }) => {
        assertMinimal(
          csr,
          weight,
          all(csr),
          feedbackEdges(csr, all(csr), (e) => weight[e]),
        );
      }),
      { numRuns: 60 },
    );
  });

  it("leaves no cycle and has no redundant edge beyond the dense limit", () => {
    // 200 nodes in a ring, which chords of all lengths cross; the chords are drawn by fast-check.
    const chord = fc.tuple(fc.nat(199), fc.nat(199));
    const chords = fc.array(chord, { minLength: 150, maxLength: 300, size: "max" });
    fc.assert(
      fc.property(
        chords,
        fc.array(fc.constantFrom(1, 2, 3, 0.1), { minLength: 500, maxLength: 500 }),
        (pairs, weight) => {
          const around = all(ring(200)).map((v) => [v, (v + 1) % 200] as [number, number]);
          const csr = csrOf(200, [...around, ...pairs]);
          assertMinimal(
            csr,
            weight,
            all(csr),
            feedbackEdges(csr, all(csr), (e) => weight[e]),
          );
        },
      ),
      { numRuns: 2 },
    );
  });

  it("cuts the lightest edge of a ring, however long", () => {
    for (const n of [1, 2, 100, 1000, MILLION]) {
      const lightest = Math.floor(n / 3);
      assert.deepEqual(
        feedbackEdges(ring(n), all(ring(n)), (e) => (e === lightest ? 1 : 2)),
        [lightest],
      );
    }
  });

  it("cuts the one edge that two rings share", () => {
    const csr = csrOf(5, [
      [0, 1],
      [1, 2],
      [2, 0],
      [1, 3],
      [3, 4],
      [4, 0],
    ]);
    assert.deepEqual(
      feedbackEdges(csr, all(csr), () => 1),
      [0],
    );
    assert.deepEqual(feedbackEdges(csr, all(csr), (e) => (e === 0 ? Infinity : 1)).length, 2);
  });

  it("ignores cycles that must not be cut", () => {
    const csr = csrOf(3, [
      [0, 1],
      [1, 0],
      [1, 2],
      [2, 2],
    ]);
    assert.deepEqual(
      feedbackEdges(csr, all(csr), (e) => (e < 2 ? Infinity : 1)),
      [3],
    );
    assert.deepEqual(
      feedbackEdges(csr, [], () => 1),
      [],
    );
  });

  it("refuses weights that are no weights", () => {
    for (const bad of [-1, NaN]) assert.throws(() => feedbackEdges(ring(3), [0, 1, 2], () => bad), RangeError);
  });

  it("takes a million nodes", () => {
    const linked = doublyLinked(MILLION);
    const found = feedbackEdges(linked, Uint32Array.from(linked.first.keys()).subarray(0, MILLION), () => 1);
    assert.equal(found.length, MILLION - 1);
    assert.ok(isAcyclic(linked, found));
    const rays = star(MILLION);
    const toCentre = feedbackEdges(rays, all(rays), (e) => (e < MILLION - 1 ? Infinity : 1));
    assert.equal(toCentre.length, MILLION - 1);
    assert.ok(isAcyclic(rays, toCentre));
    const dense = complete(600);
    const half = feedbackEdges(dense, all(dense), () => 1);
    assert.equal(half.length, (600 * 601) / 2);
    assert.ok(isAcyclic(dense, half));
    const tangle = bigGraph(200_000, 3, (v, add) => {
      add((v + 1) % 200_000);
      add((v * 7919 + 13) % 200_000);
      add((v * 104_729 + 5) % 200_000);
    });
    assert.ok(
      isAcyclic(
        tangle,
        feedbackEdges(tangle, all(tangle), (e) => 1 + (e % 3)),
      ),
    );
  });
});
