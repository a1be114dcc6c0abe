import assert from "node:assert/strict";
import { HeapBuilder } from "../../src/heap/HeapBuilder.js";
import type { NodeIndex } from "../../src/heap/HeapGraph.js";
import { Flag, Kind } from "../../src/heap/kinds.js";
import { Analysis } from "../../src/model/Analysis.js";
import type { ArenaMap } from "../../src/model/pymalloc/ArenaMap.js";
import { leastArenas } from "../../src/model/pymalloc/packing.js";
import { nearlyEmptyArenas, pinsOf } from "../../src/model/pymalloc/pins.js";
import { emptiedBy, emptyArenas, keptEmpty, lingeringOf, suggestRelease } from "../../src/model/pymalloc/release.js";
import { HandMadeArenas, HEADER, POOL_BYTES, program, START } from "./handMadeArenas.js";

const EXTRA_PAGE = 0x800;

function mapOf(heap: HeapBuilder, records: HandMadeArenas): ArenaMap {
  const analysis = new Analysis(heap.arenas(records.build()).build());
  return analysis.arenas!;
}

/** What the entries of a pool are: [node, block, is a table]. */
function entries(map: ArenaMap, pool: number): unknown[] {
  const from = map.firstEntry[pool];
  return Array.from({ length: map.firstEntry[pool + 1] - from }, (_, i) => [
    map.entryNode[from + i],
    map.entryAt[from + i],
    map.entryIsTable[from + i] === 1,
  ]);
}

describe("arenas: from an address to its block", () => {
  it("pools of an arena that begins off a page begin at the next one, and are one less", () => {
    const records = new HandMadeArenas();
    records.arena(START + EXTRA_PAGE);
    records.arena(START + 0x10000);
    const map = mapOf(new HeapBuilder(), records);
    assert.deepEqual([...map.pymalloc.firstPool], [0, 3, 7]);
    assert.deepEqual([...map.poolArena], [0, 0, 0, 1, 1, 1, 1]);
    const first = START + POOL_BYTES;
    assert.deepEqual(
      [0, 1, 2, 3, 6].map((pool) => map.poolAddress(pool) - START),
      [0x1000, 0x2000, 0x3000, 0x10000, 0x13000],
    );
    const pools = [first - 1, first, first + POOL_BYTES - 1, first + POOL_BYTES, first + 3 * POOL_BYTES - 1];
    assert.deepEqual(
      pools.map((address) => map.poolAt(address)),
      [-1, 0, 0, 1, 2],
    );
    // Behind the last pool of the first arena, and beyond its end.
    assert.deepEqual(
      [first + 3 * POOL_BYTES, START + 0x4800].map((address) => map.poolAt(address)),
      [-1, -1],
    );
    assert.deepEqual(
      [
        START,
        START + 0x7ff,
        START + 0x800,
        START + 0x47ff,
        START + 0x4800,
        START + 0x10000,
        START + 0x14000,
        NaN,
        0,
      ].map((address) => map.arenaAt(address)),
      [-1, -1, 0, 0, -1, 1, -1, -1, -1],
    );
  });

  it("an address in the header, behind the last block, in no pool or in one without blocks belongs to no block", () => {
    const heap = new HeapBuilder();
    const at = (id: number) => heap.node("N", { id, outside: 1 });
    const records = new HandMadeArenas();
    const arena = records.arena();
    // Of 304 bytes 13 have room, and 96 bytes are left.
    const [block] = Array.from({ length: 13 }, () => records.block(arena, 304));
    at(START);
    at(block - 1);
    const [first, inside] = [at(block), at(block + 304 + 303)];
    const last = at(block + 12 * 304);
    at(block + 13 * 304);
    at(START + POOL_BYTES + HEADER);
    at(START - 64);
    at(START + records.arenaBytes + HEADER);
    const map = mapOf(heap, records);
    assert.deepEqual([map.room(0), map.blockBytes(0), map.room(1), map.blockBytes(1)], [13, 304, 0, 0]);
    const found = [first, inside, last].map((node, i) => [node, [0, 1, 12][i], false]);
    assert.deepEqual(entries(map, 0), found);
    assert.equal(map.entryNode.length, 3);
    assert.equal(map.unexplained(0), 10);
    assert.deepEqual(map.entriesOf(0), [0, 3]);
  });

  it("one block is one entry: the object's before a table's, of two the first", () => {
    const heap = new HeapBuilder();
    const records = new HandMadeArenas();
    const arena = records.arena();
    const [a, b, c] = [0, 1, 2].map(() => records.block(arena));
    const owner = heap.node("N", { id: a, outside: 1 });
    const inBlock = heap.node("N", { id: b + 32, outside: 1 });
    heap.node("N", { id: b + 48, outside: 1 });
    const other = heap.node("N", { outside: 1 });
    records.tableAt(owner, b);
    records.tableAt(other, c + 8);
    records.tableAt(owner, c);
    records.tableAt(owner, a);
    records.tableAt(owner, 0x10);
    const map = mapOf(heap, records);
    assert.deepEqual(entries(map, 0), [
      [owner, 0, false],
      [inBlock, 1, false],
      [other, 2, true],
    ]);
    assert.equal(map.unexplained(0), 0);
  });

  it("objects that were made after the pools were read leave no less than nothing unexplained", () => {
    const heap = new HeapBuilder();
    const records = new HandMadeArenas();
    const block = records.block(records.arena());
    heap.node("N", { id: block, outside: 1 });
    heap.node("N", { id: block + 64, outside: 1 });
    const map = mapOf(heap, records);
    assert.equal(map.entryNode.length, 2);
    assert.equal(map.unexplained(0), 0);
  });

  it("counts pools and blocks of an arena", () => {
    const records = new HandMadeArenas();
    const arena = records.arena();
    for (let i = 0; i < 13; i++) records.block(arena, 304);
    records.block(arena, 512);
    const map = mapOf(new HeapBuilder(), records);
    const expected = { freePools: 2, partialPools: 1, fullPools: 1, blocks: 14, bytesInUse: 13 * 304 + 512 };
    assert.deepEqual(map.counts(arena), expected);
  });
});

/**
 * A module with a list of records, each of two objects, which the caller places. Then a variable's value,
 * and a ring that is garbage.
 */
function scene(place: (records: HandMadeArenas) => readonly number[]) {
  const records = new HandMadeArenas();
  const ids = place(records);
  const { heap, globals } = program();
  const list = heap.node("list", { kind: Kind.list });
  heap.edge(globals, list, "['KEPT']");
  const nodes: NodeIndex[] = [];
  const node = (name: string, options = {}) => {
    const made = heap.node(name, { id: ids[nodes.length], ...options });
    nodes.push(made);
    return made;
  };
  for (let i = 0; i < 2; i++) {
    const [record, detail] = [node("Record"), node("Detail")];
    heap.edge(list, record, `[${i}]`).edge(record, detail, ".detail");
  }
  heap.edge(globals, node("Setting"), "['SETTING']");
  const ring = node("Ring");
  heap.edge(ring, ring, ".self");
  return { heap, records, nodes };
}

describe("arenas: what holds one", () => {
  const setting = 4;
  const ring = 5;

  it("units with their blocks here, most bytes first, and of what sort they are", () => {
    const { heap, records, nodes } = scene((r) => {
      const [a, b] = [r.arena(), r.arena()];
      // A record and its detail, a detail alone, of another size, and something of each other sort.
      return [r.block(a), r.block(a), r.block(b), r.block(a, 304), r.block(a, 16), r.block(a, 32)];
    });
    records.table(nodes[0], 0, 64);
    records.block(0, 64);
    const analysis = new Analysis(heap.arenas(records.build()).build());
    const { pins, unexplained } = pinsOf(analysis.arenas!, analysis.units, 0);
    assert.deepEqual(pins, [
      { unit: nodes[2], sort: "entry", blocks: 1, bytes: 304 },
      { unit: nodes[0], sort: "entry", blocks: 3, bytes: 192 },
      { unit: nodes[ring], sort: "garbage", blocks: 1, bytes: 32 },
      { unit: nodes[setting], sort: "structure", blocks: 1, bytes: 16 },
    ]);
    assert.equal(unexplained, 1);
  });

  it("nearly empty are those in use up to the share, and not empty ones", () => {
    const { heap, records } = scene((r) => {
      const [a, b] = [r.arena(), r.arena()];
      r.arena();
      return [r.block(a, 512), r.block(b, 512), r.block(b, 512)];
    });
    const analysis = new Analysis(heap.arenas(records.build()).build());
    const found = (limit: number) =>
      nearlyEmptyArenas(analysis.arenas!, analysis.units, limit).map(({ arena }) => arena);
    assert.deepEqual(found(512 / records.arenaBytes), [0]);
    assert.deepEqual(found(511 / records.arenaBytes), []);
    assert.deepEqual(found(1024 / records.arenaBytes), [0, 1]);
    assert.equal(emptyArenas(analysis.arenas!), 1);
  });

  it("a release tells apart what entries hold, what structure does, and what nothing explains", () => {
    const { heap, records, nodes } = scene((r) => {
      const [a, b, c, d, e] = [0, 1, 2, 3, 4].map(() => r.arena());
      r.block(d);
      // Arena 0: both records; 1: the second; 2: the variable; 3: the first and no one's; 4: garbage.
      return [r.block(a), r.block(d), r.block(a), r.block(b), r.block(c), r.block(e)];
    });
    const analysis = new Analysis(heap.arenas(records.build()).build());
    const pinned = nearlyEmptyArenas(analysis.arenas!, analysis.units, 1);
    assert.deepEqual(suggestRelease(pinned), {
      steps: [
        { units: [nodes[2]], arenas: [1] },
        { units: [nodes[0]], arenas: [0] },
      ],
      isBest: true,
      heldByUnexplained: 1,
      heldByStructure: 1,
    });
  });

  it("what goes empties arenas: for sure, or unless somebody unknown has the rest", () => {
    const { heap, records, nodes } = scene((r) => {
      const [a, b, c] = [0, 1, 2, 3].map(() => r.arena());
      r.block(c);
      return [r.block(a), r.block(a), r.block(b), r.block(c), r.block(b)];
    });
    const map = mapOf(heap, records);
    const gone = (...which: number[]) => emptiedBy(map, (node) => which.some((i) => nodes[i] === node));
    assert.deepEqual(gone(0), { sure: [], unsure: [] });
    assert.deepEqual(gone(0, 1), { sure: [0], unsure: [] });
    assert.deepEqual(gone(0, 1, 2, 3), { sure: [0], unsure: [2] });
    assert.deepEqual(gone(2, 3, setting), { sure: [1], unsure: [2] });
  });

  it("in 2.7 the first 80 lists and dicts to die may stay on free lists, and then their arenas", () => {
    const records = new HandMadeArenas();
    const [first, second] = [records.arena(), records.arena()];
    const build = (version: [number, number, number]) => {
      const heap = new HeapBuilder(version);
      const put = (arena: number, kind: Kind, flags = 0) =>
        heap.node(kind === Kind.list ? "list" : "dict", { id: records.block(arena), kind, flags });
      const own = put(first, Kind.list, Flag.heapType);
      const dict = put(first, Kind.dict);
      const lists = Array.from({ length: 82 }, () => put(second, Kind.list));
      return { graph: heap.build(), own, dict, lists };
    };
    const { graph, own, dict, lists } = build([2, 7, 18]);
    const dead = Uint32Array.of(lists[81], own, ...lists.slice(0, 80));
    assert.deepEqual([...lingeringOf(graph, dead, Uint32Array.of(dict))], [lists[81], ...lists.slice(0, 79), dict]);
    assert.equal(lingeringOf(build([3, 6, 15]).graph, dead).size, 0);
  });

  it("what may stay on a free list empties an arena perhaps", () => {
    const { heap, records, nodes } = scene((r) => {
      const [a, b] = [r.arena(), r.arena()];
      return [r.block(a), r.block(b), r.block(b)];
    });
    const map = mapOf(heap, records);
    const emptied = emptiedBy(map, (node) => nodes.includes(node), new Set([nodes[2]]));
    assert.deepEqual(emptied, { sure: [0], unsure: [1] });
  });

  it("one empty arena is kept from 3.9 on, but not a second one", () => {
    const records = new HandMadeArenas();
    records.block(records.arena());
    const map = mapOf(new HeapBuilder(), records);
    const versions = [
      [2, 7, 18],
      [3, 8, 18],
      [3, 9, 0],
      [3, 13, 0],
      [4, 0, 0],
    ] as const;
    assert.deepEqual(
      versions.map((version) => keptEmpty(version, map, 2)),
      [0, 0, 1, 1, 1],
    );
    assert.equal(keptEmpty([3, 12, 0], map, 0), 0);
    records.arena();
    assert.equal(keptEmpty([3, 12, 0], mapOf(new HeapBuilder(), records), 2), 0);
  });

  it("packed by size class, blocks that stay need fewer pools, and these fewer arenas", () => {
    /** Blocks of 304 bytes, of which a pool has 13, and one of each other size, by arena. */
    const least = (isGone: boolean, ...arenas: [count: number, ...others: number[]][]) => {
      const [heap, records] = [new HeapBuilder(), new HandMadeArenas()];
      for (const [count, ...others] of arenas) {
        const arena = records.arena();
        for (let i = 0; i < count; i++) heap.node("N", { id: records.block(arena, 304), outside: 1 });
        for (const size of others) records.block(arena, size);
      }
      return leastArenas(mapOf(heap, records), () => isGone);
    };
    assert.equal(least(false), 0);
    assert.equal(least(false, [0]), 0);
    assert.equal(least(false, [13], [12], [1]), 1);
    assert.equal(least(false, [13], [13], [13], [13]), 1);
    assert.equal(least(false, [13], [13], [13], [13], [1]), 2);
    assert.equal(least(false, [0, 16, 32], [0, 48, 64]), 1);
    assert.equal(least(false, [0, 16, 32], [0, 48, 64], [0, 80]), 2);
    assert.equal(least(false, [52], [1, 16, 32, 48]), 2);
    assert.equal(least(true, [52], [1, 16, 32, 48]), 1);
    assert.equal(least(true, [52], [1]), 0);
  });
});
