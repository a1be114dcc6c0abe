import assert from "node:assert/strict";
import type { HeapGraph, NodeIndex } from "../../src/heap/HeapGraph.js";
import { findWeakReferences, NO_NODE, rowOf, WeakState } from "../../src/model/weakrefs/index.js";
import { weakrefs } from "../../src/session/queries/weakrefs.js";
import { weakrefsOf } from "../../src/session/queries/weakrefsOf.js";
import { deadWeakrefs, type StaleRow, staleWeakrefs } from "../../src/session/queries/weakrefSuspects.js";
import type { Session } from "../../src/session/Session.js";
import { pythons } from "../rig/pythons.js";
import { withFolder } from "./run.js";
import { weakrefLab, type WeakrefTruth } from "./weakrefs.js";

const hex = (address: number) => `0x${address.toString(16)}`;

/** The node at an address that must be there. */
function nodeAt(graph: HeapGraph, address: number): NodeIndex {
  const node = graph.nodeOfAddress(address);
  assert.notEqual(node, undefined, `${hex(address)} is in the snapshot`);
  return node!;
}

function checkReferences({ graph }: Session, truth: WeakrefTruth): void {
  const found = findWeakReferences(graph);
  const { id } = graph.columns;
  const real = Object.entries(truth.references).map(([address, one]) => ({ address: Number(address), ...one }));
  // What was made between the snapshot and the answer is not in it, or was something else at that address then.
  const expected = real.filter(({ address, type }) => {
    const node = graph.nodeOfAddress(address);
    return node !== undefined && graph.typeName(node).split(".").at(-1) === type;
  });
  assert.deepEqual(
    Array.from(found.node, (node) => id[node]).sort((a, b) => a - b),
    expected.map(({ address }) => address).sort((a, b) => a - b),
  );
  const [watched, silent] = truth.stack;
  const addressOf = (node: number) => (node === NO_NODE ? 0 : id[node]);
  let dead = 0;
  for (const { address, dead: isDead, referent, callback, proxy, type } of expected) {
    const row = rowOf(found.node, nodeAt(graph, address));
    const state = found.state[row];
    const what = `${hex(address)} ${type}`;
    // Their object lived during the capture, and died before the interpreter was asked.
    if (address === watched || address === silent) {
      assert.equal(state, address === watched ? WeakState.unknown : WeakState.dead, "an object that the stack holds");
      continue;
    }
    assert.equal(state === WeakState.dead, isDead, what);
    if (state === WeakState.alive && !proxy) assert.equal(addressOf(found.referent[row]), referent, what);
    if (!proxy && callback >= 0) assert.equal(addressOf(found.callback[row]), callback, `callback of ${what}`);
    dead += Number(isDead);
  }
  assert.ok(dead > 1470, `${dead} are dead`);
}

/** Each object's list is `getweakrefs`, in its order. */
function checkLists({ graph }: Session, truth: WeakrefTruth): void {
  const lists = new Map<number, number[]>();
  const { id } = graph.columns;
  for (let i = 0; i < graph.weakrefs.length; i += 2) {
    const list = lists.get(id[graph.weakrefs[i]]) ?? [];
    lists.set(id[graph.weakrefs[i]], list);
    list.push(id[graph.weakrefs[i + 1]]);
  }
  let longest = 0;
  for (const [address, list] of Object.entries(truth.lists)) {
    const inSnapshot = list.filter((weakref) => graph.nodeOfAddress(weakref) !== undefined);
    if (inSnapshot.length === 0) continue;
    assert.deepEqual(lists.get(Number(address)) ?? [], inSnapshot, `weak references to ${hex(Number(address))}`);
    longest = Math.max(longest, list.length);
  }
  assert.ok(longest >= 13, `the victim has ${longest}`);
}

function checkGroups(session: Session): void {
  const groups = weakrefs(session, { all: true });
  const all = groups.flatMap(({ ids }) => ids);
  assert.equal(new Set(all).size, all.length, "each weak reference is in one group");
  assert.equal(all.length, findWeakReferences(session.graph).node.length);
  for (const group of groups) {
    assert.equal(group.alive + group.dead + group.unknown, group.count);
    assert.equal(group.ids.length, group.count);
  }
  const find = (holder: string, dead: boolean) =>
    groups.filter((group) => group.holder === holder && group.dead > 0 === dead).map(({ count }) => count);
  assert.deepEqual(find("module __main__.pile[…]", true), [1000]);
  assert.deepEqual(find("__main__.Listener.actor", true), [150]);
  const stage = groups.find(({ holder }) => holder === "module __main__.stage[…]");
  assert.ok(stage?.location, "the callback's line is known");
  assert.deepEqual(
    { type: stage.type, to: stage.referentType, with: stage.withCallback, count: stage.count },
    { type: "weakref.KeyedRef", to: "__main__.Actor", with: 50, count: 50 },
  );
  assert.match(stage.location.file, /weakref\.py$/);
  assert.match(stage.callback!, /remove$/);
  const targets = groups.find(({ holder, callback }) => holder === "module __main__.targets[…]" && callback === "note");
  assert.equal(targets?.location?.name.split(".").at(-1), "note");
  assert.equal(targets?.count, 14);
}

function checkPiles(session: Session, truth: WeakrefTruth): void {
  const rows = deadWeakrefs(session);
  const { graph } = session;
  const expected = { pile: [1000, 37, 1037], pairs: [200, 0, 200], listeners: [150, 37, 187], by_key: [120, 0, 120] };
  for (const [name, numbers] of Object.entries(expected)) {
    const row = rows.find(({ id }) => id === hex(truth.piles[name as keyof WeakrefTruth["piles"]]));
    assert.deepEqual([row?.dead, row?.alive, row?.entries], numbers, name);
    assert.equal(row?.name, `module __main__.${name}`);
    assert.match(row.path!, new RegExp(`__main__'\\]\\.${name}$`));
    assert.equal(row.ids.length, 50);
  }
  assert.ok(!rows.some(({ id }) => id === hex(truth.piles.few)), "three are no pile");
  assert.equal(deadWeakrefs(session, { all: true }).find(({ id }) => id === hex(truth.piles.few))?.dead, 3);
  // Of a list of plain weak references just these go.
  const pile = rows.find(({ id }) => id === hex(truth.piles.pile))!;
  const own = pile.bytes / pile.dead;
  assert.equal(own, graph.columns.selfSize[session.node(pile.ids[0])]);
}

function checkStale(session: Session, truth: WeakrefTruth): void {
  const rows = staleWeakrefs(session, { all: true });
  const at = (address: number, kind: StaleRow["kind"]) =>
    rows.find(({ container, kind: is }) => container === hex(address) && is === kind);
  const entries = (row: StaleRow | undefined) => row?.entries.map(({ key, referent }) => [key, referent]).sort();
  const wanted = (keys: Readonly<Record<string, number>>, quote: string) =>
    Object.entries(keys)
      .map(([key, referent]) => [`${quote}${key}${quote}`, hex(referent)])
      .sort();
  const stage = at(truth.stage, "other-key");
  assert.deepEqual(entries(stage), wanted(truth.otherKeys.stage, "'"));
  assert.deepEqual(stage?.entries.map(({ now }) => now).sort(), ["'elf'", "'orc'"]);
  assert.deepEqual(entries(at(truth.numbers, "other-key")), wanted(truth.otherKeys.numbers, ""));
  const aliases = at(truth.aliases, "several-keys");
  assert.deepEqual(aliases?.entries.map(({ key, referent }) => [key, referent]).sort(), [
    ["'second'", hex(truth.alias)],
    ["'third'", hex(truth.alias)],
  ]);
  const pool = at(truth.pool, "pooled");
  assert.deepEqual(
    pool?.entries.map(({ referent }) => Number(referent)).sort((a, b) => a - b),
    truth.pooled,
  );
  assert.equal(pool?.objects, 9);
  assert.equal(
    rows.length,
    4,
    `nothing else is suspected: ${rows.map(({ name, kind }) => `${kind} ${name}`).join(", ")}`,
  );
}

function checkClearing(session: Session, truth: WeakrefTruth): void {
  const { clears, weakrefs: list } = weakrefsOf(session, hex(truth.victim));
  assert.deepEqual(
    list.map(({ id }) => id),
    truth.lists[String(truth.victim)].map(hex),
  );
  const silent = new Set(truth.silent.map(hex));
  assert.deepEqual(
    clears.filter(({ weakref }) => !silent.has(weakref)).map(({ weakref }) => weakref),
    truth.called.map(hex),
  );
  const drops = clears.flatMap(({ weakref, drops: entry }) => (entry ? [{ weakref, ...entry }] : []));
  assert.deepEqual(new Set(drops.map(({ weakref }) => weakref)), silent);
  assert.deepEqual(truth.left, { entries: 0, notes: 0, crowd: 1 });
  const dropOf = (kind: string) => drops.find(({ kind: is }) => is === kind);
  assert.equal(dropOf("value-dict")?.container, hex(truth.containers.entries));
  assert.equal(dropOf("value-dict")?.key, "'victim'");
  assert.equal(dropOf("key-dict")?.container, hex(truth.containers.notes));
  assert.equal(dropOf("key-dict")?.value?.id, hex(truth.value));
  assert.equal(dropOf("set")?.container, hex(truth.containers.crowd));
  assert.ok(clears.every(({ runs }) => runs));
}

describe("fidelity: weak references against the interpreter", () => {
  for (const python of pythons()) {
    it(`CPython ${python.name}: who refers weakly, dead and alive, in piles, stale, and what clearing calls`, () =>
      withFolder(async (folder) => {
        const { session, truth } = await weakrefLab(python, folder);
        checkReferences(session, truth);
        checkLists(session, truth);
        checkGroups(session);
        checkPiles(session, truth);
        checkStale(session, truth);
        checkClearing(session, truth);
      }));
  }
});
