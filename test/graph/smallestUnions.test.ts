import assert from "node:assert/strict";
import fc from "fast-check";
import { smallestUnions } from "../../src/graph/index.js";

function system(sets: readonly (readonly number[])[], elementCount: number) {
  const first = Uint32Array.from([0, ...sets.map(({ length }) => length)]);
  for (let i = 1; i < first.length; i++) first[i] += first[i - 1];
  return { first, element: Uint32Array.from(sets.flat()), elementCount };
}

/** How many sets lie within as many elements, at the most: by trying all choices of elements. */
function mostSets(sets: readonly (readonly number[])[], elements: number, count: number): number {
  let most = 0;
  for (let mask = 0; mask < 1 << elements; mask++) {
    let size = 0;
    for (let e = 0; e < elements; e++) size += (mask >> e) & 1;
    if (size > count) continue;
    most = Math.max(most, sets.filter((set) => set.every((e) => (mask >> e) & 1)).length);
  }
  return most;
}

const ELEMENTS = 9;
const anySets = fc.array(fc.uniqueArray(fc.nat(ELEMENTS - 1), { minLength: 1, maxLength: 4 }), {
  minLength: 1,
  maxLength: 11,
});

describe("smallest unions of sets", () => {
  it("completes at each step as many sets as the best choice of so many elements", () => {
    fc.assert(
      fc.property(anySets, (sets) => {
        const { steps, isExact } = smallestUnions(system(sets, ELEMENTS));
        assert.equal(isExact, true);
        let elements = 0;
        let complete = 0;
        for (const step of steps) {
          elements += step.elements.length;
          complete += step.sets.length;
          assert.equal(complete, mostSets(sets, ELEMENTS, elements));
        }
        assert.equal(complete, sets.length);
      }),
      { numRuns: 300 },
    );
  });

  it("takes each element and completes each set once, each after all its elements, exactly or greedily", () => {
    const many = fc.array(fc.uniqueArray(fc.nat(30), { minLength: 1, maxLength: 6 }), { minLength: 1, maxLength: 60 });
    fc.assert(
      fc.property(many, (sets) => {
        const { steps } = smallestUnions(system(sets, 31));
        const taken = new Set<number>();
        const complete = new Set<number>();
        for (const { elements, sets: done } of steps) {
          for (const e of elements) assert.equal(taken.has(e), false);
          for (const e of elements) taken.add(e);
          for (const s of done) {
            assert.equal(complete.has(s), false);
            complete.add(s);
            assert.ok(sets[s].every((e) => taken.has(e)));
          }
        }
        assert.equal(complete.size, sets.length);
        assert.equal(taken.size, new Set(sets.flat()).size);
      }),
      { numRuns: 300 },
    );
  });

  it("looks beyond the set that lacks least", () => {
    // Two elements for the first set alone; or three for the other three.
    const sets = [
      [0, 1],
      [2, 3, 4],
      [2, 3, 4],
      [2, 3, 4],
    ];
    assert.deepEqual(
      smallestUnions(system(sets, 5)).steps.map(({ sets: done }) => done),
      [[1, 2, 3], [0]],
    );
  });

  it("goes over to the greedy choice for many sets that share elements, and says so", () => {
    const sets = Array.from({ length: 40 }, (_, i) => [i, i + 1]);
    const { steps, isExact } = smallestUnions(system(sets, 41));
    assert.equal(isExact, false);
    assert.equal(
      steps.reduce((sum, { sets: done }) => sum + done.length, 0),
      40,
    );
  });

  it("has no steps where there is no set", () => {
    assert.deepEqual(smallestUnions(system([], 3)), { steps: [], isExact: true });
  });
});
