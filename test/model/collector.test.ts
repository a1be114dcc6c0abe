import assert from "node:assert/strict";
import { HeapBuilder } from "../../src/heap/HeapBuilder.js";
import { Flag, Kind } from "../../src/heap/kinds.js";
import { Analysis } from "../../src/model/Analysis.js";
import { collect } from "../../src/model/collector.js";

/** What runs in a full collection: kind, object, weak reference. */
function events(heap: HeapBuilder): unknown[] {
  return new Analysis(heap.build()).outcome.events.map((event) =>
    event.kind === "callback" ? [event.kind, event.node, event.weakref] : [event.kind, event.node],
  );
}

describe("collector", () => {
  it("finds a ring that nothing else holds, in list order", () => {
    const heap = new HeapBuilder();
    const [a, b, c] = [heap.node("A"), heap.node("B"), heap.node("C")];
    const held = heap.node("Held", { outside: 1 });
    heap.ring(c, a, b).edge(a, held);
    assert.deepEqual([...collect(heap.build()).unreachable], [a, b, c]);
  });

  it("keeps what is reachable from an outside reference", () => {
    const heap = new HeapBuilder();
    const [a, b] = [heap.node("A", { outside: 1 }), heap.node("B")];
    heap.ring(a, b);
    assert.deepEqual([...collect(heap.build()).unreachable], []);
  });

  it("puts what was unreachable only for now back behind the list's end", () => {
    const heap = new HeapBuilder();
    const late = heap.node("Late");
    const first = heap.node("First");
    const root = heap.node("Root", { outside: 1 });
    const [x, y] = [heap.node("X"), heap.node("Y")];
    heap.edge(root, first).edge(first, late).ring(x, y);
    assert.deepEqual([...collect(heap.build()).unreachable], [x, y]);
  });

  it("counts parallel edges", () => {
    const heap = new HeapBuilder();
    const [a, b] = [heap.node("A"), heap.node("B")];
    heap.ring(a, b).edge(a, b);
    assert.equal(collect(heap.build()).unreachable.length, 2);
  });

  it("takes owned references for outside ones, as the real collector does", () => {
    const heap = new HeapBuilder();
    const [type, instance] = [heap.node("type"), heap.node("T")];
    heap.edge(type, instance, ".example").owned(instance, type, ".__class__");
    assert.deepEqual([...collect(heap.build()).unreachable], []);
  });

  it("ignores weak references", () => {
    const heap = new HeapBuilder();
    const [a, b] = [heap.node("A"), heap.node("B")];
    const ref = heap.node("weakref", { outside: 1, kind: Kind.weakref });
    heap.ring(a, b).weak(ref, a);
    assert.deepEqual([...collect(heap.build()).unreachable], [a, b]);
  });

  it("names the callbacks of weak references that survive", () => {
    const heap = new HeapBuilder();
    const [a, b] = [heap.node("A"), heap.node("B")];
    const callback = heap.node("function", { outside: 1 });
    const kept = heap.node("weakref", { outside: 1, kind: Kind.weakref });
    const dying = heap.node("weakref", { kind: Kind.weakref });
    heap.ring(a, b).edge(a, dying).edge(kept, callback).edge(dying, callback).weak(kept, a).weak(dying, a);
    assert.deepEqual(events(heap), [["callback", a, kept]]);
  });

  it("takes neither the slots nor the type of a weak reference for its callback", () => {
    const heap = new HeapBuilder();
    const [a, b, type, key] = [heap.node("A"), heap.node("B"), heap.node("type"), heap.node("str")];
    const keyed = heap.node("KeyedRef", { outside: 1, kind: Kind.weakref });
    heap.ring(a, b).edge(keyed, key, ".key").edge(keyed, type, ".__class__").weak(keyed, a);
    assert.deepEqual(events(heap), []);
  });

  it("splits off legacy finalizers with all that they reach", () => {
    const heap = new HeapBuilder([2, 7, 18]);
    const bad = heap.node("Bad", { flags: Flag.legacyFinalizer | Flag.heapType });
    const [partner, payload] = [heap.node("Partner"), heap.node("Payload")];
    heap.ring(bad, partner).edge(partner, payload);
    const [x, y] = [heap.node("X"), heap.node("Y")];
    heap.ring(x, y);
    const { verdict, outcome } = new Analysis(heap.build());
    assert.deepEqual([...verdict.setAside], [bad, partner, payload]);
    assert.deepEqual([...outcome.uncollectable], [bad, partner, payload]);
    assert.deepEqual([...outcome.freed], [x, y]);
    assert.deepEqual([...verdict.unreachable], [bad, partner, payload, x, y]);
  });

  it("lists PEP 442 finalizers that have not run yet, and says that they make the outcome uncertain", () => {
    const heap = new HeapBuilder();
    const flags = Flag.hasFinalizer | Flag.heapType;
    const [fresh, done] = [heap.node("Fresh", { flags }), heap.node("Done", { flags: flags | Flag.finalized })];
    heap.ring(fresh, done);
    const analysis = new Analysis(heap.build());
    assert.deepEqual(events(heap), [["finalizer", fresh]]);
    assert.match(analysis.doubts(analysis.outcome, "collection")[0], /1 finalizer of Fresh/);
  });

  it("leaves immortal objects out", () => {
    const heap = new HeapBuilder([3, 12, 1]);
    const [a, b] = [heap.node("A", { flags: Flag.immortal }), heap.node("B")];
    heap.ring(a, b);
    assert.deepEqual([...collect(heap.build()).unreachable], []);
  });

  it("reads a count below zero as reachable from 3.8 on, as zero before", () => {
    for (const [version, expected] of [
      [[3, 7, 0], 1],
      [[3, 8, 0], 0],
    ] as const) {
      const heap = new HeapBuilder(version);
      const a = heap.node("A", { outside: -1 });
      heap.edge(a, a);
      assert.equal(collect(heap.build()).unreachable.length, expected);
    }
  });
});
