import assert from "node:assert/strict";
import type { NodeOptions } from "../../src/heap/HeapBuilder.js";
import type { NodeIndex } from "../../src/heap/HeapGraph.js";
import { Flag, Kind } from "../../src/heap/kinds.js";
import { Analysis } from "../../src/model/Analysis.js";
import { Units } from "../../src/model/pymalloc/units.js";
import { program } from "./handMadeArenas.js";

const LONG = 200_000;

/** A program, and what its heap's units are once it is built. */
function start() {
  const { heap, globals } = program();
  const make = (from: NodeIndex, label: string, kind: Kind = Kind.instance, options: NodeOptions = {}) => {
    const node = heap.node(kind === Kind.instance ? "N" : `k${kind}`, { kind, ...options });
    heap.edge(from, node, label);
    return node;
  };
  const units = () => new Analysis(heap.build()).units;
  return { heap, globals, make, units };
}

/** An analysis that can be asked so often for what dominates a node. */
function limited(real: Analysis, most: number): Analysis {
  let left = most;
  const idom = new Proxy(real.ownership.idom, {
    get: (array, key) => {
      assert.ok(left-- > 0, `more than ${most} steps up`);
      return Reflect.get(array, key) as unknown;
    },
  });
  const { graph, roots, infrastructure, strong } = real;
  return { graph, roots, infrastructure, strong, ownership: { ...real.ownership, idom } } as unknown as Analysis;
}

/** Of each node its unit, and that one's sort. */
function said(units: Units, ...nodes: NodeIndex[]): unknown[] {
  return nodes.map((node) => [units.of(node), units.sortOf(units.of(node))]);
}

describe("arenas: what has to go for an object", () => {
  it("of an instance in a list, the instance, with its __dict__ and its attributes", () => {
    const { globals, make, units } = start();
    const list = make(globals, "['KEPT']", Kind.list);
    const instance = make(list, "[0]");
    const dict = make(instance, ".__dict__", Kind.dict);
    const value = make(dict, "['name']");
    const below = make(value, ".more");
    const entry = [instance, "entry"];
    assert.deepEqual(said(units(), below, instance, dict, value), [entry, entry, entry, entry]);
  });

  it("of nested containers, the outermost entry; the container itself is structure", () => {
    for (const kind of [Kind.list, Kind.dict, Kind.set, Kind.deque]) {
      const { globals, make, units } = start();
      const outer = make(globals, "['KEPT']", kind);
      const inner = make(outer, "[0]", Kind.dict);
      const innermost = make(inner, "['a']", Kind.list);
      const value = make(innermost, "[7]");
      const pair = make(outer, "[1]", Kind.tuple);
      const first = make(pair, "[0]");
      assert.deepEqual(said(units(), value, innermost, first, outer), [
        [inner, "entry"],
        [inner, "entry"],
        [pair, "entry"],
        [outer, "structure"],
      ]);
    }
  });

  it("what a variable names, too, is structure, and so are its attributes, but not the entries of these", () => {
    const { heap, globals, make, units } = start();
    const list = make(globals, "['KEPT']", Kind.list);
    const [named, other] = [make(list, "[0]"), make(list, "[1]")];
    heap.edge(globals, named, "['CURRENT']");
    const dict = make(named, ".__dict__", Kind.dict);
    const child = make(dict, "['child']");
    const grandchild = make(child, ".child");
    const cache = make(grandchild, ".cache", Kind.dict);
    const cached = make(cache, "['a']");
    const tuple = make(grandchild, ".pair", Kind.tuple);
    const inTuple = make(tuple, "[0]");
    const structure = [named, dict, child, grandchild, cache, tuple, inTuple];
    assert.deepEqual(said(units(), ...structure, other, cached), [
      ...structure.map((node) => [node, "structure"]),
      [other, "entry"],
      [cached, "entry"],
    ]);
  });

  it("a dict of an attribute of another name than __dict__ is a container", () => {
    const { globals, make, units } = start();
    const dict = make(make(globals, "['APP']"), ".__dicts__", Kind.dict);
    const value = make(dict, "['a']");
    assert.deepEqual(said(units(), dict, value), [
      [dict, "structure"],
      [value, "entry"],
    ]);
  });

  it("of what two entries share, the object itself", () => {
    const { heap, globals, make, units } = start();
    const list = make(globals, "['KEPT']", Kind.list);
    const [a, b] = [make(list, "[0]"), make(list, "[1]")];
    const shared = make(a, ".shared");
    heap.edge(b, shared, ".shared");
    const below = make(shared, ".below");
    assert.deepEqual(said(units(), shared, below), [
      [shared, "entry"],
      [shared, "entry"],
    ]);
  });

  it("variables of closures and of running frames are structure, entries of theirs are entries", () => {
    const { heap, globals, make, units } = start();
    const fn = make(globals, "['step']", Kind.function);
    const cell = make(make(fn, ".__closure__", Kind.tuple), "[0]", Kind.cell);
    const closed = make(cell, "closure:seen", Kind.list);
    const frame = heap.node("frame", { kind: Kind.frame, outside: 1, flags: Flag.synthetic });
    const local = make(frame, "local:rows", Kind.list);
    const [row, seen] = [make(local, "[0]"), make(closed, "[0]")];
    const inRow = make(row, ".text");
    assert.deepEqual(said(units(), closed, local, seen, inRow), [
      [closed, "structure"],
      [local, "structure"],
      [seen, "entry"],
      [row, "entry"],
    ]);
  });

  it("globals of a function whose module is gone are structure, and what is in them", () => {
    const { globals, make, units } = start();
    const names = make(make(globals, "['step']", Kind.function), ".__globals__", Kind.dict);
    const value = make(names, "['STATE']");
    assert.deepEqual(said(units(), names, value), [
      [names, "structure"],
      [value, "structure"],
    ]);
  });

  it("what C code, the agent or the interpreter holds is structure", () => {
    const { heap, globals, make, units } = start();
    const list = make(globals, "['KEPT']", Kind.list);
    const inC = make(list, "[0]", Kind.instance, { outside: 1 });
    const agents = make(list, "[1]", Kind.instance, { flags: Flag.agent });
    const immortal = make(list, "[2]", Kind.instance, { flags: Flag.immortal });
    const type = make(list, "[3]", Kind.type);
    const lone = heap.node("str", { kind: Kind.str, tracked: false });
    const held = [inC, agents, immortal, type, lone];
    assert.deepEqual(
      said(units(), ...held),
      held.map((node) => [node, "structure"]),
    );
  });

  it("what the next collection frees is garbage, whatever is in it", () => {
    const { heap, globals, make, units } = start();
    const list = make(globals, "['KEPT']", Kind.list);
    const [a, b] = [heap.node("N"), heap.node("N")];
    heap.ring(a, b);
    const dict = make(a, ".__dict__", Kind.dict);
    const entry = make(dict, "['x']");
    heap.edge(a, list, ".list");
    const found = units();
    for (const node of [a, b, dict, entry]) assert.equal(found.sortOf(found.of(node)), "garbage");
    assert.equal(found.of(entry), found.of(dict));
    assert.deepEqual(said(found, list), [[list, "structure"]]);
  });

  it("a list of 200,000 links needs no recursion, and each link is walked once", () => {
    for (const isNamed of [false, true]) {
      const { heap, globals, make } = start();
      const list = make(globals, "['KEPT']", Kind.list);
      const head = make(list, "[0]");
      if (isNamed) heap.edge(globals, head, "['HEAD']");
      let last = head;
      for (let i = 0; i < LONG; i++) last = make(last, ".next");
      const found = new Units(limited(new Analysis(heap.build()), 2 * LONG));
      // The far end first: what is found on the way up is kept for all others.
      for (let node = last; node >= head; node--) assert.equal(found.of(node), isNamed ? node : head);
      assert.equal(found.sortOf(found.of(last)), isNamed ? "structure" : "entry");
    }
  });
});
