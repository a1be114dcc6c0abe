import assert from "node:assert/strict";
import type { HeapBuilder } from "../../src/heap/HeapBuilder.js";
import { Kind } from "../../src/heap/kinds.js";
import { arena, arenas, pool, UnknownArenaError } from "../../src/session/queries/arenas.js";
import { FREE_LISTS_STAY } from "../../src/session/queries/arenaWords.js";
import { cut } from "../../src/session/queries/cut.js";
import { Session } from "../../src/session/Session.js";
import { HandMadeArenas, POOL_BYTES, program, START } from "../model/handMadeArenas.js";

type Version = readonly [number, number, number];

/**
 * A list KEPT of as many records as arenas are asked for, each alone in its arena, but for one more in the last; one arena with a ring that is
 * garbage, one with a variable's value and a full pool, one with the first record's detail and a block of nobody.
 */
function scene(records: number, version: Version = [3, 8, 0]) {
  const { heap, globals } = program({ version });
  const made = new HandMadeArenas();
  const list = heap.node("list", { kind: Kind.list });
  heap.edge(globals, list, "['KEPT']");
  const kept = Array.from({ length: records }, (_, i) => {
    const record = heap.node("Record", { id: made.block(made.arena()) });
    heap.edge(list, record, `[${i}]`);
    return record;
  });
  // The collector alone frees the second one; the last one is not alone.
  if (records > 1) heap.edge(kept[1], kept[1], ".self");
  const twin = heap.node("Record", { id: made.block(records - 1) });
  heap.edge(list, twin, `[${records}]`);
  const ring = heap.node("Ring", { id: made.block(made.arena()) });
  heap.edge(ring, ring, ".self");
  const named = made.arena();
  const setting = heap.node("Setting", { id: made.block(named, 512) });
  heap.edge(globals, setting, "['SETTING']");
  for (let i = 0; i < 6; i++) made.table(setting, named, 512);
  const strange = made.arena();
  const detail = heap.node("Detail", { id: made.block(strange) });
  heap.edge(kept[0], detail, ".detail");
  made.block(strange);
  return { heap, made, globals, kept, setting, named };
}

function open({ heap, made }: { readonly heap: HeapBuilder; readonly made: HandMadeArenas }): Session {
  return new Session("", heap.arenas(made.build()).build());
}

describe("session: arenas", () => {
  it("a cut releases what it empties, not what is garbage anyway; one may be kept, or unexplained", () => {
    for (const [version, kept] of [
      [[3, 8, 0], 0],
      [[3, 12, 0], 1],
    ] as const) {
      const drawn = scene(3, version);
      const session = open(drawn);
      const id = (node: number) => session.graph.idText(node);
      const all = cut(session, [{ from: id(drawn.globals), label: "['KEPT']" }]).arenas;
      assert.deepEqual(all, { count: 3 - kept, bytes: (3 - kept) * drawn.made.arenaBytes, unsure: 1 + kept });
      const none = cut(session, [{ from: id(drawn.kept[0]), label: ".detail" }]).arenas;
      assert.deepEqual(none, { count: 0, bytes: 0, unsure: 1 });
      const named = cut(session, [{ from: id(drawn.globals), label: "['SETTING']" }]).arenas;
      assert.deepEqual(named, { count: 1 - kept, bytes: (1 - kept) * drawn.made.arenaBytes, unsure: kept });
    }
  });

  it("a cut says nothing of arenas where the snapshot holds none", () => {
    const { heap, globals } = scene(1);
    const session = new Session("", heap.build());
    assert.equal(cut(session, [{ from: session.graph.idText(globals), label: "['KEPT']" }]).arenas, null);
  });

  it("policies: a collection gives back what only garbage holds, the best is what is packed", () => {
    for (const [version, collection] of [
      [[3, 8, 0], 1],
      [[3, 12, 0], 0],
    ] as const) {
      const { policies, arenas: rows } = arenas(open(scene(3, version)));
      assert.equal(rows.length, 6);
      // 6 blocks of 64 bytes in one pool, 7 of 512 in another: one arena.
      assert.deepEqual(
        policies.map(({ policy, held, released }) => [policy, held, released]),
        [
          ["stack", 6, 0],
          ["nearly-full", 6, 0],
          ["collection", 6 - collection, collection],
          ["best", 1, 5],
        ],
      );
    }
    const lines = arenas(open(scene(3, [2, 7, 18]))).policies.map(({ what }) => what.endsWith(FREE_LISTS_STAY));
    assert.deepEqual(lines, [false, false, true, false]);
  });

  it("suggestions count the one that is kept apart, and what else holds arenas", () => {
    const { suggestion, owners, totals, outside } = arenas(open(scene(3, [3, 12, 0])), undefined, { limit: 1 });
    const { steps, ...sums } = suggestion;
    assert.deepEqual(
      steps.map(({ objectsSoFar, arenasSoFar }) => [objectsSoFar, arenasSoFar]),
      [
        [1, 1],
        [2, 2],
        [4, 3],
      ],
    );
    assert.deepEqual(sums, {
      ...{ objects: 4, arenas: 2, keptEmpty: 1, freeListsStay: false, bytes: 2 * 4 * POOL_BYTES, isBest: true },
      ...{ heldByStructure: 1, heldByUnexplained: 1 },
    });
    assert.deepEqual(owners.find(({ name }) => name === "app.KEPT")?.alone, 3);
    assert.equal(totals.blocks, 4 + 1 + 7 + 2);
    assert.equal(totals.unexplained, 1);
    // The module, its dicts, the list and a text.
    assert.deepEqual(outside, { objects: 5, bytes: 80 });
  });

  it("one arena and one pool, by any address in them; others are refused", () => {
    const drawn = scene(1);
    const session = open(drawn);
    const rows = arenas(session).arenas;
    const details = arena(session, rows[drawn.named].address);
    assert.deepEqual(
      [details.sizes, details.used, details.room],
      [
        [512, 0, 0, 0],
        [7, 0, 0, 0],
        [7, 0, 0, 0],
      ],
    );
    assert.deepEqual(arena(session, String(Number(rows[drawn.named].address) + POOL_BYTES)), details);
    assert.deepEqual(
      details.pins.map(({ sort, blocks, bytes, heldBy }) => [sort, blocks, bytes, heldBy]),
      [["structure", 7, 3584, "app.SETTING"]],
    );
    const blocks = pool(session, rows[drawn.named].address).blocks;
    assert.deepEqual(
      blocks.map(({ at, table }) => [at, table]),
      [0, 1, 2, 3, 4, 5, 6].map((at) => [at, at > 0]),
    );
    for (const address of ["0x10", "x", "", `0x${(START + 4 * POOL_BYTES).toString(16)}`]) {
      assert.throws(() => arena(session, address), UnknownArenaError);
      assert.throws(() => pool(session, address), UnknownArenaError);
    }
  });
});
