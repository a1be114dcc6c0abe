import assert from "node:assert/strict";
import fc from "fast-check";
import type { Rectangle } from "../../../src/picture/Picture.js";
import {
  firstView,
  fitAll,
  hold,
  nearest,
  READABLE,
  reveal,
  type View,
  within,
} from "../../../src/webview/graph/geometry.js";
import { box, pictureOf } from "./pictures.js";

const PANE = { width: 900, height: 700 };

const view = fc.record({
  k: fc.double({ min: 0.05, max: 4, noNaN: true }),
  x: fc.double({ min: -5000, max: 5000, noNaN: true }),
  y: fc.double({ min: -5000, max: 5000, noNaN: true }),
});
const rectangle = fc.record({
  x: fc.integer({ min: -3000, max: 3000 }),
  y: fc.integer({ min: -3000, max: 3000 }),
  width: fc.integer({ min: 10, max: 300 }),
  height: fc.integer({ min: 10, max: 300 }),
});

function onScreen({ k, x, y }: View, area: Rectangle): Rectangle {
  return { x: k * area.x + x, y: k * area.y + y, width: k * area.width, height: k * area.height };
}

function assertWithin(area: Rectangle): void {
  const slack = 1e-6;
  assert.ok(area.x >= -slack && area.x + area.width <= PANE.width + slack, JSON.stringify(area));
  assert.ok(area.y >= -slack && area.y + area.height <= PANE.height + slack, JSON.stringify(area));
}

describe("where a picture is seen", () => {
  it("is never enlarged at first, and all of it where the text stays readable", () => {
    const small = pictureOf([box("a", 8, 8)]);
    assert.equal(firstView(small, PANE).k, 1);
    const fitting = pictureOf([box("a", 8, 8), box("b", 1100, 750)]);
    const { k } = firstView(fitting, PANE);
    assert.ok(k < 1 && k >= READABLE, String(k));
    for (const each of fitting.boxes) assertWithin(onScreen(firstView(fitting, PANE), each));
  });

  it("shows the cycle of a picture that is too large, readably", () => {
    const far = Array.from({ length: 30 }, (_, i) => box(`f${i}`, i * 300, i * 300));
    const cycle = [box("c1", 5000, 200, { inCycle: true }), box("c2", 5300, 500, { inCycle: true })];
    const first = firstView(pictureOf([...far, ...cycle]), PANE);
    assert.ok(first.k >= READABLE && first.k <= 1);
    for (const each of cycle) assertWithin(onScreen(first, each));
  });

  it("fits all of a very large picture when asked to", () => {
    const large = pictureOf([box("a", 8, 8), box("b", 9000, 20000)]);
    for (const each of large.boxes) assertWithin(onScreen(fitAll(large, PANE), each));
  });

  it("holds a box where it was, whatever else has moved", () => {
    fc.assert(
      fc.property(view, rectangle, rectangle, (seen, before, after) => {
        const [was, is] = [onScreen(seen, before), onScreen(hold(seen, before, after), after)];
        assert.ok(Math.abs(was.x + was.width / 2 - is.x - is.width / 2) < 1e-6);
        assert.ok(Math.abs(was.y + was.height / 2 - is.y - is.height / 2) < 1e-6);
      }),
    );
  });

  it("brings a box into the pane, and leaves one that is there", () => {
    fc.assert(
      fc.property(view, rectangle, (seen, area) => {
        fc.pre(seen.k * 300 < PANE.height);
        const revealed = reveal(seen, area, PANE);
        assertWithin(onScreen(revealed, area));
        const again = reveal(revealed, area, PANE);
        assert.ok(Math.abs(again.x - revealed.x) < 1e-6 && Math.abs(again.y - revealed.y) < 1e-6);
      }),
    );
  });

  it("keeps a part of the picture in the pane", () => {
    fc.assert(
      fc.property(view, (seen) => {
        const { k, x, y } = within(seen, { width: 2000, height: 3000 }, PANE, 40);
        assert.equal(k, seen.k);
        const rest = Math.min(40, k * 2000);
        assert.ok(x <= PANE.width - rest + 1e-6 && x + k * 2000 >= rest - 1e-6);
        assert.ok(y <= PANE.height - rest + 1e-6 && y + k * 3000 >= rest - 1e-6);
      }),
    );
  });
});

describe("the nearest box on a side", () => {
  const middle = box("middle", 400, 300);
  const [above, below] = [box("above", 380, 100), box("below", 430, 500)];
  const [left, right] = [box("left", 100, 320), box("right", 700, 280)];
  const all = [below, right, middle, left, above, box("corner", 705, 500), box("further", 400, 700)];

  it("is on that side, and what is straight ahead comes before what is aside", () => {
    assert.equal(nearest(all, middle, "up")?.key, "above");
    assert.equal(nearest(all, middle, "down")?.key, "below");
    assert.equal(nearest(all, middle, "left")?.key, "left");
    assert.equal(nearest(all, middle, "right")?.key, "right");
  });

  it("is none where there is none", () => {
    assert.equal(nearest(all, above, "up"), undefined);
    assert.equal(nearest([middle], middle, "down"), undefined);
  });
});
