import assert from "node:assert/strict";
import { HeapBuilder } from "../../src/heap/HeapBuilder.js";
import type { HeapGraph, NodeIndex } from "../../src/heap/HeapGraph.js";
import { Kind } from "../../src/heap/kinds.js";
import { PictureRequestError } from "../../src/picture/errors.js";
import { MAX_ARROWS } from "../../src/picture/extract.js";
import type { PictureRequest } from "../../src/picture/Picture.js";
import { EXPANSION_STEP, MAX_OBJECTS } from "../../src/picture/Selection.js";
import type { Sketch } from "../../src/picture/sketch.js";
import { picture } from "../../src/session/queries/picture.js";
import { UnknownObjectError } from "../../src/session/Session.js";
import { sourceOf, tangle } from "./heaps.js";
import { demoSession, expansionsFor, requestOf, sketched } from "./requests.js";

const idOf = (node: NodeIndex) => `0x${(0x1000 + 16 * node).toString(16)}`;
const object = (node: NodeIndex) => ({ kind: "object", id: idOf(node) }) as const;
const objects = ({ boxes }: Sketch) => boxes.filter(({ kind }) => kind === "object").map(({ id }) => id);
const more = ({ boxes }: Sketch) => boxes.filter(({ kind }) => kind === "more");

/** A root that holds a list of so many items. */
function listOf(count: number, typeOf: (i: number) => string = () => "Item"): HeapGraph {
  const heap = new HeapBuilder();
  const owner = heap.node("Owner", { outside: 1 });
  const list = heap.node("list", { kind: Kind.list });
  heap.edge(owner, list, ".items");
  const items = Array.from({ length: count }, (_, i) => heap.node(typeOf(i)));
  // Lists are traversed backwards.
  for (let i = count - 1; i >= 0; i--) heap.edge(list, items[i], `[${i}]`);
  return heap.root("module app", owner).build();
}

function ringOf(count: number): HeapGraph {
  const heap = new HeapBuilder();
  heap.ring(...Array.from({ length: count }, () => heap.node("Node")));
  return heap.build();
}

describe("what a picture starts with", () => {
  it("is one cycle of a family, and nothing else", () => {
    const heap = new HeapBuilder();
    const rings = [0, 1].map(() => {
      const ring = [heap.node("A"), heap.node("B"), heap.node("C")];
      heap.ring(...ring).edge(ring[0], heap.node("Payload"), ".payload");
      return ring.map(idOf);
    });
    const session = sourceOf(heap.build());
    assert.equal(session.analysis.families.length, 1);
    const drawn = [0, 1].map((cycle) => sketched(session, { seed: { kind: "family", family: 0, cycle } }));
    assert.deepEqual(drawn.map((each) => objects(each).sort()).sort(), rings);
    assert.match(drawn[1].title, /^Cycle of [ABC], 2 of 2$/);
    for (const { boxes, arrows } of drawn) {
      assert.ok(boxes.every(({ inCycle, garbage }) => inCycle && garbage));
      assert.equal(arrows.filter(({ inCycle }) => inCycle).length, 3);
      assert.equal(
        boxes.reduce((sum, { hidden }) => sum + hidden.referents, 0),
        1,
      );
    }
  });

  it("is a part of a large cycle, closed, with a note that says so", () => {
    const { boxes, arrows, notes } = sketched(sourceOf(tangle(400, 700)));
    assert.ok(boxes.length >= 40 && boxes.length <= 100);
    assert.ok(boxes.every(({ inCycle }) => inCycle));
    assert.deepEqual(notes, [`Drawn: ${boxes.length} of the 400 objects of this cycle.`]);
    const more = sketched(sourceOf(tangle(400, 700)), {
      expanded: boxes.map(({ id }) => ({ id, direction: "referents" })),
    });
    const members = more.boxes.filter(({ kind, inCycle }) => kind === "object" && inCycle);
    assert.ok(members.length > boxes.length);
    assert.deepEqual(more.notes, [`Drawn: ${members.length} of the 400 objects of this cycle.`]);
    const followed = new Set([boxes[0].key]);
    for (const at of followed) for (const { from, to } of arrows) if (from === at) followed.add(to);
    assert.ok(
      arrows.some(({ from, to }) => to === boxes[0].key && followed.has(from)),
      "no way back is drawn",
    );
  });

  it("is the two ends of a ring that is too long", () => {
    const { boxes, notes } = sketched(sourceOf(ringOf(2000)));
    assert.equal(boxes.length, 40);
    assert.match(notes[0], /40 of the 2,000 objects/);
    assert.match(notes[1], /2,000 objects, of which the two ends are drawn/);
    assert.equal(sketched(sourceOf(ringOf(100))).boxes.length, 100);
  });

  it("is the evidence of a finding", async () => {
    const session = await demoSession();
    const { findings, graph } = session;
    const of = (rule: string) => findings.findIndex((finding) => finding.rule === rule);
    const cycle = sketched(session, { seed: { kind: "finding", finding: of("closure-cycle") } });
    assert.ok(cycle.boxes.length > 1 && cycle.boxes.every(({ inCycle }) => inCycle));
    const finding = of("unbounded-cache");
    const cache = sketched(session, { seed: { kind: "finding", finding } });
    const path = findings[finding].path.map(({ node }) => graph.idText(node));
    assert.deepEqual(
      cache.boxes.filter(({ onPath }) => onPath).map(({ id }) => id),
      path,
    );
    assert.equal(cache.arrows.filter(({ onPath }) => onPath).length, path.length - 1);
    assert.equal(more(cache)[0].id, path.at(-1), "the entries of the cache are not drawn");
  });

  it("is an object with its neighbours", () => {
    const heap = new HeapBuilder();
    const [above, middle, below, far] = ["Above", "Middle", "Below", "Far"].map((type) => heap.node(type));
    heap.edge(above, middle, ".a").edge(middle, below, ".b").edge(below, far, ".c");
    const { title, boxes, arrows } = sketched(sourceOf(heap.build()), { seed: object(middle) });
    assert.equal(title, "Around Middle");
    assert.deepEqual(boxes.map(({ id }) => id).sort(), [above, middle, below].map(idOf));
    assert.deepEqual(
      arrows
        .map(({ labels }) => labels)
        .flat()
        .sort(),
      [".a", ".b"],
    );
  });

  it("is a shortest path from a root, marked", () => {
    const heap = new HeapBuilder();
    const [root, a, b, target, detour] = ["Root", "A", "B", "Target", "Detour"].map((type) =>
      heap.node(type, { outside: type === "Root" ? 1 : 0 }),
    );
    heap.edge(root, a).edge(a, b).edge(b, target).edge(b, detour).edge(detour, target).root("module app", root);
    const session = sourceOf(heap.build());
    const { title, boxes, arrows } = sketched(session, { seed: { kind: "path", id: idOf(target) } });
    assert.equal(title, "What keeps Target alive");
    assert.deepEqual(
      boxes.map(({ id, onPath }) => [id, onPath]),
      [root, a, b, target].map((node) => [idOf(node), true]),
    );
    assert.match(boxes[0].root, /module app/);
    assert.deepEqual(
      arrows.map(({ onPath }) => onPath),
      [true, true, true],
    );
  });

  it("is the ring that keeps garbage", () => {
    const { title, boxes, arrows } = sketched(sourceOf(ringOf(4)), { seed: { kind: "path", id: idOf(2) } });
    assert.match(title, /garbage/);
    assert.equal(boxes.length, 4);
    assert.equal(arrows.filter(({ onPath, inCycle }) => onPath && inCycle).length, 4);
  });

  it("is the two ends of a long path, with a note", () => {
    const heap = new HeapBuilder();
    const chain = Array.from({ length: 1000 }, () => heap.node("Link"));
    for (let i = 1; i < chain.length; i++) heap.edge(chain[i - 1], chain[i], ".next");
    const session = sourceOf(heap.root("module app", chain[0]).build());
    const { boxes, arrows, notes } = sketched(session, { seed: { kind: "path", id: idOf(999) } });
    assert.equal(boxes.length, 100);
    assert.equal(arrows.length, 98);
    assert.match(notes[0], /900 objects in its middle/);
  });
});

describe("an expansion", () => {
  it("adds the next few neighbours each time, and a box for what is left", () => {
    const session = sourceOf(listOf(30));
    const items = (times: number) => {
      const expanded = Array.from({ length: times }, () => ({ id: idOf(1), direction: "referents" as const }));
      const drawn = sketched(session, { seed: { kind: "path", id: idOf(1) }, expanded });
      return { ids: objects(drawn).slice(2), left: more(drawn).map(({ lines }) => lines), drawn };
    };
    const ids = Array.from({ length: 30 }, (_, i) => idOf(i + 2));
    assert.deepEqual(items(0).ids, []);
    assert.deepEqual(items(1).ids, ids.slice(0, EXPANSION_STEP), "from the list's start on");
    assert.deepEqual(items(1).left, [["+ 20 referents", "20 Item"]]);
    assert.deepEqual(items(2).ids, ids.slice(0, 2 * EXPANSION_STEP));
    assert.deepEqual(items(2).left, [["+ 10 referents", "10 Item"]]);
    assert.deepEqual(items(3).ids, ids);
    assert.deepEqual(items(3).left, []);
    assert.deepEqual(items(4).drawn, items(3).drawn);
  });

  it("tells the commonest types of what is left", () => {
    const session = sourceOf(listOf(40, (i) => (i < 8 ? "First" : i < 28 ? "Page" : i < 38 ? "Row" : "Rare")));
    const [box] = more(sketched(session, { seed: object(1) }));
    assert.deepEqual(box.lines, ["+ 32 referents", "20 Page, 10 Row, …"]);
    assert.equal(box.direction, "referents");
  });

  it("adds what refers to an object, each once", () => {
    const heap = new HeapBuilder();
    const target = heap.node("Target");
    for (let i = 0; i < 13; i++) {
      const holder = heap.node("Holder", { outside: 1 });
      heap.edge(holder, target, ".a").edge(holder, target, ".b");
    }
    const session = sourceOf(heap.build());
    const [box] = more(sketched(session, { seed: object(target) }));
    assert.deepEqual(box.lines, ["+ 5 referrers", "5 Holder"]);
    const expanded = [{ id: idOf(target), direction: "referrers" as const }];
    const all = sketched(session, { seed: object(target), expanded });
    assert.equal(objects(all).length, 14);
    assert.equal(
      all.arrows.reduce((sum, { count }) => sum + count, 0),
      26,
    );
  });

  it("stops at the largest number of objects, with a note", () => {
    const session = sourceOf(listOf(700));
    const expanded = Array.from({ length: 60 }, () => ({ id: idOf(1), direction: "referents" as const }));
    const some = { seed: object(1), expanded };
    const drawn = sketched(session, some);
    assert.equal(objects(drawn).length, MAX_OBJECTS);
    assert.match(drawn.notes.join(), /at most 500 objects/);
    assert.match(more(drawn)[0].lines[0], /^\+ 202 referents$/);
    // There is still room for a path.
    const { boxes } = sketched(session, { ...some, pathTo: idOf(701) });
    assert.ok(boxes.filter(({ kind }) => kind === "object").length <= MAX_OBJECTS);
    assert.ok(boxes.some(({ id, onPath }) => id === idOf(701) && onPath));
  });
});

describe("a path beside the seed", () => {
  it("is drawn and marked, and changes nothing about the rest", () => {
    const session = sourceOf(listOf(30));
    const seed = object(5);
    const before = sketched(session, { seed });
    const after = sketched(session, { seed, pathTo: idOf(20) });
    assert.deepEqual(objects(after), [...new Set([...objects(before), idOf(0), idOf(1), idOf(20)])]);
    assert.deepEqual(
      after.boxes
        .filter(({ onPath }) => onPath)
        .map(({ id }) => id)
        .sort(),
      [0, 1, 20].map(idOf),
    );
    const marked = after.arrows.flatMap(({ onPath, key }) => (onPath ? [key] : [])).sort();
    assert.deepEqual(marked, [`${idOf(0)}>${idOf(1)}`, `${idOf(1)}>${idOf(20)}`]);
  });
});

describe("a request that does not fit", () => {
  const session = sourceOf(ringOf(3));
  const refused = (some: Partial<PictureRequest>, error: typeof PictureRequestError | typeof UnknownObjectError) =>
    assert.throws(
      () => sketched(session, some),
      (thrown) => thrown instanceof error,
      JSON.stringify(some),
    );

  it("is refused with advice", () => {
    for (const family of [1, -1, 0.5, NaN])
      refused({ seed: { kind: "family", family, cycle: 0 } }, PictureRequestError);
    for (const cycle of [1, -1, NaN]) refused({ seed: { kind: "family", family: 0, cycle } }, PictureRequestError);
    for (const finding of [99, -1]) refused({ seed: { kind: "finding", finding } }, PictureRequestError);
    refused({ seed: { kind: "all" } as never }, PictureRequestError);
    refused({ expanded: [{ id: idOf(0), direction: "sideways" as never }] }, PictureRequestError);
    for (const id of ["0x1", "", "Node", "0x1008"]) {
      refused({ seed: { kind: "object", id } }, UnknownObjectError);
      refused({ seed: { kind: "path", id } }, UnknownObjectError);
      refused({ expanded: [{ id, direction: "referents" }] }, UnknownObjectError);
      refused({ pathTo: id }, UnknownObjectError);
    }
  });

  it("is refused where its font is none", async () => {
    for (const charWidth of [0, -1, NaN, Infinity, 1e6])
      await assert.rejects(picture(session, requestOf({ font: { charWidth, lineHeight: 16 } })), PictureRequestError);
  });
});

describe("too many arrows", () => {
  it("are left out, those of the path and the cycle last, with a note", () => {
    const heap = new HeapBuilder();
    const members = Array.from({ length: 45 }, () => heap.node("Node"));
    for (const from of members) for (const to of members) if (from !== to) heap.edge(from, to, ".other");
    const holder = heap.node("Holder");
    for (const member of members) heap.edge(holder, member, ".held");
    const session = sourceOf(heap.build());
    const expanded = [...expansionsFor(session, 45), { id: idOf(0), direction: "referrers" as const }];
    const { arrows, notes } = sketched(session, { expanded, pathTo: idOf(7) });
    const drawn = arrows.filter(({ labels }) => labels.length > 0);
    assert.equal(drawn.length, MAX_ARROWS);
    assert.ok(notes.includes("Drawn: 1,500 of 2,025 arrows."), notes.join());
    assert.ok(drawn.every(({ inCycle }) => inCycle));
    assert.equal(drawn.filter(({ onPath }) => onPath).length, 2);
  });
});
