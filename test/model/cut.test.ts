import assert from "node:assert/strict";
import { HeapBuilder } from "../../src/heap/HeapBuilder.js";
import type { NodeIndex } from "../../src/heap/HeapGraph.js";
import { Flag, Kind } from "../../src/heap/kinds.js";
import { Analysis } from "../../src/model/Analysis.js";
import type { CutOptions, CutResult } from "../../src/model/whatif/Cutter.js";
import { findReferences, NoSuchReferenceError, type ReferenceQuery } from "../../src/model/whatif/cutEdges.js";
import { OUTSIDE } from "../../src/model/whatif/unreachable.js";

const DEL = Flag.hasFinalizer | Flag.heapType;

function cut(heap: HeapBuilder | Analysis, queries: readonly ReferenceQuery[], options?: CutOptions): CutResult {
  const analysis = heap instanceof HeapBuilder ? new Analysis(heap.build()) : heap;
  return analysis.cutter.cut(
    queries.flatMap((query) => findReferences(analysis.graph, query)),
    options,
  );
}

/** What goes at once, what with the next collection, and what stays: [object, its holder]. */
function fates({ now, later, survivors }: CutResult): unknown {
  return { now: [...now], later: [...later], stay: survivors.map(({ node, heldBy }) => [node, heldBy]) };
}

/** What runs, with how many objects had begun to die before. */
function course({ eventsNow, eventsLater }: CutResult): unknown[] {
  return [...eventsNow, ...eventsLater].map(({ kind, node, after }) => [kind, node, after]);
}

/** A heap with a holder that is alive, and what it holds by `.held`. */
function held(options: Parameters<HeapBuilder["node"]>[1] = {}, version?: readonly [number, number, number]) {
  const heap = new HeapBuilder(version);
  const [holder, node] = [heap.node("Holder", { outside: 1 }), heap.node("Held", options)];
  return { heap: heap.edge(holder, node, ".held"), holder, node, reference: [{ from: holder, label: ".held" }] };
}

describe("cuts: which reference", () => {
  it("of several between the same two objects: one leaves the others, all are the end of it", () => {
    const { heap, holder, node } = held();
    const analysis = new Analysis(heap.edge(holder, node, ".right").owned(holder, node, ".third").build());
    const one = { from: holder, label: ".held" };
    assert.deepEqual(fates(cut(analysis, [one])), { now: [], later: [], stay: [[node, holder]] });
    assert.deepEqual(fates(cut(analysis, [{ from: holder, to: node }])), { now: [node], later: [], stay: [] });
    const others = [".right", ".third"].map((label) => ({ from: holder, label }));
    assert.deepEqual([...cut(analysis, [one, ...others]).now], [node]);
    assert.deepEqual([...cut(analysis, [one, one, others[0]]).now], [], "the same one twice counts once");
  });

  it("that is none: an error names the object and says where to look", () => {
    const { heap, holder, node } = held();
    const weakref = heap.node("weakref", { kind: Kind.weakref, outside: 1 });
    const graph = heap.weak(weakref, node).build();
    const refused = (query: ReferenceQuery, message: RegExp) =>
      assert.throws(
        () => findReferences(graph, query),
        (error: Error) => error instanceof NoSuchReferenceError && message.test(error.message),
      );
    refused({ from: holder, label: ".other" }, /^0x1000 \(Holder\) has no reference with the label \.other; `object`/);
    refused({ from: holder, label: "held" }, /with the label held/);
    refused({ from: node, to: holder }, /^0x1010 \(Held\) has no reference to 0x1000; `object` lists/);
    refused({ from: holder, label: ".held", to: holder }, /with the label \.held/);
    refused({ from: weakref, to: node }, /has no reference to 0x1010/);
  });

  it("whose label stands for several: the error asks where it leads", () => {
    const heap = new HeapBuilder();
    const [holder, a, b] = [heap.node("set", { kind: Kind.set, outside: 1 }), heap.node("A"), heap.node("B")];
    const graph = heap.edge(holder, a).edge(holder, b).edge(holder, b).build();
    assert.throws(() => findReferences(graph, { from: holder, label: "<internal>" }), /has 3 references.*--to/);
    assert.equal(findReferences(graph, { from: holder, label: "<internal>", to: b }).length, 2);
  });

  it("of an instance's dict: it is found by the attribute, and its key goes too, in the version's order", () => {
    for (const version of [
      [2, 7, 18],
      [3, 11, 0],
    ] as const) {
      const heap = new HeapBuilder(version);
      const [instance, dict] = [heap.node("Owner", { outside: 1 }), heap.node("dict", { kind: Kind.dict })];
      const [value, other] = [heap.node("Value"), heap.node("Other")];
      const [name, kept] = ["name", "kept"].map((text) => heap.node("str", { kind: Kind.str, text, tracked: false }));
      heap.edge(instance, dict, ".__dict__").edge(dict, value, "['name']").edge(dict, other, "['kept']");
      heap.owned(dict, kept, "<key>").owned(dict, name, "<key>");
      const gone = version[0] === 2 ? [value, name] : [name, value];
      assert.deepEqual(fates(cut(heap, [{ from: instance, label: ".name" }])), { now: gone, later: [], stay: [] });
    }
  });

  it("that the collector doesn't see: it holds all the same, and without it a collection finds the cycle", () => {
    const heap = new HeapBuilder([3, 8, 5]);
    const [type, instance] = [heap.node("type"), heap.node("T")];
    heap.edge(type, instance, ".example").owned(instance, type, ".__class__");
    const analysis = new Analysis(heap.build());
    assert.deepEqual([...analysis.outcome.died], [], "the owned reference counts as one from outside");
    // Without it nothing holds the type any more, which holds its instance.
    assert.deepEqual([...cut(analysis, [{ from: instance, label: ".__class__" }]).now], [type, instance]);

    const { heap: other, node: ring, reference } = held();
    const [a, b] = [other.node("A"), other.node("B")];
    other.ring(a, b).owned(ring, a);
    assert.deepEqual(fates(cut(other, reference)), { now: [ring], later: [b, a], stay: [] });
  });
});

describe("cuts: what goes, and when", () => {
  it("by refcounts at once, cycles by the next collection, and what others hold stays", () => {
    const { heap, node, reference } = held({ size: 100 });
    const [a, b] = [heap.node("A", { size: 20 }), heap.node("B", { size: 30 })];
    const other = heap.node("Other", { outside: 1 });
    const [shared, global_] = [heap.node("Shared"), heap.node("Global", { outside: 1 })];
    const text = heap.node("str", { kind: Kind.str, tracked: false, size: 60 });
    heap.edge(node, text).edge(node, a).ring(a, b).edge(node, shared).edge(other, shared).edge(b, global_);
    const result = cut(heap, reference);
    assert.deepEqual(fates(result), {
      now: [node, text],
      later: [b, a],
      stay: [
        [shared, other],
        [global_, OUTSIDE],
      ],
    });
    assert.deepEqual([result.bytesNow, result.bytesLater], [160, 50]);
    assert.deepEqual(result.anyway, { objects: 0, bytes: 0 });
  });

  it("garbage of before the cut goes with the next collection, and is counted apart", () => {
    const { heap, node, reference } = held({ size: 100 });
    const [a, b] = [heap.node("A", { size: 20 }), heap.node("B", { size: 30 })];
    const result = cut(heap.ring(a, b).edge(node, node), reference);
    assert.deepEqual(fates(result), { now: [], later: [node, b, a], stay: [] });
    assert.deepEqual([result.bytesLater, result.anyway], [150, { objects: 2, bytes: 50 }]);
  });

  it("what a survivor is held by is something that stays itself", () => {
    const { heap, node, reference } = held();
    const [cycle, other, kept] = [heap.node("Cycle"), heap.node("Other", { outside: 1 }), heap.node("Kept")];
    // The dying cycle holds it too, and comes before the one that stays.
    heap.edge(node, cycle).edge(cycle, cycle).edge(cycle, kept).edge(node, kept).edge(other, kept);
    assert.deepEqual(fates(cut(heap, reference)), { now: [node], later: [cycle], stay: [[kept, other]] });
  });

  it("what the collector doesn't see holds too, and is named rather than something outside", () => {
    const { heap, holder, node, reference } = held();
    const [frame, cycle] = [heap.node("frame", { kind: Kind.frame, outside: 1 }), heap.node("Cycle")];
    heap.owned(frame, node, "local:x").edge(node, cycle).edge(cycle, cycle);
    const analysis = new Analysis(heap.build());
    assert.deepEqual(fates(cut(analysis, reference)), { now: [], later: [], stay: [[node, frame]] });
    const local = { from: frame, label: "local:x" };
    assert.deepEqual(fates(cut(analysis, [local])), { now: [], later: [], stay: [[node, holder]] });
    assert.deepEqual(fates(cut(analysis, [...reference, local])), { now: [node], later: [cycle], stay: [] });
  });

  it("of several references together more goes than of each alone; nothing stays of a cut", () => {
    const { heap, holder, node } = held({ size: 100 });
    const second = heap.node("Second", { outside: 1 });
    const analysis = new Analysis(heap.edge(second, node, ".held").build());
    const [left, right] = [holder, second].map((from) => ({ from, label: ".held" }));
    assert.deepEqual(fates(cut(analysis, [left])), { now: [], later: [], stay: [[node, second]] });
    assert.deepEqual(fates(cut(analysis, [right])), { now: [], later: [], stay: [[node, holder]] });
    assert.deepEqual(fates(cut(analysis, [left, right])), { now: [node], later: [], stay: [] });
    assert.deepEqual(fates(cut(analysis, [left])), { now: [], later: [], stay: [[node, second]] });
  });

  it("of a whole tree goes what it retains, where there is no cycle", () => {
    const { heap, holder, node, reference } = held({ size: 1 });
    const leaves = [2, 4, 8].map((size) => heap.node("Leaf", { size }));
    const shared = heap.node("Shared", { size: 16 });
    const inner = heap.node("Inner", { size: 32 });
    heap.edge(node, leaves[0]).edge(node, inner).edge(inner, leaves[1]).edge(inner, leaves[2]);
    heap.edge(leaves[1], leaves[2]).edge(holder, shared).edge(inner, shared);
    const analysis = new Analysis(heap.build());
    const result = cut(analysis, reference);
    assert.equal(result.bytesNow, 1 + 2 + 4 + 8 + 32);
    assert.equal(result.bytesNow, analysis.ownership.retained[node]);
    assert.deepEqual([...result.now].sort(), [node, ...leaves, inner].sort());
  });

  it("who holds an object is told on demand, unless it dies at once", () => {
    const { heap, holder, node, reference } = held();
    const kept = heap.node("Kept");
    const { holders } = cut(heap.edge(holder, kept), reference, { holdersOf: [node, kept, holder] });
    assert.deepEqual(
      [...holders],
      [
        [kept, holder],
        [holder, OUTSIDE],
      ],
    );
  });
});

describe("cuts: code that runs, and what is not certain", () => {
  it("a weak reference's callback runs in the middle of the cascade, before what its object held goes", () => {
    for (const version of [
      [2, 7, 18],
      [3, 11, 0],
    ] as const) {
      const flags = version[0] === 2 ? Flag.legacyFinalizer | Flag.heapType : DEL;
      const { heap, node, reference } = held({ flags }, version);
      const below = heap.node("Below", { flags });
      const callback = heap.node("function", { kind: Kind.function, outside: 1 });
      const watch = (referent: NodeIndex, outside: number) => {
        const weakref = heap.node("weakref", { kind: Kind.weakref, outside });
        heap.edge(weakref, callback).weak(weakref, referent);
        return weakref;
      };
      const [first, second, own] = [watch(node, 1), watch(node, 1), watch(below, 0)];
      heap.edge(node, own).edge(node, below);
      const result = cut(heap, reference);
      // Its own weak reference to what is below dies first, and never calls.
      assert.deepEqual([...result.now], [node, own, below]);
      const calls = ["callback", "callback"].map((kind) => [kind, node, 1]);
      const finalizer = ["finalizer", node, 1];
      assert.deepEqual(course(result), [
        ...(version[0] === 2 ? [...calls, finalizer] : [finalizer, ...calls]),
        ["finalizer", below, 3],
      ]);
      const called = result.eventsNow.flatMap((event) => (event.kind === "callback" ? [event.weakref] : []));
      assert.deepEqual(called, [first, second]);
      assert.deepEqual(result.doubts, [
        "1 finalizer of Held would run code that may keep objects alive",
        "1 finalizer of Below would run code that may keep objects alive",
        "2 weak reference callbacks would run code that may keep objects alive",
      ]);
    }
  });

  it("a callback that the next collection calls is no doubt: it can't reach what is collected", () => {
    const { heap, node, reference } = held();
    const weakref = heap.node("weakref", { kind: Kind.weakref, outside: 1 });
    const callback = heap.node("function", { kind: Kind.function, outside: 1 });
    heap.edge(node, node).edge(weakref, callback).weak(weakref, node);
    const result = cut(heap, reference);
    assert.deepEqual([course(result), result.doubts], [[["callback", node, 0]], []]);
  });

  it("a finalizer is unknown code if Python defines it, and not if it is one of C", () => {
    const { heap, reference } = held({ flags: DEL });
    assert.deepEqual(cut(heap, reference).doubts, ["1 finalizer of Held would run code that may keep objects alive"]);
    const { heap: ofC, reference: toC } = held({ flags: Flag.hasFinalizer });
    assert.deepEqual([course(cut(ofC, toC)), cut(ofC, toC).doubts], [[["finalizer", 1, 1]], []]);
    const { heap: task, reference: toTask } = held({ kind: Kind.task, flags: Flag.hasFinalizer });
    assert.match(cut(task, toTask).doubts[0], /1 finalizer of Held/, "it reports to the program's exception handler");
  });

  it("an object that its finalizer keeps doesn't die, nor what it holds", () => {
    const { heap, node, reference } = held({ flags: DEL });
    const below = heap.node("Below");
    const analysis = new Analysis(heap.edge(node, below).build());
    assert.deepEqual([...cut(analysis, reference).now], [node, below]);
    const risen = cut(analysis, reference, { resurrecting: new Set([node]) });
    assert.deepEqual([...risen.now, ...risen.later], []);
    assert.deepEqual(course(risen), [["finalizer", node, 1]]);
  });

  it("garbage that its finalizer keeps is garbage no more, nor what it holds; all else still is", () => {
    const heap = new HeapBuilder([3, 7, 0]);
    const [dead, node, kept] = [heap.node("Dead"), heap.node("Held", { flags: DEL }), heap.node("Kept")];
    heap.edge(dead, dead, ".self").edge(dead, node, ".held").edge(node, kept, ".kept");
    const analysis = new Analysis(heap.build());
    const reference = [{ from: dead, label: ".held" }];
    assert.deepEqual(fates(cut(analysis, reference)), { now: [node, kept], later: [dead], stay: [] });
    const risen = cut(analysis, reference, { resurrecting: new Set([node]) });
    assert.deepEqual(fates(risen), { now: [], later: [dead], stay: [[node, OUTSIDE]] });
  });

  it("a suspended generator is closed, which is unknown code inside try or with, and none before the first step", () => {
    const close = (flags: number) => {
      const { heap, node, reference } = held({ kind: Kind.generator, text: "rows", flags: Flag.hasFinalizer | flags });
      const [function_, variable] = [heap.node("function", { kind: Kind.function, outside: 1 }), heap.node("Variable")];
      const result = cut(heap.edge(node, function_).edge(node, variable, "local:row"), reference);
      assert.deepEqual([...result.now], [node, variable]);
      return [course(result), result.doubts];
    };
    const closed = ["close", 1, 1];
    assert.deepEqual(close(0), [[closed], []]);
    assert.deepEqual(close(Flag.unstarted), [[], []]);
    const [events, why] = close(Flag.guarded);
    assert.deepEqual(events, [closed]);
    assert.match(String(why), /^closing 1 suspended generator .*rows.* would run code of its own \(try or with\)$/);
  });

  it("a frame lets go of its variables before the frame that called it", () => {
    for (const minor of [10, 11]) {
      const { heap, node, reference } = held({ kind: Kind.frame }, [3, minor, 0]);
      const caller = heap.node("frame", { kind: Kind.frame });
      const variable = heap.node("Variable");
      const code = heap.node("code", { kind: Kind.code, outside: 1 });
      heap
        .edge(node, caller, minor === 10 ? ".f_back" : "")
        .edge(node, code)
        .edge(node, variable, "local:v");
      assert.deepEqual([...cut(heap, reference).now], [node, variable, caller]);
    }
  });

  it("code deep in nested deallocations is a doubt about the order", () => {
    const chain = (length: number) => {
      const { heap, node, reference } = held();
      let last = node;
      for (let i = 1; i < length; i++) heap.edge(last, (last = heap.node("Link")));
      return cut(heap.edge(last, heap.node("Held", { flags: DEL })), reference);
    };
    assert.equal(chain(39).doubts.length, 1);
    assert.match(chain(40).doubts[1], /code runs inside 41 nested deallocations; beyond 40 the order is not certain/);
    assert.equal(chain(20_000).now.length, 20_001);
  });
});
