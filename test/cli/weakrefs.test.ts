import assert from "node:assert/strict";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { runWeakrefs, type WeakrefTruth } from "../fidelity/weakrefs.js";
import { firstPython3, temporaryFolder } from "../formats/realSnapshot.js";
import { addressOf, smallSnapshot, snapshotBytes } from "../formats/writeSnapshot.js";
import { checkRows, type Keys } from "./keys.js";
import { build, ouroboros } from "./run.js";

const hex = (address: number) => `0x${address.toString(16)}`;

const GROUP: Keys = {
  group: "number",
  type: "string",
  referentType: "string|null",
  callback: "string|null",
  "location?": "object",
  holder: "string",
  count: "number",
  alive: "number",
  dead: "number",
  unknown: "number",
  garbage: "number",
  withCallback: "number",
  bytes: "number",
  infrastructure: "boolean",
  ids: "array",
};
const WEAKREF: Keys = {
  id: "string",
  type: "string",
  state: "string",
  referent: "string|null",
  referentName: "string",
  garbage: "boolean",
  callback: "string|null",
  "location?": "object",
  holder: "string",
  holderId: "string|null",
};
const OBJECT: Keys = {
  id: "string",
  name: "string",
  type: "string",
  garbage: "boolean",
  weakrefs: "array",
  clears: "array",
  "self?": "object",
};
const CLEAR: Keys = {
  weakref: "string",
  callback: "string",
  "location?": "object",
  runs: "boolean",
  drops: "object|null",
  what: "string",
};
const PILE: Keys = {
  id: "string",
  type: "string",
  name: "string",
  dead: "number",
  alive: "number",
  entries: "number",
  bytes: "number",
  path: "string|null",
  ids: "array",
};
const STALE: Keys = {
  kind: "string",
  evidence: "string",
  container: "string",
  name: "string",
  referentType: "string",
  count: "number",
  objects: "number",
  entries: "array",
};
const ENTRY: Keys = {
  weakref: "string",
  referent: "string",
  referentName: "string",
  key: "string|null",
  now: "string|null",
  holder: "string",
};

describe("cli: weakrefs", () => {
  let file: string;
  let truth: WeakrefTruth;

  before(() => {
    build();
    const folder = join(temporaryFolder(), "weakrefs");
    mkdirSync(folder);
    ({ path: file, truth } = runWeakrefs(firstPython3(), folder));
  });

  async function run(...args: string[]): Promise<string> {
    const { code, stdout, stderr } = await ouroboros(["weakrefs", file, ...args]);
    assert.deepEqual({ code, stderr }, { code: 0, stderr: "" });
    return stdout;
  }

  const rows = async <Row>(...args: string[]) => JSON.parse(await run(...args, "--json")) as Row[];

  it("--json prints one array of groups, with at most 50 ids each; --all lifts the cap", async () => {
    type Group = { count: number; dead: number; holder: string; ids: string[] };
    const capped = await rows<Group>();
    checkRows(capped, GROUP);
    const all = await rows<Group>("--all");
    assert.equal(all.length, capped.length);
    all.forEach(({ ids, count }, i) => {
      assert.equal(ids.length, count);
      assert.deepEqual(capped[i].ids, ids.slice(0, 50));
    });
    const found = all.reduce((sum, { count }) => sum + count, 0);
    const missing = Object.keys(truth.references).length - found;
    assert.ok(missing >= 0 && missing < 20, `${missing} were made after the snapshot`);
  });

  it("--dead, --stale and --ids print arrays of their own rows", async () => {
    checkRows(await rows("--dead"), PILE);
    const stale = await rows<{ entries: unknown[] }>("--stale");
    checkRows(stale, STALE);
    for (const { entries } of stale) checkRows(entries, ENTRY);
    type Answer = { id: string; weakrefs: unknown[]; clears: { drops: object | null }[]; self?: unknown };
    const objects = await rows<Answer>("--ids", hex(truth.victim), hex(truth.stack[0]));
    checkRows(objects, OBJECT);
    assert.deepEqual(
      objects.map(({ id }) => id),
      [truth.victim, truth.stack[0]].map(hex),
    );
    checkRows(objects[0].weakrefs, WEAKREF);
    checkRows(objects[0].clears, CLEAR);
    checkRows([objects[1].self], WEAKREF);
    assert.equal(objects[0].clears.filter(({ drops }) => drops !== null).length, 3);
  });

  it("says in words what is dead, what is suspected, and what clearing sets off", async () => {
    const all = await run();
    assert.match(all, /^\S+ weak references: .* alive, 1,4\d\d dead/);
    assert.match(all, /1,000 +dead .*\(gone\) +module __main__\.pile/);
    assert.match(await run("--dead"), /1,000 +37 +1,037 .*sys\.modules\['__main__'\]\.pile/);
    const stale = await run("--stale");
    assert.match(stale, /2 of 50 entries stand under another key than their object's \.name/);
    assert.match(stale, /under 'actor 7', now 'orc'/);
    assert.match(stale, /9 objects are held by module __main__\.free_actors alone/);
    const victim = await run("--ids", hex(truth.victim));
    assert.match(victim, /drops the entry 'victim' of module __main__\.entries/);
    assert.match(victim, /drops its entry of module __main__\.notes, and with it list/);
    assert.match(victim, /\d\. 0x[0-9a-f]+ runs note/);
  });

  it("has answers where there are no weak references", async () => {
    const small = join(temporaryFolder(), "weakless.pyheapsnapshot");
    writeFileSync(small, snapshotBytes(smallSnapshot()));
    for (const args of [["--dead"], ["--stale"], ["--ids", hex(addressOf(1))], []]) {
      const { code, stderr } = await ouroboros(["weakrefs", small, ...args]);
      assert.equal(code, 0, stderr);
    }
  });

  it("refuses an unknown id, and two lists at once", async () => {
    const unknown = await ouroboros(["weakrefs", file, "--ids", "0xdead"]);
    assert.equal(unknown.code, 2);
    assert.match(unknown.stderr, /no object has the id "0xdead"/);
    const two = await ouroboros(["weakrefs", file, "--dead", "--stale"]);
    assert.equal(two.code, 2);
    assert.match(two.stderr, /give one of them/);
  });
});
