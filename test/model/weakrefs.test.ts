import assert from "node:assert/strict";
import { HeapBuilder } from "../../src/heap/HeapBuilder.js";
import type { HeapGraph, NodeIndex } from "../../src/heap/HeapGraph.js";
import { Flag, Kind } from "../../src/heap/kinds.js";
import { findReferences } from "../../src/model/whatif/cutEdges.js";
import { Analysis } from "../../src/model/Analysis.js";
import {
  callbackOf,
  deadPiles,
  findWeakReferences,
  groupWeakReferences,
  Holders,
  libraryCallback,
  libraryEntry,
  pooledObjects,
  staleRegistries,
  WeakState,
} from "../../src/model/weakrefs/index.js";
import { weakrefsOf } from "../../src/session/queries/weakrefsOf.js";
import { Session } from "../../src/session/Session.js";

const WEAK = "weakref.ReferenceType";

/** A heap of a module with names, and what the analyses of weak references say about it. */
class Lab {
  readonly heap: HeapBuilder;
  readonly #globals: NodeIndex;

  constructor(heap = new HeapBuilder()) {
    this.heap = heap;
    const module = heap.node("module", { kind: Kind.module, text: "app", outside: 1 });
    this.#globals = heap.node("dict", { kind: Kind.dict });
    heap.edge(module, this.#globals, ".__dict__").root("module app", module);
  }

  /** A container under a name of the module. */
  container(kind: Kind, name: string): NodeIndex {
    const node = this.heap.node(kind === Kind.dict ? "dict" : kind === Kind.set ? "set" : "list", { kind });
    this.heap.edge(this.#globals, node, `['${name}']`);
    return node;
  }

  /** A weak reference; without a referent it is dead. */
  weak(referent?: NodeIndex, type = WEAK): NodeIndex {
    const node = this.heap.node(type, { kind: Kind.weakref, size: 80 });
    if (referent !== undefined) this.heap.weak(node, referent);
    return node;
  }

  object(type = "app.Node", owner?: NodeIndex, label = "[0]"): NodeIndex {
    const node = this.heap.node(type, { flags: Flag.heapType });
    if (owner !== undefined) this.heap.edge(owner, node, label);
    return node;
  }

  build() {
    const graph = this.heap.build();
    const analysis = new Analysis(graph);
    const found = findWeakReferences(graph);
    const holders = new Holders(analysis, found.subclassTables);
    return { graph, analysis, found, holders };
  }
}

function stateOf(graph: HeapGraph, node: NodeIndex): number {
  const { node: nodes, state } = findWeakReferences(graph);
  return state[nodes.indexOf(node)];
}

describe("weak references", () => {
  it("takes as callback what has that name, else what has none, and never a subclass's slots, dict or type", () => {
    const heap = new HeapBuilder();
    const target = heap.node("app.Node");
    const callback = heap.node("function", { kind: Kind.function });
    const other = heap.node("app.Thing");
    const named = heap.node("weakref.KeyedRef");
    const unnamed = heap.node("weakproxy", { kind: Kind.weakref });
    const none = heap.node("weakref.KeyedRef");
    heap.edge(named, other, ".key").edge(named, other, ".__class__").edge(named, callback, ".__callback__");
    heap.edge(unnamed, callback);
    heap.edge(none, other, ".key").edge(none, other, ".__dict__").edge(none, other, ".__class__");
    // Without labels a subclass's slot comes before the callback.
    const unlabelled = heap.node("app.MyRef");
    heap.edge(unlabelled, other).edge(unlabelled, callback);
    for (const weakref of [named, unnamed, none, unlabelled]) heap.weak(weakref, target);
    const graph = heap.build();
    assert.equal(callbackOf(graph, named), callback);
    assert.equal(callbackOf(graph, unnamed), callback);
    assert.equal(callbackOf(graph, none), undefined);
    assert.equal(callbackOf(graph, unlabelled), callback);
    assert.deepEqual(
      [...findWeakReferences(graph).node],
      [named, unnamed, none, unlabelled],
      "also those of another kind",
    );
  });

  it("calls dead only what has neither referent nor callback, and nothing where the file lists none", () => {
    for (const known of [true, false]) {
      const { has } = new HeapBuilder().build().info;
      const lab = new Lab(new HeapBuilder([3, 11, 0], { has: { ...has, weakrefs: known } }));
      const list = lab.container(Kind.list, "refs");
      const callback = lab.heap.node("function", { kind: Kind.function });
      const refs = [lab.weak(lab.object("app.Node", list)), lab.weak(), lab.weak()];
      refs.forEach((ref) => lab.heap.edge(list, ref, "[1]"));
      lab.heap.edge(refs[2], callback, ".__callback__");
      const { graph } = lab.build();
      assert.deepEqual(
        refs.map((ref) => stateOf(graph, ref)),
        [WeakState.alive, known ? WeakState.dead : WeakState.unknown, WeakState.unknown],
      );
    }
  });

  it("never calls dead what stands in a class's table of subclasses", () => {
    const lab = new Lab();
    const table = lab.heap.node("list", { kind: Kind.list, outside: 1 });
    const held = lab.container(Kind.list, "refs");
    const inTable = lab.weak();
    const inList = lab.weak();
    lab.heap.edge(table, inTable, "[0]").edge(held, inList, "[0]");
    const { graph, analysis, found, holders } = lab.build();
    assert.equal(stateOf(graph, inTable), WeakState.unknown);
    assert.equal(stateOf(graph, inList), WeakState.dead);
    assert.equal(holders.of(inTable).text, "classes' __subclasses__[…]");
    const groups = groupWeakReferences(analysis, found, holders);
    assert.deepEqual(
      groups.map(({ infrastructure }) => infrastructure),
      [false, true],
    );
  });

  it("leaves out those of the capture agent", () => {
    const heap = new HeapBuilder();
    const target = heap.node("app.Node");
    const own = heap.node("function", { kind: Kind.function, flags: Flag.agent });
    const weakref = heap.node("weakref", { kind: Kind.weakref });
    heap.weak(weakref, target).edge(weakref, own, ".__callback__");
    assert.equal(findWeakReferences(heap.build()).node.length, 0);
  });
});

describe("weak references: what holds them", () => {
  it("is named by module, attribute, container, closure and default argument", () => {
    const lab = new Lab();
    const { heap } = lab;
    const list = lab.container(Kind.list, "refs");
    const owner = lab.object("app.Signal", list);
    const dict = heap.node("dict", { kind: Kind.dict });
    const inner = heap.node("list", { kind: Kind.list });
    const cell = heap.node("cell", { kind: Kind.cell });
    const defaults = heap.node("tuple", { kind: Kind.tuple });
    const fn = heap.node("function", { kind: Kind.function, text: "listen" });
    heap.edge(owner, dict, ".__dict__").edge(dict, inner, "['receivers']");
    heap.edge(list, cell, "[1]").edge(list, fn, "[2]").edge(fn, defaults, ".__defaults__");
    const target = lab.object("app.Node", list);
    const refs = Array.from({ length: 6 }, () => lab.weak(target));
    heap.edge(dict, refs[0], "['owner']");
    heap.edge(inner, refs[1], "[0]");
    heap.edge(cell, refs[2], "closure:self_ref");
    heap.edge(defaults, refs[3], "[0]");
    heap.edge(list, refs[4], "[3]");
    const { holders } = lab.build();
    assert.deepEqual(
      refs.map((ref) => holders.of(ref).text),
      [
        "app.Signal.owner",
        "app.Signal.receivers[…]",
        "closure variable self_ref",
        "default argument of function listen",
        "module app.refs[…]",
        "nothing in the heap",
      ],
    );
  });

  it("ends where containers hold each other", () => {
    const lab = new Lab();
    const { heap } = lab;
    const lists = Array.from({ length: 9 }, () => heap.node("list", { kind: Kind.list, outside: 1 }));
    lists.forEach((list, i) => heap.edge(list, lists[(i + 1) % lists.length], "[0]"));
    const self = heap.node("list", { kind: Kind.list, outside: 1 });
    heap.edge(self, self, "[0]");
    const refs = [lab.weak(), lab.weak()];
    heap.edge(lists[0], refs[0], "[1]").edge(self, refs[1], "[1]");
    const { holders, analysis, found } = lab.build();
    assert.equal(holders.of(refs[1]).text, "list[…]");
    assert.match(holders.of(refs[0]).text, /^list(\[…\])+$/);
    assert.equal(deadPiles(analysis, found, holders, 1).length, 2);
  });

  it("groups what is alike, dead ones first", () => {
    const lab = new Lab();
    const refs = lab.container(Kind.list, "refs");
    const nodes = lab.container(Kind.list, "nodes");
    const callback = lab.heap.node("function", {
      kind: Kind.function,
      text: "gone",
      location: { file: "app.py", line: 7, name: "gone" },
    });
    for (let i = 0; i < 5; i++) lab.heap.edge(refs, lab.weak(lab.object("app.Node", nodes)), "[0]");
    for (let i = 0; i < 3; i++) {
      const weakref = lab.weak(lab.object("app.Leaf", nodes));
      lab.heap.edge(refs, weakref, "[0]").edge(weakref, callback, ".__callback__");
    }
    for (let i = 0; i < 2; i++) lab.heap.edge(refs, lab.weak(), "[0]");
    const { analysis, found, holders } = lab.build();
    const groups = groupWeakReferences(analysis, found, holders);
    assert.deepEqual(
      groups.map(({ referentType, callback: called, rows, dead, bytes }) => [
        referentType,
        called?.name ?? null,
        called?.location?.line ?? 0,
        rows.length,
        dead,
        bytes,
      ]),
      [
        [null, null, 0, 2, 2, 160],
        ["app.Node", null, 0, 5, 0, 400],
        ["app.Leaf", "gone", 7, 3, 0, 240],
      ],
    );
  });
});

describe("weak references: piles of dead ones", () => {
  it("counts each container of a shared one, and frees only what it alone keeps", () => {
    const lab = new Lab();
    const first = lab.container(Kind.list, "first");
    const second = lab.container(Kind.list, "second");
    const shared = lab.weak();
    const own = lab.weak();
    const pair = lab.heap.node("tuple", { kind: Kind.tuple, size: 56 });
    const inPair = lab.weak();
    lab.heap.edge(first, shared, "[0]").edge(second, shared, "[0]").edge(first, own, "[1]");
    lab.heap.edge(first, pair, "[2]").edge(pair, inPair, "[0]");
    const { analysis, found, holders } = lab.build();
    const piles = deadPiles(analysis, found, holders, 1).map(({ container, dead, entries, bytes }) => [
      container,
      dead.length,
      entries,
      bytes,
    ]);
    assert.deepEqual(piles, [
      [first, 3, 3, 80 + 56 + 80],
      [second, 1, 1, 0],
    ]);
    assert.deepEqual(
      deadPiles(analysis, found, holders, 2).map(({ container }) => container),
      [first],
    );
  });

  it("takes an object's attributes for no container, and what others refer to as well for no entry", () => {
    const lab = new Lab();
    const list = lab.container(Kind.list, "objects");
    const owner = lab.object("app.Node", list);
    const dict = lab.heap.node("dict", { kind: Kind.dict });
    lab.heap.edge(owner, dict, ".__dict__").edge(dict, lab.weak(), "['parent']");
    const known = lab.object("app.Known", list);
    for (let i = 0; i < 3; i++) lab.heap.edge(lab.object("app.User", list), known, ".known");
    lab.heap.edge(known, lab.weak(), ".parent");
    const { analysis, found, holders } = lab.build();
    const piles = deadPiles(analysis, found, holders, 1);
    assert.deepEqual(
      piles.map(({ container, dead }) => [container, dead.length]),
      [[list, 1]],
    );
  });
});

describe("weak references: the standard library's callbacks", () => {
  /** A WeakValueDictionary with one entry. */
  function weakValues(file = "/usr/lib/python3.11/weakref.py", name = "remove", iterating = false) {
    const lab = new Lab();
    const { heap } = lab;
    const list = lab.container(Kind.list, "nodes");
    const owner = lab.object("weakref.WeakValueDictionary", list, "[0]");
    const attributes = heap.node("dict", { kind: Kind.dict });
    const data = heap.node("dict", { kind: Kind.dict });
    const busy = heap.node("set", { kind: Kind.set });
    const remove = heap.node("function", {
      kind: Kind.function,
      text: `WeakValueDictionary.__init__.<locals>.${name}`,
      location: { file, line: 105, name },
    });
    const defaults = heap.node("tuple", { kind: Kind.tuple });
    const selfRef = lab.weak(owner);
    const referent = lab.object("app.Node", list, "[1]");
    const keyed = heap.node("weakref.KeyedRef", { size: 88 });
    heap.edge(owner, attributes, ".__dict__").edge(attributes, data, "['data']");
    heap.edge(attributes, remove, "['_remove']").edge(attributes, busy, "['_iterating']");
    heap.edge(remove, defaults, ".__defaults__").edge(defaults, selfRef, "[0]");
    heap.edge(data, keyed, "['hero']").edge(keyed, remove, ".__callback__");
    if (iterating) heap.edge(busy, referent);
    heap.weak(keyed, referent);
    const key = heap.node("str", { kind: Kind.str, text: "hero", tracked: false });
    heap.owned(data, key).owned(keyed, key, ".key");
    return { lab, list, owner, data, keyed, key, referent, selfReference: selfRef };
  }

  it("are recognised by file and name, with the dict whose entry goes", () => {
    const { lab, owner, data, keyed, key, referent, selfReference } = weakValues();
    const { graph, analysis, holders } = lab.build();
    const library = libraryCallback(graph, keyed);
    assert.deepEqual(library, { container: data, kind: "value-dict", owner, selfReference, deferred: false });
    const entry = libraryEntry(analysis, keyed, library);
    assert.equal(entry?.key, key);
    assert.equal(graph.columns.edgeTo[entry.edge], keyed);
    assert.equal(holders.nameOf(data), "module app.nodes[…]");
    const { clears } = weakrefsOf(new Session("", graph), graph.idText(referent));
    assert.deepEqual(
      clears.map(({ what, drops, runs }) => [what, drops?.key, runs]),
      [["drops the entry 'hero' of module app.nodes[…]", "'hero'", true]],
    );
  });

  it("wait for an iteration that is going on", () => {
    const { lab, keyed, referent } = weakValues(undefined, undefined, true);
    const { graph } = lab.build();
    assert.equal(libraryCallback(graph, keyed)?.deferred, true);
    const { clears } = weakrefsOf(new Session("", graph), graph.idText(referent));
    assert.match(clears[0].what, /when the iteration over it has ended$/);
  });

  it("drop nothing where their container is garbage too, for the weak reference to that is cleared first", () => {
    for (const isGarbage of [true, false]) {
      const { lab, list, owner, data, keyed, referent } = weakValues();
      lab.heap.ring(...(isGarbage ? [owner, referent] : [referent])).edge(list, data, "[2]");
      const { analysis } = lab.build();
      const wanted = isGarbage ? ["[0]", "[1]"] : ["[1]"];
      const cuts = wanted.flatMap((label) => findReferences(analysis.graph, { from: list, label }));
      const { later, eventsLater } = analysis.cutter.cut(cuts);
      assert.ok(later.includes(referent));
      assert.deepEqual([eventsLater.length, later.includes(keyed)], [1, !isGarbage]);
    }
  });

  it("are not what a program defines under other names or elsewhere", () => {
    for (const [file, name] of [
      ["/app/myweakref.py", "remove"],
      ["/usr/lib/python3.11/weakref.py", "other"],
    ]) {
      const { lab, keyed } = weakValues(file, name);
      assert.equal(libraryCallback(lab.build().graph, keyed), undefined, `${file} ${name}`);
    }
  });

  it("call nobody where the weak reference is garbage together with its object", () => {
    for (const sameCycle of [true, false]) {
      const lab = new Lab();
      const refs = lab.container(Kind.list, "refs");
      const callback = lab.heap.node("function", { kind: Kind.function, text: "note" });
      const one = lab.object();
      const two = lab.object();
      lab.heap.ring(one, two);
      const weakref = lab.weak(one);
      lab.heap.edge(sameCycle ? two : refs, weakref, sameCycle ? ".ref" : "[0]");
      lab.heap.edge(weakref, callback, ".__callback__").edge(refs, callback, "[1]");
      const { graph } = lab.build();
      const { garbage, clears } = weakrefsOf(new Session("", graph), graph.idText(one));
      assert.equal(garbage, true);
      assert.deepEqual(
        clears.map(({ runs }) => runs),
        [!sameCycle],
      );
    }
  });
});

describe("weak references: suspected to be stale", () => {
  /** A dict of weak references to objects by name; `renamed` are called otherwise by now. */
  function registry(names: readonly string[], renamed: Readonly<Record<string, string>>, type = "app.Actor") {
    const lab = new Lab();
    const { heap } = lab;
    const dict = lab.container(Kind.dict, "registry");
    const list = lab.container(Kind.list, "actors");
    const objects = names.map(() => lab.object(type, list));
    const dicts = names.map(() => heap.node("dict", { kind: Kind.dict }));
    names.forEach((name, i) => {
      heap.edge(objects[i], dicts[i], ".__dict__").edge(dict, lab.weak(objects[i]), `['${name}']`);
    });
    names.forEach((name, i) => {
      const text = heap.node("str", { kind: Kind.str, text: renamed[name] ?? name, tracked: false });
      heap.edge(dicts[i], text, "['name']");
    });
    const { analysis, found, holders } = lab.build();
    return { ...staleRegistries(analysis, found, holders), dict, objects };
  }

  it("are entries whose key differs from the attribute that gave all others theirs", () => {
    const names = ["a", "b", "c", "d", "e"];
    const { otherKey, severalKeys, dict, objects } = registry(names, { b: "z" });
    assert.deepEqual(
      otherKey.map(({ dict: where, attribute, fitting, entries }) => [
        where,
        attribute,
        fitting,
        entries.map(({ referent }) => referent),
      ]),
      [[dict, "name", 4, [objects[1]]]],
    );
    assert.deepEqual(severalKeys, []);
    assert.deepEqual(registry(names, {}).otherKey, [], "all are as they should be");
  });

  it("are none where too few show what the keys are, or half are otherwise", () => {
    assert.deepEqual(registry(["a", "b", "c"], { a: "z" }).otherKey, [], "two of three");
    assert.deepEqual(registry(["a", "b", "c", "d", "e", "f"], { a: "x", b: "y", c: "z" }).otherKey, [], "three of six");
    assert.equal(registry(["a", "b", "c", "d", "e"], { a: "y", b: "z" }).otherKey.length, 1, "three of five");
  });

  it("are objects under several keys; classes and an instance's attributes are not meant", () => {
    for (const kind of ["object", "class", "attributes"] as const) {
      const lab = new Lab();
      const list = lab.container(Kind.list, "things");
      const dict = kind === "attributes" ? lab.heap.node("dict", { kind: Kind.dict }) : lab.container(Kind.dict, "by");
      if (kind === "attributes") lab.heap.edge(lab.object("app.Holder", list), dict, ".__dict__");
      const thing = lab.heap.node(kind === "class" ? "type" : "app.Thing", {
        kind: kind === "class" ? Kind.type : Kind.instance,
      });
      lab.heap.edge(list, thing, "[0]");
      for (const key of ["old", "new"]) lab.heap.edge(dict, lab.weak(thing), `['${key}']`);
      const { analysis, found, holders } = lab.build();
      const { severalKeys } = staleRegistries(analysis, found, holders);
      assert.deepEqual(
        severalKeys.map(({ entries }) => entries.length),
        kind === "object" ? [2] : [],
        kind,
      );
    }
  });

  /** Objects in a container of that name, and others of the type that a list `world` holds. */
  function pool(name: string, used: number, shared = false) {
    const lab = new Lab();
    const container = lab.container(Kind.list, name);
    const world = lab.container(Kind.list, "world");
    const watching = lab.container(Kind.list, "watching");
    const pooled = lab.object("app.Actor", container);
    if (shared) lab.heap.edge(world, pooled, "[9]");
    for (let i = 0; i < used; i++) lab.object("app.Actor", world, `[${i}]`);
    lab.heap.edge(watching, lab.weak(pooled), "[0]");
    const { analysis, found, holders } = lab.build();
    return pooledObjects(analysis, found, holders).map(({ objects, inUse }) => [objects, inUse]);
  }

  it("are objects that only a pool holds, by its name", () => {
    for (const name of ["free_actors", "actorPool", "_recycled", "SPARE", "idle"]) {
      assert.deepEqual(pool(name, 3), [[1, 3]], name);
    }
    for (const name of ["actors", "freedom", "carpool_", "poolside"]) {
      assert.deepEqual(pool(name, 3), [], name);
    }
  });

  it("are not objects that something else holds too, nor those of a cache that holds all of the type", () => {
    assert.deepEqual(pool("free_actors", 3, true), []);
    assert.deepEqual(pool("actor_cache", 3), [[1, 3]]);
    assert.deepEqual(pool("actor_cache", 0), []);
  });
});
