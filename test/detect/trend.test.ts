import assert from "node:assert/strict";
import fc from "fast-check";
import { trendOf } from "../../src/detect/growth/trend.js";

describe("trend of a series", () => {
  it("of a straight line is its slope, with r² 1", () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: 10 ** 9 }),
        fc.integer({ min: 1, max: 10 ** 6 }),
        fc.integer({ min: 3, max: 30 }),
        (start, rise, length) => {
          const { slope, r2, grows } = trendOf(Array.from({ length }, (_, i) => start + i * rise));
          assert.ok(Math.abs(slope - rise) <= rise * 1e-6);
          assert.ok(r2 > 1 - 1e-6);
          assert.ok(grows);
        },
      ),
      { seed: 20261128 },
    );
  });

  const cases: readonly (readonly [series: readonly number[], grows: boolean, what: string])[] = [
    [[], false, "nothing"],
    [[5], false, "one snapshot"],
    [[7, 7, 7, 7], false, "constant"],
    [[100, 109], false, "two, less than 10 more"],
    [[1000, 1010], false, "two, less than 2 % more"],
    [[100, 110], true, "two, 10 % more"],
    [[0, 1000, 1010, 1012, 1013], false, "filled once"],
    [[0, 50, 100, 100, 100], false, "filled slowly, then steady"],
    [[100, 103, 99, 102, 101], false, "noise"],
    [[100, 90, 120], false, "three of which one falls"],
    [[100, 200, 190, 310, 400, 500], true, "a fall among many"],
    [[1, 2, 4, 8, 16], true, "faster and faster"],
    [[5, 4, 3, 2, 1], false, "falling"],
    [[0, 1, 2, 3, 4], true, "one a snapshot"],
  ];
  for (const [series, grows, what] of cases) {
    it(`${what}: ${grows ? "grows" : "does not grow"}`, () => {
      assert.equal(trendOf(series).grows, grows);
    });
  }
});
