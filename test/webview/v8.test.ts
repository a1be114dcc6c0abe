import assert from "node:assert/strict";
import type { Page } from "playwright-core";
import type { Info } from "../../src/session/queries/info.js";
import type { ObjectDetails } from "../../src/session/queries/object.js";
import type { Route } from "../../src/session/viewMessages.js";
import { applyAxe } from "./axe.js";
import { type CannedHost, INFO } from "./CannedHost.js";
import { arrow, box, pictureOf } from "./graph/pictures.js";
import { drawn, tableRows, type Views, views } from "./harness.js";

const V8: Info = {
  ...INFO,
  ...{ format: "heapsnapshot", runtime: "v8", version: null, capturedAt: null, pid: null, argv: [], gcEnabled: null },
  has: {
    refcounts: false,
    generations: false,
    weakrefs: true,
    locations: true,
    arenas: false,
    threads: false,
    tracemalloc: false,
  },
  notes: [],
};
const SYSTEM = 100_000_000;
/** Words that are true of CPython's heaps alone. */
const PYTHON = /python|refcount|refs \d|garbage|interpreter|generation|collector|\bcut\b/i;

const DETAILS: ObjectDetails = {
  ...{ id: "@7", name: "Detached HTMLDivElement", type: "HTMLDivElement", kind: "instance", self: 64, retained: 1234 },
  ...{ dominator: "@5", distance: 4, refcount: null, references: { inside: 2, outside: null }, garbage: false },
  ...{ generation: null, flags: ["detached"], root: "", path: "global.page", weakrefs: [] },
  referrers: [{ id: "@5", name: "Object", label: ".page", standing: "traversed" }],
  referrersTotal: 1,
  referents: [{ id: "@9", name: "Object", label: ".held", standing: "weak" }],
  referentsTotal: 1,
};

const CONTEXT = box("@9", 20, 200, { lines: ["system / Context", "48 bytes"], inCycle: true });
const CLOSURE = box("@7", 20, 20, { lines: ["Function unused", "56 bytes"], inCycle: true });

async function open(view: Views): Promise<CannedHost> {
  const host = await view.canned();
  host.answers.report = () => ({ snapshot: {} as never, findings: [] });
  host.answers.object = ({ id }) => ({ ...DETAILS, id });
  host.answers.why = ({ id }) => ({ id, name: DETAILS.name, garbage: false, paths: [] });
  host.answers.types = () => [{ type: "Object", count: 3, bytes: 96, garbage: 0 }];
  await host.open("/data/app.heapsnapshot", V8);
  return host;
}

const show = async (host: CannedHost, route: Route) => {
  await host.tell({ kind: "show", route });
  await drawn(host.page);
};

const wordsOf = (page: Page) => page.locator("main").innerText();

/** Facts by name. */
async function factsOf(page: Page): Promise<ReadonlyMap<string, string>> {
  const names = await page.locator("main dl.facts dt").allInnerTexts();
  const values = await page.locator("main dl.facts dd").allInnerTexts();
  return new Map(names.map((name, i) => [name, values[i]]));
}

describe("webview: a heap of V8", () => {
  const view = views();

  it("is told to be one: without reference counts, and without what belongs to a Python process", async () => {
    const host = await open(view);
    const told = await factsOf(host.page);
    assert.equal(told.get("Runtime"), "V8, of Node or a browser");
    assert.equal(told.get("Reference counts"), "none: V8 counts no references");
    assert.equal(told.get("Not in this snapshot"), "V8's version, the program, the time");
    assert.deepEqual(
      [told.get("Collector"), told.get("Process"), told.get("Captured")],
      [undefined, undefined, undefined],
    );
    assert.match(await host.page.locator("header").innerText(), /V8 · 12,345 objects · 3\.0 GB/);
    assert.doesNotMatch(await wordsOf(host.page), PYTHON);
  });

  it("has no tabs for threads, weak references and arenas; the digits count those that are there", async () => {
    const host = await open(view);
    const { page } = host;
    const tabs = page.getByRole("navigation").getByRole("button");
    assert.deepEqual(await tabs.allInnerTexts(), ["Overview", "Cycles", "Types", "Caches", "Duplicates", "Compare"]);
    await page.keyboard.press("6");
    await page.getByRole("heading", { name: "Compare" }).waitFor();
    // As an editor remembers it that showed another file under this name before.
    await show(host, { view: "threads" });
    await page.getByRole("heading", { name: "Overview" }).waitFor();
    assert.equal(host.asked("threads").length, 0);
  });

  it("has no column for garbage among its types", async () => {
    const host = await open(view);
    await show(host, { view: "types" });
    assert.deepEqual(await tableRows(host.page, "Types"), [["Object", "3", "96 bytes"]]);
    assert.doesNotMatch(await wordsOf(host.page), PYTHON);
  });

  it("tells of an object how far it is from the roots, what dominates it, and that it is detached", async () => {
    const host = await open(view);
    const { page } = host;
    await show(host, { view: "object", id: "@7" });
    const told = await factsOf(page);
    assert.equal(told.get("Distance"), "4 from the program's global objects");
    assert.equal(told.get("Dominator"), "@5");
    assert.equal(told.get("Detached"), "taken out of its document, but something still refers to it");
    assert.deepEqual(await tableRows(page, /^Referrers/), [[".page", "Object", "@5", "strong"]]);
    assert.deepEqual(await tableRows(page, /^Referents/), [[".held", "Object", "@9", "weak"]]);
    assert.doesNotMatch(await wordsOf(page), PYTHON);
    assert.deepEqual((await applyAxe(page)).violations, []);
    host.answers.object = ({ id }) => ({ ...DETAILS, id, distance: SYSTEM + 3, flags: [] });
    await show(host, { view: "object", id: "@11" });
    const other = await factsOf(page);
    assert.match(other.get("Distance") ?? "", /^3 from the engine's own roots; /);
    assert.equal(other.get("Detached"), undefined);
  });

  it("lists families of cycles without a state, and no way to cut them", async () => {
    const host = await open(view);
    const { page } = host;
    const family = { family: 0, name: "Function unused", count: 3, objects: 2, bytes: 312, pinned: 0, garbage: false };
    host.answers.families = () => ({ families: [family], total: 1, infrastructure: { sccs: 0, largest: 0 } });
    host.answers.family = () => ({
      ...{ ...family, signature: "shape", examples: [], edges: [], edgesTotal: 0, cuts: [] },
      noCuts: "Nothing has to be cut.",
    });
    await show(host, { view: "cycles" });
    await page.getByRole("heading", { name: "What frees it" }).waitFor();
    const [row] = await tableRows(page, "Families of reference cycles");
    assert.deepEqual(row.slice(0, 2), ["Function unused", "3"]);
    assert.equal(await page.getByRole("group", { name: "State" }).count(), 0);
    assert.equal(await page.getByRole("button", { name: /cut/i }).count(), 0);
  });

  it("has leak graphs in which nothing is cut, by no button and no key", async () => {
    const host = await open(view);
    const { page } = host;
    host.answers.picture = () =>
      pictureOf([CLOSURE, CONTEXT], [arrow(CLOSURE, CONTEXT, { labels: ["<context>"], inCycle: true })]);
    await show(host, { view: "graph", seed: { kind: "family", family: 0, cycle: 0 }, suggest: true });
    await page.locator("[data-box]").first().waitFor();
    await page.locator("[data-box]").first().click();
    await page.getByText("4 from the program's global objects").waitFor();
    const row = page.getByRole("grid", { name: "References" }).getByRole("row").nth(1);
    await row.click();
    await page.keyboard.press("x");
    await drawn(page);
    assert.equal(await page.getByRole("button", { name: /cut/i }).count(), 0);
    assert.deepEqual([host.asked("cut").length, host.asked("family").length], [0, 0]);
    await page.getByText("Legend").click();
    await page.keyboard.press("?");
    await page.getByRole("dialog").waitFor();
    assert.doesNotMatch(await wordsOf(page), PYTHON);
    await page.keyboard.press("Escape");
    assert.deepEqual((await applyAxe(page)).violations, []);
  });
});
