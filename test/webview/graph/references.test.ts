import assert from "node:assert/strict";
import { arranged, referenceRows } from "../../../src/webview/graph/references.js";
import { arrow, box } from "./pictures.js";

describe("the table of references", () => {
  const [a, b, c] = [box("0x1", 0, 0), box("0x2", 0, 100), box("0x10", 0, 200, { lines: ["dict"] })];
  const more = box("0x2 more", 0, 300, { kind: "more", lines: ["+ 9 referents"] });
  const arrows = [
    arrow(b, more, { labels: [], count: 9 }),
    arrow(a, c, { labels: ["['key']", "[10]"], count: 2 }),
    arrow(c, b, { labels: [".weak"], weak: true }),
    arrow(b, a, { labels: [".child"], inCycle: true, onPath: true }),
  ];
  const boxes = new Map([a, b, c, more].map((each) => [each.key, each]));
  const rows = referenceRows(arrows, boxes);
  const keys = (...args: Parameters<typeof arranged>) => arranged(...args).map((row) => row.arrow.key);

  it("begins with the cycle and ends with what is not drawn", () => {
    assert.deepEqual(
      rows.map(({ arrow: { key }, marks }) => [key, marks]),
      [
        ["0x2>0x1", "cycle, path"],
        ["0x1>0x10", ""],
        ["0x10>0x2", "weak"],
        ["0x2>0x2 more", ""],
      ],
    );
  });

  it("is filtered by names, ids, labels and marks", () => {
    assert.deepEqual(keys(rows, "  DICT ", null), ["0x1>0x10", "0x10>0x2"]);
    assert.deepEqual(keys(rows, "[10]", null), ["0x1>0x10"]);
    assert.deepEqual(keys(rows, "weak", null), ["0x10>0x2"]);
    assert.deepEqual(keys(rows, "nothing", null), []);
  });

  it("is sorted by each column, numbers in names by value", () => {
    assert.deepEqual(keys(rows, "", { column: "count", descending: true }).slice(0, 2), ["0x2>0x2 more", "0x1>0x10"]);
    assert.deepEqual(keys(rows, "", { column: "labels", descending: false })[0], "0x2>0x2 more");
    assert.deepEqual(keys(rows, "", { column: "marks", descending: true })[0], "0x10>0x2");
    assert.deepEqual(keys(rows, "", { column: "from", descending: false }), [
      "0x10>0x2",
      "0x1>0x10",
      "0x2>0x1",
      "0x2>0x2 more",
    ]);
  });

  it("leaves out an arrow whose box is not there", () => {
    assert.equal(referenceRows(arrows, new Map([[a.key, a]])).length, 0);
  });
});
