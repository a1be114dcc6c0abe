import assert from "node:assert/strict";
import { HeapBuilder } from "../../src/heap/HeapBuilder.js";
import type { HeapGraph, NodeIndex } from "../../src/heap/HeapGraph.js";
import { Flag, Kind } from "../../src/heap/kinds.js";
import { Analysis } from "../../src/model/Analysis.js";
import { type Outcome, runCollection } from "../../src/model/collection.js";
import { collect } from "../../src/model/collector.js";

const FINALIZER = Flag.hasFinalizer | Flag.heapType;

/** A full collection of a heap, in which some finalizers make their object reachable again. */
function collected(graph: HeapGraph, resurrecting: readonly NodeIndex[] = []): Outcome {
  const { simulation, verdict } = new Analysis(graph);
  return runCollection(simulation, verdict, new Set(resurrecting));
}

/** What ran, as [kind, object] or [kind, referent, weak reference], with how many objects had begun to die before. */
function course({ events }: Outcome): unknown[] {
  return events.map((event) =>
    event.kind === "callback"
      ? [event.kind, event.node, event.weakref, event.after]
      : [event.kind, event.node, event.after],
  );
}

// Each of these outcomes comes about by one step of the collection, and is another one without that.
describe("steps of a collection", () => {
  it("legacy finalizers: what they reach is kept in 2.7, its neighbours are not", () => {
    const heap = new HeapBuilder([2, 7, 18]);
    const [before, old, behind] = [
      heap.node("Before"),
      heap.node("Old", { flags: Flag.legacyFinalizer | Flag.heapType }),
      heap.node("Behind"),
    ];
    // The ring would be freed in 3.x. What holds the old one is set free too, but for that.
    heap.ring(old, behind).edge(before, before).edge(before, old);
    const outcome = collected(heap.build());
    assert.deepEqual([...outcome.freed], [before]);
    assert.deepEqual([...outcome.uncollectable], [old, behind]);
    assert.deepEqual([...outcome.kept], []);
    assert.deepEqual(course(outcome), []);
  });

  it("legacy finalizers: one that only a cycle held dies when that is cleared, and runs then", () => {
    const heap = new HeapBuilder([2, 7, 18]);
    const [a, b] = [heap.node("A"), heap.node("B")];
    const old = heap.node("Old", { flags: Flag.legacyFinalizer | Flag.heapType });
    heap.ring(a, b).edge(b, old);
    const graph = heap.build();
    assert.deepEqual([...collect(graph).setAside], [old]);
    const outcome = collected(graph);
    assert.deepEqual([...outcome.died], [b, old, a]);
    assert.deepEqual([...outcome.uncollectable], []);
    assert.deepEqual(course(outcome), [["finalizer", old, 2]]);
  });

  it("weak reference callbacks: all of the living run before anything is finalized or dies, by referent in list order", () => {
    const heap = new HeapBuilder();
    const [a, b] = [heap.node("A", { flags: FINALIZER }), heap.node("B")];
    const function_ = heap.node("function", { kind: Kind.function, outside: 1 });
    const weakref = (outside: number) => heap.node("weakref", { kind: Kind.weakref, outside });
    const [first, second, third, garbage] = [weakref(1), weakref(1), weakref(1), weakref(0)];
    heap.ring(a, b).edge(a, garbage);
    for (const node of [first, second, third, garbage]) heap.edge(node, function_);
    heap.weak(garbage, b).weak(first, b).weak(second, a).weak(third, b);
    assert.deepEqual(course(collected(heap.build())), [
      ["callback", a, second, 0],
      ["callback", b, first, 0],
      ["callback", b, third, 0],
      ["finalizer", a, 0],
    ]);
  });

  it("weak references that are garbage are cleared from 3.7.5 and 3.8.1 on; before, they call back", () => {
    // The leaf is not tracked, so that no weak reference to it is cleared beforehand; it dies before this one does.
    const outcomes = (
      [
        [3, 7, 4],
        [3, 7, 5],
        [3, 8, 0],
        [3, 8, 1],
        [3, 9, 0],
      ] as const
    ).map((version) => {
      const heap = new HeapBuilder(version);
      const [a, b] = [heap.node("A"), heap.node("B")];
      const weakref = heap.node("weakref", { kind: Kind.weakref });
      const function_ = heap.node("function", { kind: Kind.function, outside: 1 });
      const leaf = heap.node("Leaf", { tracked: false });
      heap.edge(a, leaf).ring(a, b).edge(b, weakref).edge(weakref, function_).weak(weakref, leaf);
      return collected(heap.build()).events.length;
    });
    assert.deepEqual(outcomes, [1, 0, 1, 0, 0]);
  });

  it("PEP 442 finalizers: run once, in list order, on whole cycles, before anything dies", () => {
    const heap = new HeapBuilder();
    const [last, first] = [heap.node("A", { flags: FINALIZER }), heap.node("B", { flags: FINALIZER })];
    const done = heap.node("C", { flags: FINALIZER | Flag.finalized });
    heap.ring(first, last, done);
    const outcome = collected(heap.build());
    assert.deepEqual(course(outcome), [
      ["finalizer", last, 0],
      ["finalizer", first, 0],
    ]);
    assert.equal(outcome.freed.length, 3);
  });

  it("resurrection: up to 3.8 all the garbage stays, from 3.9 on only what the risen object reaches", () => {
    for (const minor of [8, 9]) {
      const heap = new HeapBuilder([3, minor, 5]);
      const [risen, reached] = [heap.node("Phoenix", { flags: FINALIZER }), heap.node("Reached")];
      const [x, y] = [heap.node("X"), heap.node("Y")];
      // x and y hold the risen one, which does not hold them.
      heap.ring(risen, reached).ring(x, y).edge(x, risen);
      const outcome = collected(heap.build(), [risen]);
      assert.deepEqual([...outcome.freed], minor === 8 ? [] : [x, y]);
      assert.deepEqual([...outcome.kept], minor === 8 ? [risen, reached, x, y] : [risen, reached]);
      assert.deepEqual(course(outcome), [["finalizer", risen, 0]]);
    }
  });

  it("resurrection: an object that its finalizer keeps while refcounts fall doesn't die, nor what it holds", () => {
    const heap = new HeapBuilder();
    const [a, b] = [heap.node("A"), heap.node("B")];
    const risen = heap.node("Phoenix", { flags: FINALIZER, tracked: false });
    const held = heap.node("Held", { tracked: false });
    heap.ring(a, b).edge(b, risen).edge(risen, held);
    const outcome = collected(heap.build(), [risen]);
    assert.deepEqual([...outcome.died], [b, a]);
    assert.deepEqual(course(outcome), [["finalizer", risen, 2]]);
  });

  it("clearing: in list order, each object's references one after the other, and what dies of it at once", () => {
    const heap = new HeapBuilder();
    const [a, b, c] = [heap.node("A"), heap.node("B"), heap.node("C")];
    const leaves = ["of a", "of b", "of c"].map((text) => heap.node("str", { kind: Kind.str, text, tracked: false }));
    // a is cleared first: its leaf goes, then c, which holds b; a itself goes last, when nothing is left of the ring.
    heap.ring(a, c, b);
    [a, b, c].forEach((node, i) => heap.edge(node, leaves[i]));
    assert.deepEqual([...collected(heap.build()).died], [c, b, leaves[1], leaves[2], leaves[0], a]);
  });

  it("clearing: an instance of a tuple's subclass lets go of its slots, not of its elements", () => {
    const heap = new HeapBuilder();
    const pair = heap.node("Pair", { kind: Kind.tuple, flags: Flag.heapType });
    const [element, list, slot] = [heap.node("E"), heap.node("list", { kind: Kind.list }), heap.node("S")];
    heap.edge(pair, slot, ".slot").edge(pair, list, "[1]").edge(pair, element, "[0]").edge(list, pair, "[0]");
    assert.deepEqual([...collected(heap.build()).died].slice(0, 2), [slot, pair]);
  });

  it("clearing: a cycle of what has no tp_clear is kept, one with an object that has it is not", () => {
    const heap = new HeapBuilder([3, 7, 9]);
    const tuple = () => heap.node("tuple", { kind: Kind.tuple, clears: false });
    const [lone, other, caught] = [tuple(), tuple(), tuple()];
    const list = heap.node("list", { kind: Kind.list });
    heap.ring(lone, other).ring(caught, list);
    const outcome = collected(heap.build());
    assert.deepEqual([...outcome.kept], [lone, other]);
    assert.deepEqual([...outcome.freed], [caught, list]);
    assert.deepEqual([...outcome.died], [caught, list]);
  });

  it("closing: a suspended generator lets go of its stack and variables before anything is cleared", () => {
    const heap = new HeapBuilder([3, 11, 4]);
    const [owner, generator] = [
      heap.node("Owner"),
      heap.node("generator", { kind: Kind.generator, flags: Flag.hasFinalizer, clears: false }),
    ];
    const function_ = heap.node("function", { kind: Kind.function, outside: 1 });
    const [variable, value] = [heap.node("Variable"), heap.node("Value")];
    heap.ring(owner, generator).edge(generator, function_);
    heap.edge(generator, variable, "local:name").edge(generator, value);
    const outcome = collected(heap.build());
    assert.deepEqual(course(outcome), [["close", generator, 0]]);
    // The value on the stack, the variable; then the owner is cleared.
    assert.deepEqual([...outcome.died], [value, variable, generator, owner]);
    assert.deepEqual([...outcome.kept], []);
  });

  it("closing: a generator that holds itself is freed by that alone", () => {
    const heap = new HeapBuilder([3, 11, 4]);
    const options = { kind: Kind.generator, flags: Flag.hasFinalizer, clears: false } as const;
    const [generator, unstarted] = [
      heap.node("generator", options),
      heap.node("generator", { ...options, flags: options.flags | Flag.unstarted }),
    ];
    const function_ = heap.node("function", { kind: Kind.function, outside: 1 });
    for (const node of [generator, unstarted]) heap.edge(node, function_).edge(node, node, "local:me");
    const outcome = collected(heap.build());
    assert.deepEqual([...outcome.freed], [generator, unstarted]);
    assert.deepEqual(course(outcome), [["close", generator, 0]], "one that has not started runs nothing");
  });

  it("young generations: only these are examined, merged youngest last, and the older hold what they refer to", () => {
    const heap = new HeapBuilder([3, 11, 4], {
      segments: [
        { generation: 0, count: 4 },
        { generation: 1, count: 2 },
        { generation: 2, count: 2 },
      ],
    });
    const node = (name: string, generation: 0 | 1 | 2) => heap.node(name, { generation });
    const [a, b, heldByOld, youngOfMixed] = ["A", "B", "Held", "Young"].map((name) => node(name, 0));
    const [c, d] = ["C", "D"].map((name) => node(name, 1));
    const [old, older] = ["Old", "Older"].map((name) => node(name, 2));
    heap.ring(a, b).ring(c, d).ring(old, older);
    heap.edge(old, heldByOld).edge(youngOfMixed, c).edge(d, youngOfMixed);
    const analysis = new Analysis(heap.build());
    const found = ([0, 1, 2] as const).map((generation) => {
      const { verdict, outcome } = analysis.collection({ generation });
      return [verdict.examined.length, [...verdict.unreachable], outcome.died.length];
    });
    assert.deepEqual(found, [
      [4, [a, b], 2],
      [6, [c, d, a, b, youngOfMixed], 5],
      [8, [old, older, a, b, heldByOld, youngOfMixed, c, d], 8],
    ]);
  });

  it("immortal objects are not examined, and what they hold lives", () => {
    const heap = new HeapBuilder([3, 12, 1]);
    const [immortal, held] = [heap.node("A", { flags: Flag.immortal }), heap.node("Held")];
    const [x, y] = [heap.node("X"), heap.node("Y")];
    heap.ring(immortal, held).ring(x, y).edge(x, immortal);
    const graph = heap.build();
    assert.deepEqual([...collect(graph).examined], [held, x, y]);
    assert.deepEqual([...collected(graph).died], [y, x]);
  });

  it("immortal objects don't die however many references go", () => {
    const heap = new HeapBuilder([3, 12, 1]);
    const [x, y] = [heap.node("X"), heap.node("Y")];
    const immortal = heap.node("str", { kind: Kind.str, flags: Flag.immortal, tracked: false });
    heap.ring(x, y).edge(x, immortal).edge(y, immortal);
    assert.deepEqual([...collected(heap.build()).died], [y, x]);
  });

  it("frozen objects are not examined, and what they hold lives", () => {
    const heap = new HeapBuilder();
    const [held, x, y] = [heap.node("Held"), heap.node("X"), heap.node("Y")];
    // Behind the lists, as the agent writes the permanent generation.
    const frozen = heap.node("Frozen", { flags: Flag.tracked | Flag.frozen, tracked: false });
    heap.ring(held, frozen).ring(x, y).edge(x, frozen);
    const graph = heap.build();
    assert.deepEqual([...collect(graph).examined], [held, x, y]);
    assert.deepEqual([...collected(graph).died], [y, x]);
  });
});
