import assert from "node:assert/strict";
import { Flag, Standing, STANDING_MASK } from "../../src/heap/kinds.js";
import { read, refusal } from "./damage.js";
import { addressOf, smallSnapshot, snapshotBytes, withColumn, withMeta } from "./writeSnapshot.js";

/** The small snapshot in which node 0 refers to 1 three times, so many of which are borrowed. */
function borrowing(count: number, to = addressOf(1)) {
  const draft = smallSnapshot();
  const edges = [...draft.columns.get("edges/to")!];
  edges.splice(1, 0, addressOf(1));
  edges.splice(4, 0, addressOf(1));
  draft.columns.set("edges/to", edges);
  draft.columns.set("borrowed/from", [addressOf(0)]);
  draft.columns.set("borrowed/to", [to]);
  draft.columns.set("borrowed/count", [count]);
  return draft;
}

const HAVE_GC = 1 << 14;

/** The rows of `meta.types` of the small snapshot, with flags and slots added for some types by name. */
function typesWith(changes: Readonly<Record<string, { flags?: number; slots?: number }>>) {
  const rows = smallSnapshot().meta["types"] as (string | number)[][];
  return rows.map(([id, module, name, flags, slots, ...rest]) => {
    const { flags: moreFlags = 0, slots: moreSlots = 0 } = changes[name] ?? {};
    return [id, module, name, (flags as number) + moreFlags, (slots as number) + moreSlots, ...rest];
  });
}

describe("formats: facts about types and generators", () => {
  it("tells which types are collected and which can be cleared", async () => {
    const types = typesWith({ dict: { flags: HAVE_GC, slots: 4 }, tuple: { flags: HAVE_GC }, Node: { slots: 4 + 1 } });
    const heap = await read(snapshotBytes(withMeta({ types })));
    const facts = new Map(heap.types.map(({ name, gc, clears }) => [name, { gc, clears }]));
    assert.deepEqual(facts.get("dict"), { gc: true, clears: true });
    assert.deepEqual(facts.get("tuple"), { gc: true, clears: false });
    assert.deepEqual(facts.get("Node"), { gc: false, clears: true });
    assert.deepEqual(facts.get("str"), { gc: false, clears: false });
    assert.ok(heap.hasFlag(1, Flag.hasFinalizer));
  });

  it("does not know what can be cleared where no type has the slot", async () => {
    const heap = await read(snapshotBytes(smallSnapshot()));
    for (const { id, clears } of heap.types) if (id !== 0) assert.equal(clears, null);
  });

  it("marks the last of parallel edges as borrowed", async () => {
    const { firstEdge, edgeTo, edgeClass } = (await read(snapshotBytes(borrowing(2)))).columns;
    const standings = [...edgeTo.subarray(0, firstEdge[1])].map((to, e) => [to, edgeClass[e] & STANDING_MASK]);
    const parallel = standings.filter(([to]) => to === 1).map(([, standing]) => standing);
    assert.deepEqual(parallel, [Standing.traversed, Standing.borrowed, Standing.borrowed]);
    assert.ok(standings.every(([to, standing]) => to === 1 || standing !== Standing.borrowed));
  });

  it("refuses borrowed references that are no edges", async () => {
    assert.match((await refusal(snapshotBytes(borrowing(4)))).message, /borrowed: more references/);
    assert.match((await refusal(snapshotBytes(borrowing(1, addressOf(99))))).message, /borrowed: .*no object/);
    const draft = borrowing(1);
    draft.columns.delete("borrowed/count");
    assert.match((await refusal(snapshotBytes(draft))).message, /borrowed\/count is missing/);
  });

  it("knows which generators run code only where the file says so, be it of none", async () => {
    assert.equal((await read(snapshotBytes(smallSnapshot()))).info.guardedKnown, false);
    const none = await read(snapshotBytes(withColumn("marks/guarded", [])));
    assert.equal(none.info.guardedKnown, true);
    assert.ok(!none.hasFlag(3, Flag.guarded));
    const one = await read(snapshotBytes(withColumn("marks/guarded", [addressOf(3)])));
    assert.ok(one.hasFlag(3, Flag.guarded) && !one.hasFlag(4, Flag.guarded));
  });

  it("knows of single objects what the file says, and nothing else", async () => {
    assert.deepEqual((await read(snapshotBytes(smallSnapshot()))).facts, {});
    const draft = smallSnapshot();
    const rows = (group: string, value: string, ids: readonly number[], values: readonly number[]) => {
      draft.columns.set(`${group}/id`, ids.map(addressOf));
      draft.columns.set(`${group}/${value}`, values);
    };
    rows("suspended", "line", [1, 0], [11, 10]);
    rows("futures", "state", [0, 99], [2, 1]);
    rows("limits", "value", [2], [2 ** 40]);
    rows("sites", "stack", [0, 1, 2], [1, 0, 1]);
    draft.columns.set("stacks/length", [1, 2]);
    draft.columns.set("stacks/file", [0, 0, 0]);
    draft.columns.set("stacks/line", [5, 6, 7]);
    const { suspendedLine, futureState, limit, site, stacks, ...others } = (await read(snapshotBytes(draft))).facts;
    assert.deepEqual(
      [0, 1, 2].map((node) => suspendedLine!.get(node)),
      [10, 11, undefined],
    );
    assert.deepEqual([[...futureState!.nodes], [...futureState!.values]], [[0], [2]], "99 is no node");
    assert.equal(limit!.get(2), 2 ** 40);
    assert.deepEqual(
      [0, 1, 2].map((node) => stacks![site!.get(node)!].map(({ line }) => line)),
      [[6, 7], [5], [6, 7]],
    );
    assert.deepEqual(others, {});
  });

  it("refuses states and stacks that are none", async () => {
    const bent = async (columns: Readonly<Record<string, readonly number[]>>) => {
      const draft = smallSnapshot();
      for (const [name, values] of Object.entries(columns)) draft.columns.set(name, values);
      return (await refusal(snapshotBytes(draft))).message;
    };
    const id = [addressOf(0)];
    assert.match(await bent({ "futures/id": id, "futures/state": [3] }), /futures: there is no such state/);
    assert.match(await bent({ "limits/id": id }), /limits\/value is missing/);
    assert.match(await bent({ "limits/id": id, "limits/value": [1, 2] }), /limits\/value has 2 entries where 1 belong/);
    const stacks = { "stacks/length": [1], "stacks/file": [0], "stacks/line": [5] };
    const site = { "sites/id": id, "sites/stack": [0] };
    assert.match(await bent({ ...site, ...stacks, "sites/stack": [1] }), /sites: there is no such stack/);
    assert.match(await bent(site), /sites: there are no stacks/);
    assert.match(await bent({ ...site, ...stacks, "stacks/length": [2] }), /stacks: the lengths do not add up/);
  });
});
