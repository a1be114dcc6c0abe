import assert from "node:assert/strict";
import { bytesRiseText, fromToText, riseText } from "../../src/webview/chart/rise.js";
import { labelled, linePoints } from "../../src/webview/chart/line.js";

const BOX = { left: 10, right: 110, top: 5, bottom: 105 };

describe("webview: lines of charts", () => {
  it("go from side to side, and from the least at the bottom to the most at the top", () => {
    assert.deepEqual(linePoints([100, 300, 200], BOX), [
      [10, 105],
      [60, 5],
      [110, 55],
    ]);
  });

  it("are nearly flat where hardly anything changes, and flat where nothing does", () => {
    const rises = linePoints([1000, 1010], BOX).map(([, y]) => y);
    assert.ok(rises[0] - rises[1] > 5 && rises[0] - rises[1] < 15, String(rises));
    assert.deepEqual(
      linePoints([0, 0], BOX).map(([, y]) => y),
      [55, 55],
    );
    assert.deepEqual(linePoints([7], BOX)[0][0], 60);
  });

  it("label as many snapshots as there is room for, always the first and the last", () => {
    assert.deepEqual(labelled(5, 12), [0, 1, 2, 3, 4]);
    for (const count of [1, 2, 12, 13, 24, 25, 37, 100, 1000]) {
      const all = labelled(count, 12);
      assert.equal(all[0], 0);
      assert.equal(all.at(-1), count - 1);
      assert.ok(all.length <= 13 && new Set(all).size === all.length, `${count}: ${all}`);
    }
  });
});

describe("webview: rises in words", () => {
  it("have a sign, and a unit", () => {
    assert.equal(riseText(100), "+100");
    assert.equal(riseText(-2.5), "−2.5");
    assert.equal(riseText(0), "0");
    assert.equal(bytesRiseText(32_400), "+32.4 kB");
    assert.equal(bytesRiseText(-5000), "−5.0 kB");
    assert.equal(bytesRiseText(0), "0 bytes");
    assert.equal(bytesRiseText(-0.2), "0 bytes");
    assert.equal(fromToText([1000, 7, 2500]), "1,000 → 2,500");
  });
});
