import assert from "node:assert/strict";
import { rmSync } from "node:fs";
import { basename } from "node:path";
import { caches } from "../../src/session/queries/caches.js";
import { diff } from "../../src/session/queries/diff.js";
import { report, type ReportedFinding } from "../../src/session/queries/report.js";
import { Series, summarize } from "../../src/session/Series.js";
import { ensureV8Peers } from "../rig/v8Peers.mjs";
import { type NodeRun, runNode } from "../rig/nodeHeap.js";

const WEAK = `
const ended = new FinalizationRegistry((held) => console.log(held));
const named = new FinalizationRegistry((name) => console.log(name));
const connections = new Map();
class Connection { constructor(i) { this.id = "connection " + i; this.buffer = Buffer.alloc(500, i).toString("hex"); } }
function open(i) {
  const pinned = new Connection(i);
  ended.register(pinned, { pinned });
  const free = new Connection(i);
  named.register(free, free.id);
  connections.set(free.id, new WeakRef(free));
}
for (let i = 0; i < 200; i++) open(i);
exports.all = () => [ended, named, connections];
setTimeout(snapshot, 10);
`;

const CACHES = `
class LruCache { constructor() { this.entries = new Map(); } }
class Limited { constructor() { this.maxEntries = 500; this.byName = new Map(); } }
const fill = (map) => { for (let i = 0; i < 400; i++) map.set("k" + i, { text: "text " + i + "-".repeat(500) }); return map; };
const lru = new LruCache(); fill(lru.entries);
const limited = new Limited(); fill(limited.byName);
const table = fill(new Map());
const cleared = new Map(); fill(cleared);
const grown = new Map(); fill(grown);
function use() { return [lru, limited.byName.size, table.get("k1"), grown.get("k1")]; }
function end(key) { cleared.delete(key); }
function add(key) { grown.set(key, {}); }
const rest = Buffer.alloc(6e6, 65).toString();
exports.functions = [use, end, add, () => rest.length];
setTimeout(snapshot, 1);
`;

const GROWING = `
const sessions = new Map(), steady = new Map();
for (let i = 0; i < 1000; i++) steady.set("s" + i, { i });
let next = 0;
function round(leaks) {
  for (let i = 0; i < 40; i++) { steady.delete("s" + next); steady.set("s" + (next + 1000), { next }); if (leaks) sessions.set("k" + next, { next, text: "data " + next }); next++; }
  return sessions.size + steady.size;
}
exports.round = round;
const leaks = LEAKS;
for (let k = 0; k < 3; k++) round(leaks);
setTimeout(async () => { for (let k = 0; k < 5; k++) { round(leaks); await 1; snapshot(); } }, 1);
`;

const DEAD = `
const kept = [];
function accept(i) {
  const payload = Buffer.alloc(4000, i).toString("hex");
  const name = "job " + i;
  function read() { return payload; }
  function called() { return name; }
  read();
  kept.push(called);
}
for (let i = 0; i < 100; i++) accept(i);
exports.kept = () => kept;
setTimeout(snapshot, 1);
`;

const told = ({ rule, severity, title }: ReportedFinding) => `${severity} ${rule}: ${title}`;

for (const [name, node] of Object.entries({ "this Node": process.execPath, ...(await ensureV8Peers()).nodes })) {
  describe(`rules for V8's heaps, ${name}`, () => {
    const open: NodeRun[] = [];
    const run = async (program: string, numbers = false) => {
      const done = await runNode(program, { node, numbers });
      open.push(done);
      return done;
    };
    after(() => open.forEach(({ remove }) => remove()));

    it("tell of objects that their own registry keeps, and of WeakRefs to nothing", async () => {
      const { sessions, file } = await run(WEAK);
      const found = report(sessions[0]).findings.filter(({ rule }) => rule === "weak-misuse");
      assert.deepEqual(
        found.map(({ severity, count, location }) => [severity, count, location?.line]).sort(),
        [
          ["error", 200, 2],
          ["warning", 200, 4],
        ],
        found.map(told).join("\n"),
      );
      assert.ok(found.every(({ location }) => location?.file === file));
    });

    it("take what speaks for a bound into account", async () => {
      const { sessions, file } = await run(CACHES);
      const found = report(sessions[0]).findings.filter(({ rule }) => rule === "unbounded-cache");
      const severities = new Map(found.map(({ title, severity }) => [/^\S+/.exec(title)![0], severity]));
      assert.deepEqual(
        Object.fromEntries(severities),
        {
          "lru.entries": "info",
          "limited.byName": "info",
          table: "info",
          cleared: "info",
          grown: "warning",
        },
        found.map(told).join("\n"),
      );
      const why = found.find(({ title }) => title.startsWith("cleared "))!.why;
      assert.match(why, new RegExp(`Entries are taken out of it in ${basename(file)}, line 11:`));
    });

    it("take a bound for one where the snapshot tells numbers", async () => {
      const { sessions } = await run(CACHES, true);
      const byName = new Map(caches(sessions[0]).map(({ name: of, bound }) => [of, bound]));
      assert.deepEqual(byName.get("limited.byName in program.cjs"), { limit: 500, by: "maxEntries" });
      assert.equal(byName.get("grown in program.cjs"), null);
      const found = report(sessions[0]).findings.filter(({ rule }) => rule === "unbounded-cache");
      assert.ok(!found.some(({ title }) => title.startsWith("limited.")), found.map(told).join("\n"));
    });

    it("tell what grows, by how much with each snapshot, and what stayed", async () => {
      for (const leaks of [true, false]) {
        const { sessions } = await run(GROWING.replace("LEAKS", String(leaks)));
        const series = new Series(sessions.slice(0, -1).map(summarize), sessions.at(-1)!);
        const growing = series.findings.filter(({ growth }) => growth?.grows);
        const { containers, types } = diff(series);
        if (!leaks) {
          assert.deepEqual(growing, []);
          assert.deepEqual(
            containers.filter(({ name: place }) => place.startsWith("program.cjs")),
            [],
          );
          continue;
        }
        assert.deepEqual(
          growing.map(({ rule, severity, growth }) => [rule, severity, growth!.slope, growth!.counts]),
          [["unbounded-cache", "error", 40, [160, 200, 240, 280, 320]]],
        );
        assert.equal(containers[0].name, "program.cjs:sessions");
        // Three of the five rounds were neither the first one nor the last; each made 40 objects for either map.
        const objects = types.find(({ name: type }) => type === "Object");
        assert.ok(objects!.stayed! >= 240 && objects!.stayed! < 250, `${objects!.stayed} stayed`);
      }
    });

    it("tell of variables that no closure reads that is left, by the source alone", async () => {
      const { sessions, file } = await run(DEAD);
      const dead = () => report(sessions[0]).findings.filter(({ rule }) => rule === "dead-closure-variable");
      const [{ count, title, why, location }] = dead();
      assert.equal(count, 100);
      assert.match(title, /^the variable payload of 100 calls of accept\(\) \(line 3\) keeps 8\d\d kB /);
      assert.match(why, /called\(\) \(line 7\) is alive.*payload is read by read\(\) \(line 6\) alone/);
      assert.deepEqual([location?.file, location?.line, location?.name], [file, 4, "accept"]);
      assert.equal(dead().length, 1, "name is read");
    });

    it("are silent of such variables where the source is not at hand", async () => {
      const { sessions, file } = await run(DEAD);
      rmSync(file);
      const found = report(sessions[0]).findings.map(({ rule }) => rule);
      assert.ok(!found.includes("dead-closure-variable"), found.join());
    });
  });
}
