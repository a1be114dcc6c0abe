import assert from "node:assert/strict";
import fc from "fast-check";
import { bytesSource } from "../../src/formats/ByteSource.js";
import { SnapshotError } from "../../src/formats/errors.js";
import { readTrace } from "../../src/formats/trace/reader.js";
import { BlockTable } from "../../src/model/pymalloc/replay/BlockTable.js";
import { BestPolicy } from "../../src/model/pymalloc/replay/BestPolicy.js";
import { Geometry, OUTSIDE } from "../../src/model/pymalloc/replay/Geometry.js";
import { NearlyFullPolicy } from "../../src/model/pymalloc/replay/NearlyFullPolicy.js";
import type { Policy } from "../../src/model/pymalloc/replay/Policy.js";
import { POLICIES, type PolicyName, Replay } from "../../src/model/pymalloc/replay/Replay.js";
import { StackPolicy } from "../../src/model/pymalloc/replay/StackPolicy.js";
import { SlowReplay } from "./slowReplay.js";

// Pools of 3 blocks of 256 bytes or 61 of 16, arenas of 4 pools: everything happens with few blocks.
const SMALL = { poolBytes: 1024, arenaBytes: 4096, alignment: 16, header: 48, threshold: 256 };
const LARGEST = SMALL.threshold / SMALL.alignment;
const BEFORE_KEEPING: readonly [number, number, number] = [3, 8, 18];
const KEEPING: readonly [number, number, number] = [3, 9, 0];

function policyOf(name: PolicyName, runtime = KEEPING, poolsIn = () => 4): Policy {
  const geometry = new Geometry(SMALL);
  if (name === "stack") return new StackPolicy(geometry, poolsIn);
  return name === "best" ? new BestPolicy(geometry) : new NearlyFullPolicy(geometry, poolsIn, runtime);
}

/** Allocates blocks of the largest class; three of them fill a pool. */
function fill(policy: Policy, from: number, count: number): void {
  for (let slot = from; slot < from + count; slot++) policy.allocate(slot, LARGEST);
}

function empty(policy: Policy, from: number, count: number): void {
  for (let slot = from; slot < from + count; slot++) policy.release(slot, LARGEST);
}

describe("model: policies of the allocator", () => {
  it("give size classes as pymalloc does", () => {
    const geometry = new Geometry({ ...SMALL, poolBytes: 4096, arenaBytes: 1 << 18, threshold: 512 });
    assert.deepEqual(
      [0, 1, 16, 17, 512, 513].map((size) => geometry.classOf(size)),
      [OUTSIDE, 1, 1, 2, 32, OUTSIDE],
    );
    assert.deepEqual(
      [1, 2, 32].map((sizeClass) => geometry.capacity[sizeClass]),
      [253, 126, 7],
    );
    assert.deepEqual([geometry.classes, geometry.poolsPerArena], [32, 64]);
    assert.deepEqual(
      [0x7f0000, 0x7f1000, 0x7f1800].map((address) => geometry.poolsAt(address)),
      [64, 64, 63],
    );
    const eight = new Geometry({ ...SMALL, alignment: 8 });
    assert.deepEqual(
      [1, 8, 9, 256].map((size) => eight.classOf(size)),
      [1, 1, 2, 32],
    );
  });

  it("stack: what was emptied last is used first, and no arena goes back", () => {
    const policy = policyOf("stack");
    fill(policy, 0, 36);
    assert.deepEqual(policy.counts(), { held: 3, inUse: 3, highwater: 3, taken: 3, reclaimed: 0, pools: 12 });
    // One pool stays in the second arena; the last one emptied is of the third.
    empty(policy, 0, 15);
    empty(policy, 18, 18);
    assert.deepEqual(policy.counts(), { held: 3, inUse: 1, highwater: 3, taken: 3, reclaimed: 0, pools: 1 });
    fill(policy, 0, 3);
    assert.equal(policy.counts().inUse, 2, "the second arena has free pools, but the stack leads to the third");
  });

  it("nearly-full: the fullest arena is used first, and an empty one goes back", () => {
    const policy = policyOf("nearly-full");
    fill(policy, 0, 36);
    empty(policy, 0, 15);
    // The first arena went back when it was empty: others with free pools stood behind it.
    empty(policy, 18, 18);
    assert.deepEqual(policy.counts(), { held: 2, inUse: 1, highwater: 3, taken: 3, reclaimed: 1, pools: 1 });
    fill(policy, 0, 3);
    assert.deepEqual(policy.counts(), { held: 2, inUse: 1, highwater: 3, taken: 3, reclaimed: 1, pools: 2 });
  });

  it("nearly-full: the last arena with free pools is kept since 3.9", () => {
    for (const [runtime, held] of [
      [[2, 5, 0], 0],
      [[3, 8, 18], 0],
      [[3, 9, 0], 1],
      [[3, 13, 0], 1],
      [[4, 0, 0], 1],
    ] as const) {
      const policy = policyOf("nearly-full", runtime);
      fill(policy, 0, 3);
      empty(policy, 0, 3);
      assert.deepEqual([policy.counts().held, policy.counts().inUse], [held, 0], runtime.join("."));
    }
  });

  it("best: as few pools as hold the blocks of each class, as few arenas as hold the pools", () => {
    const policy = policyOf("best");
    fill(policy, 0, 13);
    assert.deepEqual(policy.counts(), { held: 2, inUse: 2, highwater: 2, taken: 2, reclaimed: 0, pools: 5 });
    // One block of each pool goes, where the other policies would keep all pools.
    for (const slot of [0, 3, 6, 9]) policy.release(slot, LARGEST);
    assert.deepEqual(policy.counts(), { held: 1, inUse: 1, highwater: 2, taken: 2, reclaimed: 1, pools: 3 });
  });

  it("do what a plain simulation does, on random allocations", () => {
    const step = fc.record({ isRelease: fc.nat(9), which: fc.nat(), size: fc.nat(299) });
    const steps = fc.array(step, { minLength: 50, maxLength: 150, size: "max" });
    const phases = fc.array(fc.record({ releases: fc.integer({ min: 0, max: 10 }), steps }), {
      minLength: 2,
      maxLength: 5,
      size: "max",
    });
    let givenBack = 0;
    let differed = 0;
    fc.assert(
      fc.property(phases, fc.array(fc.constantFrom(3, 4), { minLength: 1 }), fc.boolean(), (all, pools, keeps) => {
        const poolsIn = (nth: number) => pools[nth % pools.length];
        const geometry = new Geometry(SMALL);
        const fast = POLICIES.map((name) => policyOf(name, keeps ? KEEPING : BEFORE_KEEPING, poolsIn as () => number));
        const slow = POLICIES.map((name) => new SlowReplay(name, geometry, poolsIn, keeps));
        const live: { slot: number; sizeClass: number }[] = [];
        const free: number[] = [];
        let slots = 0;
        for (const { releases, steps } of all) {
          for (const { isRelease, which, size } of steps) {
            // Mostly large blocks, so that pools fill and empty.
            const sizeClass = geometry.classOf(256 - (size % (size % 3 === 0 ? 256 : 40)));
            if (isRelease < releases && live.length > 0) {
              const at = which % live.length;
              const [block] = live.splice(at, 1);
              free.push(block.slot);
              for (const policy of fast) policy.release(block.slot, block.sizeClass);
              for (const policy of slow) policy.release(block.slot);
            } else {
              const slot = free.pop() ?? slots++;
              live.push({ slot, sizeClass });
              for (const policy of fast) policy.allocate(slot, sizeClass);
              for (const policy of slow) policy.allocate(slot, sizeClass);
            }
            POLICIES.forEach((name, i) => {
              assert.deepEqual(fast[i].counts(), slow[i].counts(), name);
              assert.deepEqual([...fast[i].poolsByClass()], slow[i].poolsByClass(), name);
            });
            if (fast[0].counts().inUse !== fast[1].counts().inUse) differed++;
          }
        }
        const [stack, nearlyFull, best] = fast.map((policy) => policy.counts());
        givenBack += nearlyFull.reclaimed;
        assert.ok(best.held <= Math.min(stack.inUse, nearlyFull.inUse));
        assert.ok(best.highwater <= Math.min(stack.highwater, nearlyFull.highwater));
      }),
      { numRuns: 100 },
    );
    assert.ok(givenBack > 100, `only ${givenBack} arenas were given back: the property looks at nothing`);
    assert.ok(differed > 1000, `only after ${differed} steps the policies differed`);
  });

  it("find blocks by their ids as a map does", () => {
    const ids = fc.array(
      fc.tuple(
        fc.boolean(),
        fc.oneof(
          fc.nat(40),
          fc.nat(400).map((n) => n * 2 ** 32 + 16 * n),
        ),
      ),
      {
        maxLength: 400,
      },
    );
    fc.assert(
      fc.property(ids, fc.nat(2000), (steps, filled) => {
        const table = new BlockTable();
        const map = new Map<number, number>();
        const add = (id: number) => {
          const slot = table.add(id);
          if (map.has(id)) {
            assert.equal(slot, -1);
          } else {
            assert.ok(![...map.values()].includes(slot), "the slot is another block's");
            map.set(id, slot);
          }
        };
        for (let i = 0; i < filled; i++) map.set(2 ** 40 + 8 * i, table.add(2 ** 40 + 8 * i));
        for (const [isAdd, id] of steps) {
          if (isAdd) {
            add(id);
          } else {
            assert.equal(table.remove(id), map.get(id) ?? -1);
            map.delete(id);
          }
        }
        assert.equal(table.count, map.size);
        for (const [id, slot] of map) assert.equal(table.find(id), slot);
        assert.equal(table.find(2 ** 51), -1);
        for (const [id, slot] of map) assert.equal(table.remove(id), slot);
        assert.equal(table.count, 0);
      }),
      { numRuns: 100 },
    );
  });
});

async function replayed(lines: readonly string[], fields: object = {}): Promise<Replay> {
  const header = { format: "pymalloctrace", version: 1, runtime: KEEPING, ...SMALL, ...fields };
  const text = `${[JSON.stringify(header), ...lines].join("\n")}\n`;
  const replay = new Replay();
  await readTrace(bytesSource("test", Buffer.from(text)), replay);
  return replay;
}

describe("model: the replay of a trace", () => {
  it("counts blocks in arenas and outside, and follows moved ones", async () => {
    const replay = await replayed(
      [
        "+1 256",
        "+2 257",
        "+3 0",
        "=three",
        "~1 10 20",
        "=moved within",
        "~2 20 20",
        "=stays outside",
        "~10 30 1000",
        "=goes outside",
        "-30",
        "-20",
        "-3",
        "=nothing",
      ].map((line) => line.replace(/^=(.*)/, (_, label: string) => `=${label.replaceAll(" ", "-")}`)),
    );
    const rows = replay.marks.map(({ label, blocks, blockBytes, outside }) => [label, blocks, blockBytes, outside]);
    assert.deepEqual(rows, [
      ["three", 1, 256, 2],
      ["moved-within", 1, 32, 2],
      ["stays-outside", 1, 32, 2],
      ["goes-outside", 0, 0, 3],
      ["nothing", 0, 0, 0],
    ]);
    assert.equal(replay.mostBytes, 256 + 32, "realloc holds both blocks for a moment");
    assert.deepEqual(replay.marks[0].classes, [{ size: 256, used: 1, pools: { stack: 1, "nearly-full": 1, best: 1 } }]);
  });

  it("takes the number of pools from the arenas' addresses", async () => {
    const nine = Array.from({ length: 10 }, (_, i) => `+${(i + 1).toString(16)} 256`);
    const aligned = await replayed(["[7f0000", ...nine, "=end"]);
    assert.equal(aligned.marks[0].policies["nearly-full"]!.held, 1);
    const shifted = await replayed(["[7f0200", ...nine.slice(0, 9), "[7f4200", nine[9], "=end"]);
    assert.equal(shifted.marks[0].policies["nearly-full"]!.held, 2);
    assert.deepEqual([shifted.recordedArenas.compared, shifted.recordedArenas.differing], [2, 0]);
    const wrong = await replayed(["[7f0000", ...nine.slice(0, 9), "[7f4200", nine[9], "=end"]);
    assert.deepEqual([wrong.recordedArenas.compared, wrong.recordedArenas.differing], [2, 1]);
  });

  it("refuses events that can't be, and says what to do", async () => {
    const cases: [string[], object, RegExp][] = [
      [["+1 8", "+1 8"], {}, /line 3 .* allocated already/],
      [["+1 8", "+2 8", "~1 2 9"], {}, /line 4 .* allocated already/],
      [["-1"], { complete: true }, /line 2 .* not allocated/],
      [["+1 8", "-1", "-1"], { complete: true }, /line 4 .* not allocated/],
      [["~1 2 8"], { complete: true }, /line 2 .* not allocated/],
    ];
    for (const [lines, fields, message] of cases) {
      await assert.rejects(
        replayed(lines, fields),
        (error) =>
          error instanceof SnapshotError && message.test(error.message) && /record it again/.test(error.advice),
      );
    }
    const marks = Array.from({ length: 10_001 }, (_, i) => `=m${i}`);
    await assert.rejects(replayed(marks), /more than 10000 marks/);
  });

  it("goes over releases of blocks from before the trace, and keeps moved ones outside", async () => {
    const replay = await replayed(["-1", "~2 3 16", "=now", "-3"]);
    assert.equal(replay.unknownReleases, 2);
    assert.deepEqual([replay.marks[0].blocks, replay.marks[0].outside], [0, 1]);
  });
});
