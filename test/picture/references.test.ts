import assert from "node:assert/strict";
import { HeapBuilder } from "../../src/heap/HeapBuilder.js";
import { Kind } from "../../src/heap/kinds.js";
import { random, sourceOf, tangle } from "./heaps.js";
import { demoSession, expansionsFor, sketched } from "./requests.js";

/** "refs 3: 2 here, 1 outside" as numbers; a line can be wrapped. */
function told(lines: readonly string[]): { total: number; parts: Record<string, number> } {
  const match = /refs ([\d,]+)(?:: ((?:[\d,]+ (?:here|not drawn|outside)(?:, )?)+))?/.exec(lines.join(" "));
  assert.ok(match, lines.join(" "));
  const number = (text: string) => Number(text.replaceAll(",", ""));
  const parts = [...(match[2] ?? "").matchAll(/([\d,]+) (here|not drawn|outside)/g)];
  return {
    total: number(match[1]),
    parts: Object.fromEntries(parts.map(([, count, where]) => [where, number(count)])),
  };
}

describe("the references that a box tells", () => {
  it("are here, not drawn and outside", () => {
    const heap = new HeapBuilder();
    const [a, b] = [heap.node("A"), heap.node("B")];
    const shared = heap.node("Shared", { outside: 3 });
    heap
      .ring(a, b)
      .edge(a, shared, ".x")
      .edge(a, shared, ".y")
      .edge(heap.node("Far", { outside: 1 }), shared, ".z");
    const session = sourceOf(heap.build());
    const expanded = [{ id: "0x1000", direction: "referents" as const }];
    const { boxes } = sketched(session, { expanded });
    const { lines } = boxes.find(({ id }) => id === "0x1020")!;
    assert.deepEqual(told(lines), { total: 6, parts: { here: 2, "not drawn": 1, outside: 3 } });
    assert.deepEqual(told(boxes.find(({ id }) => id === "0x1010")!.lines), { total: 1, parts: { here: 1 } });
  });

  it("add up to the reference count, and those that are here to the arrows", async () => {
    const made = [1, 2, 3].map((seed) => sourceOf(tangle(80, 200, seed)));
    for (const session of [...made, await demoSession()]) {
      const { columns } = session.graph;
      for (const count of [1, 55, 120]) {
        const { boxes, arrows } = sketched(session, { expanded: expansionsFor(session, count) });
        for (const { key, id, kind, lines } of boxes) {
          if (kind === "more" || lines.some((line) => line.includes("not counted"))) continue;
          const { total, parts } = told(lines);
          assert.equal(total, columns.refcount[session.node(id)], id);
          assert.equal(
            Object.values(parts).reduce((sum, part) => sum + part, 0),
            total,
            lines.join(),
          );
          const here = arrows.filter(
            ({ to, from, weak }) => to === key && !weak && boxes.some((b) => b.key === from && b.kind === "object"),
          );
          assert.equal(
            here.reduce((sum, arrow) => sum + arrow.count, 0),
            parts["here"] ?? 0,
            lines.join(),
          );
        }
      }
    }
  });
});

describe("an arrow", () => {
  it("stands for all references from one object to another, with all labels", () => {
    const heap = new HeapBuilder();
    const [a, b] = [heap.node("A"), heap.node("B")];
    heap.edge(a, b, ".left").edge(a, b, ".right").edge(a, b, "['key']").edge(b, a, ".back").edge(b, a);
    const { arrows } = sketched(sourceOf(heap.build()));
    assert.equal(arrows.length, 2);
    const there = arrows.find(({ from }) => from === "0x1000")!;
    assert.deepEqual([there.labels, there.count], [[".left", ".right", "['key']"], 3]);
    assert.equal(there.label!.text, ".left, .right, ['key']");
    const back = arrows.find(({ from }) => from === "0x1010")!;
    assert.deepEqual([back.count, back.label!.text], [2, ".back, +1 more"]);
  });

  it("counts more references than it has labels for", () => {
    const heap = new HeapBuilder();
    const [list, item] = [heap.node("list", { kind: Kind.list }), heap.node("Item")];
    for (let i = 9999; i >= 0; i--) heap.edge(list, item, `[${i}]`);
    heap.edge(item, list, ".list");
    const arrow = sketched(sourceOf(heap.build())).arrows.find(({ from }) => from === "0x1000")!;
    assert.equal(arrow.count, 10_000);
    assert.ok(arrow.labels.length < 100);
    const shown = /^(?:\[\d+\], )+\+(\d+) more$/.exec(arrow.label!.text);
    assert.ok(shown, arrow.label!.text);
    assert.equal(Number(shown[1]) + arrow.label!.text.split(",").length - 1, 10_000);
  });

  it("of weak references is drawn apart, and counts for nothing", () => {
    const heap = new HeapBuilder();
    const [a, b] = [heap.node("A"), heap.node("B")];
    const ref = heap.node("weakref", { kind: Kind.weakref });
    heap.ring(a, b).edge(a, ref, ".ref").weak(ref, b).edge(ref, b, ".callback");
    const session = sourceOf(heap.build());
    const { boxes, arrows } = sketched(session, { expanded: [{ id: "0x1000", direction: "referents" }] });
    const between = arrows.filter(({ from, to }) => from === "0x1020" && to === "0x1010");
    assert.deepEqual(
      between.map(({ weak, count, inCycle }) => ({ weak, count, inCycle })).sort((x, y) => +x.weak - +y.weak),
      [
        { weak: false, count: 1, inCycle: true },
        { weak: true, count: 1, inCycle: false },
      ],
    );
    assert.deepEqual(told(boxes.find(({ id }) => id === "0x1010")!.lines), { total: 2, parts: { here: 2 } });
  });

  it("has a label that tells how many references it leaves out", () => {
    const rnd = random(5);
    const heap = new HeapBuilder();
    const [a, b] = [heap.node("A"), heap.node("B")];
    const names = Array.from({ length: 7 }, (_, i) => `.${"attribute_".repeat(1 + Math.floor(rnd() * 4))}${i}`);
    for (const name of names) heap.edge(a, b, name);
    heap.edge(b, a, ".back");
    const arrow = sketched(sourceOf(heap.build())).arrows.find(({ from }) => from === "0x1000")!;
    assert.deepEqual(arrow.labels, names);
    assert.match(arrow.label!.text, /^\.attribute.*…, \+6 more$/);
    assert.ok(arrow.label!.text.length <= 24);
  });
});
