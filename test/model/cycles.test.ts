import assert from "node:assert/strict";
import { closureCycle } from "../../src/detect/rules/closureCycle.js";
import { renderMessage } from "../../src/detect/messages.js";
import { objectCycle } from "../../src/detect/rules/objectCycle.js";
import { HeapBuilder } from "../../src/heap/HeapBuilder.js";
import { Kind } from "../../src/heap/kinds.js";
import { Analysis } from "../../src/model/Analysis.js";

const LINE = { file: "/app/tree.py", line: 7, name: "walk" };

function closureRing(heap: HeapBuilder, payload = 0, location = LINE): void {
  const fn = heap.node("function", { kind: Kind.function, text: "tree.<locals>.walk", location });
  const tuple = heap.node("tuple", { kind: Kind.tuple });
  const cell = heap.node("cell", { kind: Kind.cell });
  heap.edge(fn, tuple, ".__closure__").edge(tuple, cell, "[0]").edge(cell, fn, "closure:walk");
  if (payload > 0) heap.edge(fn, heap.node("list", { kind: Kind.list, size: payload }), ".__defaults__");
}

describe("cycle families", () => {
  it("puts cycles of one shape into one family", () => {
    const heap = new HeapBuilder();
    for (let i = 0; i < 5; i++) closureRing(heap);
    const { families } = new Analysis(heap.build());
    assert.equal(families.length, 1);
    assert.equal(families[0].cycles.length, 5);
    assert.equal(families[0].garbage, true);
    assert.equal(families[0].bytes, 5 * 48);
  });

  it("takes a parent with three children and one with five for the same shape", () => {
    const heap = new HeapBuilder();
    for (const size of [3, 5]) {
      const parent = heap.node("Parent");
      const children = heap.node("list", { kind: Kind.list });
      heap.edge(parent, children, ".children");
      for (let i = 0; i < size; i++) {
        const child = heap.node("Child");
        heap.edge(children, child, `[${i}]`).edge(child, parent, ".parent");
      }
    }
    const other = heap.node("Parent");
    heap.edge(other, other, ".myself");
    const { families } = new Analysis(heap.build());
    assert.deepEqual(families.map((f) => f.cycles.length).sort(), [1, 2]);
  });

  it("tells garbage from what is alive", () => {
    const heap = new HeapBuilder();
    const [a, b] = [heap.node("A", { outside: 1 }), heap.node("A")];
    heap.ring(a, b).ring(heap.node("A"), heap.node("A"));
    const { families } = new Analysis(heap.build());
    assert.deepEqual(families.map((f) => f.garbage).sort(), [false, true]);
  });

  it("counts as pinned what only the whole cycle keeps, not what others hold too", () => {
    const heap = new HeapBuilder();
    const [a, b, joint] = [heap.node("A"), heap.node("B"), heap.node("Joint", { size: 100 })];
    const kept = heap.node("Kept", { size: 1000, outside: 1 });
    heap.ring(a, b).edge(a, joint).edge(b, joint).edge(a, kept);
    const { families } = new Analysis(heap.build());
    assert.equal(families[0].pinned, 100);
    assert.equal(families[0].bytes, 32);
  });

  it("leaves modules, types and their dicts out of live cycles and counts them", () => {
    const heap = new HeapBuilder();
    const module = heap.node("module", { kind: Kind.module, outside: 1 });
    const dict = heap.node("dict", { kind: Kind.dict });
    const fn = heap.node("function", { kind: Kind.function });
    heap.edge(module, dict, ".__dict__").edge(dict, fn, "['f']").edge(fn, dict, ".__globals__");
    const { families, leftOut } = new Analysis(heap.build());
    assert.equal(families.length, 0);
    assert.deepEqual(leftOut, { sccs: 1, largest: 2 });
  });
});

describe("cycle findings", () => {
  it("takes a little garbage of a library with the collector on for no leak", () => {
    const severities = [
      ["/app/tree.py", true, 1],
      ["/app/tree.py", false, 1],
      ["/usr/lib/python3.11/argparse.py", true, 1],
      ["/usr/lib/python3.11/argparse.py", false, 1],
      ["/usr/lib/python3.11/argparse.py", true, 200],
    ].map(([file, gcEnabled, count]) => {
      const heap = new HeapBuilder([3, 11, 0], { gcEnabled: gcEnabled as boolean });
      heap.node("Rest", { outside: 1, size: 10_000_000 });
      for (let i = 0; i < (count as number); i++) closureRing(heap, 0, { ...LINE, file: file as string });
      return closureCycle.detect(new Analysis(heap.build()))[0].severity;
    });
    assert.deepEqual(severities, ["warning", "error", "info", "info", "error"]);
  });

  it("names function, variable, line, count and bytes", () => {
    const heap = new HeapBuilder();
    for (let i = 0; i < 3; i++) closureRing(heap, 500);
    const [finding, ...more] = closureCycle.detect(new Analysis(heap.build()));
    assert.deepEqual(more, []);
    assert.deepEqual(finding.location, LINE);
    assert.equal(finding.count, 3);
    assert.equal(finding.bytes, 3 * 548);
    assert.equal(finding.severity, "error");
    assert.match(renderMessage(finding.title), /^3 cycles of the function walk\(\)/);
    assert.match(renderMessage(finding.why), /through the variable walk/);
    assert.deepEqual(objectCycle.detect(new Analysis(heap.build())), []);
  });

  it("keeps its fingerprint over other addresses, counts and lines", () => {
    const fingerprints = [1, 4].map((count) => {
      const heap = new HeapBuilder();
      heap.node("Unrelated", { outside: count });
      for (let i = 0; i < count; i++) closureRing(heap);
      return closureCycle.detect(new Analysis(heap.build()))[0].fingerprint;
    });
    assert.equal(fingerprints[0], fingerprints[1]);
  });
});
