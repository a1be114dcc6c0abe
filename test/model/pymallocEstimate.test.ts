import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { join } from "node:path";
import { HeapBuilder, type NodeOptions } from "../../src/heap/HeapBuilder.js";
import { HeapGraph } from "../../src/heap/HeapGraph.js";
import { Flag, Kind } from "../../src/heap/kinds.js";
import { Analysis } from "../../src/model/Analysis.js";
import { ArenaMap } from "../../src/model/pymalloc/ArenaMap.js";
import { estimatePymalloc } from "../../src/model/pymalloc/estimate.js";
import { Session } from "../../src/session/Session.js";
import { agentFolder, temporaryFolder } from "../formats/realSnapshot.js";
import { type Python, pythons } from "../rig/pythons.js";

// The interpreter's own data, which does not grow with the program.
const MOST_OUTSIDE = 50;

/** Objects of most sorts, of which some are dropped again. */
const PROGRAM = `
import sys
sys.path.insert(0, sys.argv[1])
import ouroboros_capture

class Node(object):
    def __init__(self, number):
        self.name = 'node %d' % number
        self.value = number + 0.5

class Slot(object):
    __slots__ = ('a', 'b')

NODES = [Node(i) for i in range(8000)]
LISTS = [[i, str(i)] for i in range(8000)]
DICTS = [{'a': i + 100000, 'b': (i, None)} for i in range(4000)]
SLOTS = [Slot() for i in range(4000)]
del NODES[::3], LISTS[::2]
ouroboros_capture.snapshot(sys.argv[2])
`;

async function capture(python: Python, env: Readonly<Record<string, string>> = {}): Promise<HeapGraph> {
  const name = `estimate-${python.name}-${Object.values(env).join("-")}.pyheapsnapshot`;
  const file = join(temporaryFolder(), name);
  execFileSync(python.path, ["-c", PROGRAM, agentFolder, file], {
    stdio: ["ignore", "ignore", "inherit"],
    env: { ...process.env, PYTHONDONTWRITEBYTECODE: "1", ...env },
  });
  return (await Session.open(file)).graph;
}

/** The arenas of a heap as they are estimated where the file has no record of them. */
function estimated(graph: HeapGraph): ArenaMap {
  return new Analysis(new HeapGraph({ ...graph, pymalloc: undefined })).arenas!;
}

const percent = (part: number, whole: number) => `${((100 * part) / whole).toFixed(1)} %`;

/** Compares the estimate with the allocator's records. Returns the figures in words. */
function compare(graph: HeapGraph): string {
  const exact = new ArenaMap(graph, graph.pymalloc!);
  const estimate = estimated(graph);
  assert.deepEqual([exact.pymalloc.exact, estimate.pymalloc.exact], [true, false]);
  for (const key of ["poolBytes", "arenaBytes", "alignment", "headerBytes", "debug"] as const)
    assert.equal(estimate.pymalloc[key], exact.pymalloc[key], key);
  const counts = { pools: 0, outside: 0, rightSize: 0, blocks: 0 };
  const found = new Set<number>();
  for (let pool = 0; pool < estimate.poolCount; pool++) {
    const used = estimate.pymalloc.poolUsed[pool];
    if (used === 0) continue;
    const address = estimate.poolAddress(pool);
    const real = exact.poolAt(address);
    counts.pools++;
    if (real < 0) {
      assert.equal(exact.arenaAt(address), -1, "in an arena, but in no pool of it");
      counts.outside++;
      continue;
    }
    assert.equal(exact.poolAddress(real), address);
    assert.ok(
      used <= exact.pymalloc.poolUsed[real],
      `${used} blocks where ${exact.pymalloc.poolUsed[real]} are in use`,
    );
    found.add(real);
    counts.blocks += used;
    if (estimate.blockBytes(pool) === exact.blockBytes(real)) counts.rightSize++;
  }
  const real = { pools: 0, withObjects: 0, blocks: 0 };
  for (let pool = 0; pool < exact.poolCount; pool++) {
    if (exact.pymalloc.poolUsed[pool] === 0) continue;
    real.pools++;
    real.blocks += exact.pymalloc.poolUsed[pool];
    if (exact.entryIsTable.subarray(exact.firstEntry[pool], exact.firstEntry[pool + 1]).includes(0)) real.withObjects++;
  }
  assert.ok(counts.outside <= MOST_OUTSIDE, `${counts.outside} of ${counts.pools} pools are none`);
  assert.ok(found.size >= 0.75 * real.pools, `${found.size} of ${real.pools} pools are found`);
  assert.ok(found.size >= 0.95 * real.withObjects, `${found.size} of ${real.withObjects} pools with objects are found`);
  assert.ok(counts.rightSize >= 0.9 * found.size, `${counts.rightSize} of ${found.size} have the right size class`);
  assert.ok(counts.blocks >= 0.7 * real.blocks, `${counts.blocks} of ${real.blocks} blocks are found`);
  return (
    `${percent(found.size, real.pools)} of pools (${percent(found.size, real.withObjects)} of those with objects), ` +
    `${percent(counts.rightSize, found.size)} with their size class, ${percent(counts.blocks, real.blocks)} of blocks; ` +
    `${estimate.arenaCount} arenas for ${exact.arenaCount}, ${counts.outside} pools that are none`
  );
}

describe("arenas estimated from addresses", () => {
  for (const python of pythons()) {
    it(`CPython ${python.name}: pools are real ones, blocks no more than there are`, async function () {
      this.test!.title += `: ${compare(await capture(python))}`;
    });
  }

  const newest = pythons().at(-1)!;

  it(`CPython ${newest.name} with debug hooks: the same`, async function () {
    const graph = await capture(newest, { PYTHONMALLOC: "debug" });
    assert.equal(graph.pymalloc!.debug, true);
    this.test!.title += `: ${compare(graph)}`;
  });

  it("are null where small blocks come from malloc, and in V8", async () => {
    const graph = await capture(newest, { PYTHONMALLOC: "malloc" });
    assert.equal(graph.info.allocator?.allocator, "malloc");
    assert.equal(new Analysis(graph).arenas, null);
    assert.equal(new Analysis(new HeapBuilder([0, 0, 0], { runtime: "v8" }).build()).arenas, null);
  });
});

const START = 0x7f0000000000;

/** What is estimated of objects at these distances from a pool's first block: [block size, blocks]. */
function pool(
  version: readonly [number, number, number],
  type: string,
  at: number[],
  options: NodeOptions,
): number[][] {
  const heap = new HeapBuilder(version);
  for (const distance of at) heap.node(type, { id: START + 48 + distance, ...options });
  const graph = heap.build();
  const map = new ArenaMap(graph, estimatePymalloc(graph));
  return Array.from(map.pymalloc.poolUsed, (used, i) => [map.blockBytes(i), used]).filter(([, used]) => used > 0);
}

describe("arenas estimated from addresses: the size of blocks", () => {
  const untracked = { tracked: false, kind: Kind.str };

  it("goes up by 8 where objects begin at odd multiples of 8", () => {
    assert.deepEqual(pool([3, 6, 0], "str", [0, 40, 120], { ...untracked, size: 37 }), [[40, 3]]);
    assert.deepEqual(pool([3, 6, 0], "str", [0, 48, 144], { ...untracked, size: 37 }), [[48, 3]]);
  });

  it("takes in headers before the object: the collector's, the attributes'", () => {
    assert.deepEqual(pool([3, 7, 0], "N", [32, 32 + 2 * 96], { size: 96 }), [[96, 2]]);
    assert.deepEqual(pool([3, 8, 0], "N", [16, 16 + 2 * 96], { size: 96 }), [[96, 2]]);
    const heapType = { size: 96, flags: Flag.heapType };
    assert.deepEqual(pool([3, 11, 0], "N", [32, 32 + 2 * 96, 16 + 96], heapType), [[96, 3]]);
    assert.deepEqual(pool([3, 12, 0], "N", [32, 32 + 2 * 96], { size: 96 }), [[16, 2]]);
    assert.deepEqual(pool([3, 10, 0], "N", [32, 32 + 2 * 96], heapType), [[16, 2]]);
  });

  it("is that of the object, not of its tables", () => {
    const lists = { kind: Kind.list, size: 700 };
    assert.deepEqual(pool([3, 12, 0], "list", [16, 16 + 64, 16 + 192], lists), [[64, 3]]);
  });

  it("is none where objects don't lie as in a pool, or that of no allocator's", () => {
    const size = { ...untracked, size: 48 };
    assert.deepEqual(pool([3, 12, 0], "str", [0, 56, 128], size), []);
    assert.deepEqual(pool([3, 12, 0], "str", [-48, 0], size), []);
    assert.deepEqual(pool([3, 12, 0], "str", [0, 16 * 5, 16 * 11], size), []);
    assert.deepEqual(pool([3, 12, 0], "str", [0], { ...size, size: 513 }), []);
    assert.deepEqual(pool([3, 12, 0], "str", [0], { ...size, flags: Flag.immortal }), []);
    assert.deepEqual(pool([3, 12, 0], "str", [0], { ...size, flags: Flag.synthetic }), []);
    assert.deepEqual(pool([3, 12, 0], "type", [0], { ...size, kind: Kind.type }), []);
    assert.deepEqual(pool([3, 12, 0], "NoneType", [0], { ...size, kind: Kind.none }), []);
    assert.deepEqual(pool([2, 7, 18], "int", [0, 24, 48], { ...size, kind: Kind.number, size: 24 }), []);
    assert.deepEqual(pool([3, 12, 0], "str", [], size), []);
    assert.deepEqual(pool([3, 12, 0], "str", [0, 48], size), [[48, 2]]);
  });

  it("has no more blocks than there is room for, in pools and arenas of the version", () => {
    const many = Array.from({ length: 300 }, (_, i) => 512 * i);
    const size = { ...untracked, size: 512 };
    const heap = new HeapBuilder([3, 9, 0]);
    for (const distance of many) heap.node("str", { id: START + 48 + distance, ...size });
    const small = estimatePymalloc(heap.build());
    assert.deepEqual([small.poolBytes, small.arenaBytes, small.firstPool.length], [4096, 1 << 18, 2]);
    assert.ok(small.poolUsed.every((used) => used <= 7));
    const large = pool([3, 10, 0], "str", many.slice(0, 31), size);
    assert.deepEqual(large, [[512, 31]]);
  });
});
