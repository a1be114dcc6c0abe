import assert from "node:assert/strict";
import { arrowPaths } from "../../../src/webview/graph/curves.js";

const numbers = (path: string) => (path.match(/-?\d+(\.\d+)?/g) ?? []).map(Number);

describe("the paths of an arrow", () => {
  const HEAD = { length: 10, width: 8, open: false };

  it("point at the end, and the line stops where the head begins", () => {
    const { line, head } = arrowPaths([0, 0, 0, 30, 0, 70, 0, 100], HEAD);
    assert.deepEqual(numbers(line).slice(-2), [0, 90]);
    const [leftX, leftY, tipX, tipY, rightX, rightY] = numbers(head);
    assert.deepEqual([tipX, tipY], [0, 100]);
    assert.deepEqual([leftY, rightY], [90, 90]);
    assert.equal(Math.abs(leftX - rightX), HEAD.width);
    assert.ok(head.endsWith("Z"));
  });

  it("of an open head go to the end", () => {
    const { line, head } = arrowPaths([0, 0, 30, 0, 70, 0, 100, 0], { ...HEAD, open: true });
    assert.deepEqual(numbers(line).slice(-2), [100, 0]);
    assert.ok(!head.endsWith("Z"));
  });

  it("leave a last piece out that the head covers", () => {
    const { line } = arrowPaths([0, 0, 0, 30, 0, 60, 0, 94, 0, 96, 0, 98, 0, 100], HEAD);
    assert.deepEqual(numbers(line), [0, 0, 0, 30, 0, 56, 0, 90]);
  });

  it("have a direction where the last control point is the end", () => {
    const { line, head } = arrowPaths([0, 0, 50, 0, 100, 0, 100, 0], HEAD);
    assert.ok(![...numbers(line), ...numbers(head)].some(Number.isNaN));
    assert.deepEqual(numbers(head).slice(2, 4), [100, 0]);
  });

  it("are empty for what is no curve", () => {
    assert.deepEqual(arrowPaths([], HEAD), { line: "", head: "" });
  });
});
