import assert from "node:assert/strict";
import type { HeapGraph } from "../../src/heap/HeapGraph.js";
import { SnapshotError } from "../../src/formats/errors.js";
import { ArenaMap } from "../../src/model/pymalloc/ArenaMap.js";
import { jsonPieces } from "../../src/cli/output.js";
import { arenas } from "../../src/session/queries/arenas.js";
import { Session } from "../../src/session/Session.js";
import { seeded } from "../rig/seeded.js";
import { ARENAS, arenaSnapshot, ELSEWHERE, POOLS, SIZES } from "./arenaSnapshot.js";
import { read, refusal } from "./damage.js";
import { addressOf, type Draft, smallSnapshot, snapshotBytes, withMeta } from "./writeSnapshot.js";

const SEED = Number(process.env["OUROBOROS_SEED"] ?? 20260711);
const BENDS = 250;
const NAMES = ["arenas/address", "arenas/pools", "arenas/untouched", "pools/class", "pools/used"];
const TABLES = ["tables/owner", "tables/block"];

async function refused(draft: Draft, message: RegExp): Promise<void> {
  const error = await refusal(snapshotBytes(draft));
  assert.equal(error.code, "corrupt", error.message);
  assert.match(error.message, message);
}

function without(draft: Draft, ...names: readonly string[]): Draft {
  for (const name of names) draft.columns.delete(name);
  return draft;
}

/** What holds in any heap with arenas that is read. */
function checkConsistent(graph: HeapGraph): void {
  const map = new ArenaMap(graph, graph.pymalloc!);
  const { poolUsed, firstPool, untouched } = map.pymalloc;
  assert.equal(map.firstEntry[map.poolCount], map.entryNode.length);
  for (let arena = 0; arena < map.arenaCount; arena++) {
    assert.ok(untouched[arena] <= firstPool[arena + 1] - firstPool[arena]);
  }
  for (let pool = 0; pool < map.poolCount; pool++) {
    assert.equal(map.poolAt(map.poolAddress(pool)), pool);
    assert.equal(map.poolAt(map.poolAddress(pool) + map.pymalloc.poolBytes - 1), pool);
    assert.ok(poolUsed[pool] <= map.room(pool));
    for (let entry = map.firstEntry[pool]; entry < map.firstEntry[pool + 1]; entry++) {
      assert.ok(map.entryAt[entry] < map.room(pool) && map.entryNode[entry] < graph.nodeCount);
      assert.ok(entry === map.firstEntry[pool] || map.entryAt[entry] > map.entryAt[entry - 1]);
    }
  }
  const text = [...jsonPieces(arenas(new Session("", graph)))].join("");
  assert.doesNotMatch(text, /"(pools|blocks|bytesInUse|fill|unexplained|size|free|held|released)":\s*(null|-)/);
}

describe("formats: arenas", () => {
  it("are read as they are written; tables of what is no node are left out", async () => {
    const graph = await read(snapshotBytes(arenaSnapshot()));
    const { tableOwner, tableAddress, arenaAddress, firstPool, untouched, poolClass, poolUsed, ...sizes } =
      graph.pymalloc!;
    assert.deepEqual([...arenaAddress], ARENAS);
    assert.deepEqual([...firstPool], [0, 3, 7]);
    assert.deepEqual([...untouched], [0, 2]);
    assert.deepEqual([...poolClass], [1, 4, 0, 32, 0, 0, 0]);
    assert.deepEqual([...poolUsed], [17, 5, 0, 1, 0, 0, 0]);
    assert.deepEqual(
      Array.from(tableOwner, (node) => graph.columns.id[node]),
      [3, 4, 0].map(addressOf),
    );
    assert.deepEqual([...tableAddress], [POOLS[1] + 48, POOLS[1] + 120, ELSEWHERE]);
    const { poolBytes, arenaBytes, alignment, header: headerBytes } = SIZES;
    assert.deepEqual(sizes, { exact: true, debug: false, poolBytes, arenaBytes, alignment, headerBytes });
    assert.deepEqual(graph.info.allocator, { allocator: "pymalloc", debug: false, problem: null });
    assert.equal(graph.info.has.arenas, true);
    checkConsistent(graph);
  });

  it("change nothing of what else the snapshot says", async () => {
    const [with_, plain] = await Promise.all([arenaSnapshot(), smallSnapshot()].map((d) => read(snapshotBytes(d))));
    assert.deepEqual(with_.columns, plain.columns);
    assert.deepEqual([plain.pymalloc, plain.info.allocator, plain.info.has.arenas], [undefined, undefined, false]);
  });

  it("are read without tables, without any arena, with the sizes of each version", async () => {
    const bare = await read(snapshotBytes(without(arenaSnapshot(), ...TABLES)));
    assert.deepEqual([bare.pymalloc!.tableOwner.length, bare.pymalloc!.tableAddress.length], [0, 0]);
    const none = Object.fromEntries([...NAMES, ...TABLES].map((name) => [name, []]));
    const empty = await read(snapshotBytes(arenaSnapshot(none)));
    assert.deepEqual([...empty.pymalloc!.firstPool], [0]);
    checkConsistent(empty);
    for (const [poolBytes, arenaBytes, alignment] of [
      [4096, 1 << 18, 8],
      [4096, 1 << 18, 16],
      [16384, 1 << 20, 16],
    ]) {
      const one = { ...none, "arenas/address": [1 << 20], "arenas/pools": [64], "arenas/untouched": [63] };
      const pools = {
        "pools/class": Array<number>(64).fill(0, 1).fill(1, 0, 1),
        "pools/used": Array<number>(64).fill(0),
      };
      pools["pools/used"][0] = Math.floor((poolBytes - 48) / alignment);
      checkConsistent(
        await read(snapshotBytes(arenaSnapshot({ ...one, ...pools }, { poolBytes, arenaBytes, alignment }))),
      );
    }
  });

  describe("meta.pymalloc", () => {
    const described = async (pymalloc: unknown) =>
      (await read(snapshotBytes(withMeta({ pymalloc: pymalloc as null })))).info.allocator;

    it("tells where blocks come from if there are no pools", async () => {
      assert.deepEqual(await described({ allocator: "malloc", debug: true, problem: "no pools" }), {
        allocator: "malloc",
        debug: true,
        problem: "no pools",
      });
      assert.equal((await described({ allocator: "mimalloc" }))?.allocator, "mimalloc");
      const unknown = { allocator: "unknown", debug: false, problem: null };
      for (const odd of [
        {},
        { allocator: "jemalloc", debug: 1, problem: 7 },
        { allocator: null },
        { allocator: ["malloc"] },
      ])
        assert.deepEqual(await described(odd), unknown);
      assert.equal(await described(null), undefined);
      assert.equal((await described({ problem: "x".repeat(1e6) }))?.problem?.length, 1001);
    });

    it("is refused if it is no object, or a size is no whole number", async () => {
      for (const odd of [7, "pymalloc", [], true]) await refused(withMeta({ pymalloc: odd }), /pymalloc is not/);
      for (const size of ["poolBytes", "arenaBytes", "alignment", "header"]) {
        for (const odd of [-1, 0.5, 2 ** 53, "4096", {}, true, 1e308])
          await refused(arenaSnapshot({}, { [size]: odd }), new RegExp(`pymalloc\\.${size} is not a whole number`));
      }
    });

    it("must tell the sizes if there are arenas", async () => {
      for (const pymalloc of [null, undefined]) {
        const draft = arenaSnapshot();
        draft.meta["pymalloc"] = pymalloc as null;
        await refused(draft, /does not say how large/);
      }
    });
  });

  describe("are refused", () => {
    const sizes: readonly (readonly [string, object, RegExp])[] = [
      ["no alignment", { alignment: 0 }, /no such alignment/],
      ["an alignment of 4", { alignment: 4 }, /no such alignment/],
      ["an alignment of 12", { alignment: 12 }, /no such alignment/],
      ["an alignment of 32", { alignment: 32 }, /no such alignment/],
      ["pools of no bytes", { poolBytes: 0 }, /pools can't have this size/],
      ["pools of 512 bytes", { poolBytes: 512 }, /pools can't have this size/],
      ["pools of 5000 bytes", { poolBytes: 5000 }, /pools can't have this size/],
      ["pools of 128 KiB", { poolBytes: 1 << 17, arenaBytes: 1 << 20 }, /pools can't have this size/],
      ["a header of most of the pool", { header: 2049 }, /pools can't have this size/],
      ["arenas smaller than pools", { arenaBytes: 2048 }, /arenas can't have this size/],
      ["arenas of no power of two", { arenaBytes: 20480 }, /arenas can't have this size/],
      ["arenas of 2 GiB", { arenaBytes: 2 ** 31 }, /arenas can't have this size/],
    ];
    for (const [name, bent, message] of sizes) it(name, () => refused(arenaSnapshot({}, bent), message));

    const columns: readonly (readonly [string, Readonly<Record<string, readonly number[]>>, RegExp])[] = [
      ["arenas out of order", { "arenas/address": [...ARENAS].reverse() }, /arena 1 does not lie behind/],
      ["two arenas at one place", { "arenas/address": [ARENAS[1], ARENAS[1]] }, /arena 1 does not lie behind/],
      ["arenas that overlap", { "arenas/address": [ARENAS[1], ARENAS[1] + 16383] }, /arena 1 does not lie behind/],
      ["an arena past 2^53", { "arenas/address": [ARENAS[0], 2 ** 53 - 16384] }, /arena 1 lies nowhere/],
      ["an arena at the end of 64 bits", { "arenas/address": [2 ** 63, 2 ** 64 - 4096] }, /arena 0 lies nowhere/],
      ["more pools than fit", { "arenas/pools": [3, 5] }, /arena 1 has too many pools/],
      ["a pool too many for an arena off a page", { "arenas/pools": [4, 3] }, /arena 0 has too many pools/],
      ["more untouched pools than pools", { "arenas/untouched": [4, 0] }, /arena 0 has more unused pools/],
      ["an arena without its pools", { "arenas/pools": [3] }, /arenas\/pools has 1 entries where 2/],
      ["an arena without untouched", { "arenas/untouched": [0, 0, 0] }, /arenas\/untouched has 3 entries where 2/],
      ["pools of no arena", { "pools/class": Array<number>(8).fill(0) }, /pools\/class has 8 entries where 7/],
      ["a pool without blocks in use", { "pools/used": [0] }, /pools\/used has 1 entries where 7/],
      ["a size class above 512 bytes", { "pools/class": [1, 4, 0, 33, 0, 0, 0] }, /pool 3 holds more/],
      ["blocks in a pool in no use", { "pools/used": [17, 5, 1, 1, 0, 0, 0] }, /pool 2 holds more/],
      ["more blocks than there is room for", { "pools/used": [254, 5, 0, 1, 0, 0, 0] }, /pool 0 holds more/],
      ["2^32 - 1 blocks", { "pools/used": [17, 2 ** 32 - 1, 0, 1, 0, 0, 0] }, /pool 1 holds more/],
      ["65536 blocks", { "pools/used": [17, 65536, 0, 1, 0, 0, 0] }, /pool 1 holds more/],
      ["more owners than tables", { "tables/owner": [1, 2, 3, 4, 5] }, /tables\/block has 4 entries where 5/],
    ];
    for (const [name, bent, message] of columns) it(name, () => refused(arenaSnapshot(bent), message));

    it("as many pools as wrap around in 32 bits", async () => {
      const count = 4096;
      const arenaBytes = 2 ** 30;
      await refused(
        arenaSnapshot(
          {
            "arenas/address": Array.from({ length: count }, (_, i) => i * arenaBytes),
            "arenas/pools": Array<number>(count).fill(2 ** 20),
            "arenas/untouched": Array<number>(count).fill(0),
            "pools/class": [],
            "pools/used": [],
          },
          { poolBytes: 1024, arenaBytes },
        ),
        /pools\/class has 0 entries where 4294967296/,
      );
    });

    it("a column of the group missing", async () => {
      for (const name of NAMES) await refused(without(arenaSnapshot(), name), new RegExp(`column ${name} is missing`));
      for (const name of TABLES) await refused(without(arenaSnapshot(), name), new RegExp(`column ${name} is missing`));
    });
  });

  it(`bent at random, ${BENDS} times: refused, or consistent`, async () => {
    console.log(`      seed ${SEED} (OUROBOROS_SEED)`);
    const random = seeded(SEED);
    const below = (limit: number) => Math.floor(random() * limit);
    const pick = <T>(values: readonly T[]) => values[below(values.length)];
    const numbers = [0, 1, 2, 3, 5, 8, 16, 32, 253, 255, 1024, 4096, 16384, 65535, 2 ** 20, 2 ** 31, 2 ** 32 - 1];
    const wide = [...ARENAS, ...POOLS, addressOf(3), 2 ** 47, 2 ** 53 - 1, 2 ** 63, 2 ** 64 - 4096];
    const odd = [null, true, "4096", 0.5, -1, {}, []];
    let whole = 0;
    for (let round = 0; round < BENDS; round++) {
      const draft = arenaSnapshot();
      for (let bends = 1 + below(2); bends > 0; bends--) {
        const name = pick([...NAMES, ...TABLES, "meta"]);
        if (name === "meta") {
          const key = pick(["poolBytes", "arenaBytes", "alignment", "header", "debug", "allocator"]);
          draft.meta["pymalloc"] = { ...SIZES, [key]: pick([...numbers, ...odd]) as number };
          continue;
        }
        const values = [...draft.columns.get(name)!];
        const value = pick(/address|owner|block/.test(name) ? [...wide, ...numbers] : numbers);
        const at = below(values.length);
        if (random() < 0.9) values[at] = random() < 0.5 ? value : Math.max(0, values[at] + pick([-1, 1, 8, -4096]));
        else values.splice(at, below(2), ...Array<number>(below(2)).fill(value));
        draft.columns.set(name, values);
      }
      let graph: HeapGraph;
      try {
        graph = await read(snapshotBytes(draft));
      } catch (error) {
        if (error instanceof SnapshotError) continue;
        throw error;
      }
      whole++;
      checkConsistent(graph);
    }
    console.log(`      ${whole} read, ${BENDS - whole} refused`);
    assert.ok(whole > BENDS / 10 && whole < BENDS * 0.9);
  });
});
