import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { formatBytes, formatCount } from "../../src/detect/format.js";
import { type CacheRow, caches } from "../../src/session/queries/caches.js";
import { Series } from "../../src/session/Series.js";
import { captureRounds } from "../detect/growing.js";
import { pythons } from "../rig/pythons.js";
import type { CannedHost } from "./CannedHost.js";
import { drawn, routeBecomes, selectedBecomes, tableBegins, tableRows, type ViewOptions, views } from "./harness.js";
import { goBack, tabFrom } from "./keyboard.js";
import { assertClean, THEMES } from "./themes.js";

const LABEL = "Caches";
const PAGES = "__main__.SERVICE.pages";
const COMPARED = { kind: "compared", files: ["round0", "round1"], version: 1, canChoose: false } as const;

/** Rows made up: all that a cache can have or lack, and numbers that differ in every column. */
const MADE_UP: readonly CacheRow[] = [
  {
    name: "app.SMALL",
    id: "0x10",
    type: "dict",
    entries: 12,
    idle: 9,
    idleShare: 0.75,
    commonType: "app.Page",
    commonCount: 11,
    bytes: 2_000_000,
    bound: { limit: 128, by: "app.SMALL_MAX" },
    growth: { counts: [12, 12, 12], slope: 0, r2: 1, grows: false },
  },
  {
    name: "app.load.cache",
    id: "0x20",
    type: "functools._lru_cache_wrapper",
    entries: 3000,
    idle: 0,
    idleShare: 0,
    commonType: "",
    commonCount: 0,
    bytes: 5000,
    bound: null,
    location: { file: "/srv/app/load.py", line: 7, name: "load" },
    growth: { counts: [1000, 2000, 3000], slope: 1000, r2: 0.994, grows: true },
  },
  {
    name: "zoo.LIST",
    id: "0x30",
    type: "collections.deque",
    entries: 500,
    idle: 500,
    idleShare: 1,
    commonType: "int",
    commonCount: 500,
    bytes: 40_000,
    bound: { limit: 500, by: "maxlen" },
    location: { file: "/srv/zoo.py", line: 99, name: "" },
  },
];

describe("webview: the caches", () => {
  const view = views();
  let folder: string;
  let series: Series;

  before(async () => {
    folder = mkdtempSync(join(tmpdir(), "ouroboros-caches-"));
    series = await Series.open(captureRounds(pythons().at(-1)!, "service.py", folder, "leak"));
  });
  after(() => rmSync(folder, { recursive: true, force: true }));

  /** The view on the last snapshot of a service that leaks; of its first version nothing is compared. */
  async function open(options: ViewOptions = {}): Promise<CannedHost> {
    const host = await view.canned(options);
    host.answers.caches = ({ version }) => (version === 0 ? caches(series.last) : caches(series.last, series));
    await show(host);
    return host;
  }

  async function show(host: CannedHost): Promise<void> {
    await host.open();
    await host.page.getByRole("navigation").getByRole("button", { name: "Caches" }).click();
    await host.page.getByRole("heading", { name: "Caches", exact: true }).waitFor();
  }

  async function madeUp(options: ViewOptions = {}): Promise<CannedHost> {
    const host = await view.canned(options);
    host.answers.caches = () => MADE_UP;
    await host.tell(COMPARED);
    await show(host);
    await host.page.getByRole("grid", { name: LABEL }).waitFor();
    return host;
  }

  it("lists what the analysis found, and says where growth is shown while nothing is compared", async () => {
    const { page, received } = await open({ width: 1900 });
    await page.getByRole("grid", { name: LABEL }).waitFor();
    const rows = caches(series.last);
    assert.ok(rows.length > 1);
    await tableBegins(
      page,
      LABEL,
      0,
      rows.map(({ name }) => name),
    );
    assert.deepEqual(
      (await tableRows(page, LABEL)).map((row) => row.slice(1, 6)),
      rows.map(({ type, id, entries, idleShare, bytes }) => [
        type,
        id,
        formatCount(entries),
        `${Math.round(idleShare * 100)} %`,
        formatBytes(bytes),
      ]),
    );
    assert.equal(await page.getByRole("columnheader", { name: "Growth" }).count(), 0);
    assert.equal(await page.getByRole("img").count(), 0, "there is no growth to draw");
    await page.getByText("with other snapshots shows which of them grow").waitFor();
    await page.getByRole("main").getByRole("button", { name: "Compare" }).click();
    await routeBecomes(received, { view: "compare" });
  });

  it("shows growth once snapshots were chosen, and takes no answer to an earlier choice", async () => {
    const host = await view.canned({ width: 1400 });
    const { page } = host;
    await show(host);
    const early = await host.question("caches");
    assert.deepEqual(early.params, { version: 0 });
    await host.tell(COMPARED);
    const late = await host.question("caches", 1);
    assert.deepEqual(late.params, { version: 1 });
    await host.tell({ kind: "answer", id: early.id, answer: [{ ...MADE_UP[0], name: "app.EARLY" }] });
    await drawn(page);
    assert.equal(await page.getByText("app.EARLY").count(), 0, "that answer was to another question");
    await host.tell({ kind: "answer", id: late.id, answer: caches(series.last, series) });
    await page.getByRole("columnheader", { name: "Growth" }).waitFor();
    const rows = await tableRows(page, LABEL);
    const grown = rows.filter((row) => row.includes("+100 each time"));
    assert.deepEqual(
      grown.map(([name]) => name),
      [PAGES],
    );
    assert.ok(
      rows.some((row) => row.includes("steady")),
      JSON.stringify(rows),
    );
    assert.equal(await page.getByText("shows which of them grow").count(), 0);
    const pane = page.getByRole("region", { name: PAGES });
    await pane.getByText("100 → 500 over 5 snapshots, +100 each time, r² 1.00").waitFor();
    const chart = pane.getByRole("img", { name: "Entries in 5 snapshots: 100, 200, 300, 400, 500", exact: true });
    await chart.waitFor();
    const heights = await chart.locator("circle").evaluateAll((all) => all.map((c) => Number(c.getAttribute("cy"))));
    assert.equal(heights.length, 5);
    assert.ok(
      heights.every((y, i) => i === 0 || y < heights[i - 1]),
      `the line rises: ${heights}`,
    );
  });

  it("sorts by each column, and filters", async () => {
    const { page } = await madeUp({ width: 1900 });
    const orders: readonly (readonly [title: string, names: readonly number[]])[] = [
      ["Container", [1, 0, 2]],
      ["Type", [2, 0, 1]],
      ["Entries", [1, 2, 0]],
      ["Idle", [2, 0, 1]],
      ["Bytes", [0, 2, 1]],
      ["Bound", [1, 2, 0]],
      ["Growth", [1, 0, 2]],
      ["Source", [0, 1, 2]],
    ];
    for (const [title, order] of orders) {
      await page.getByRole("columnheader", { name: title, exact: true }).getByRole("button").click();
      await tableBegins(
        page,
        LABEL,
        0,
        order.map((i) => MADE_UP[i].name),
      );
    }
    assert.deepEqual((await tableRows(page, LABEL))[1].slice(3), [
      "3,000",
      "0 %",
      "5.0 kB",
      "",
      "+1,000 each time",
      "load.py:7",
    ]);
    const field = page.getByRole("textbox", { name: /^Filter/ });
    for (const [typed, left] of [
      ["APP.", [0, 1]],
      ["deque", [2]],
      ["load.py", [1]],
    ] as const) {
      await field.fill(typed);
      await page.getByText(`${left.length} of 3 containers`).waitFor();
      const names = (await tableRows(page, LABEL)).map(([name]) => name).sort();
      assert.deepEqual(
        names,
        left.map((i) => MADE_UP[i].name),
      );
    }
    await field.fill("nothing is named so");
    await page.getByText("Nothing fits the filter.").waitFor();
  });

  it("tells all about a container, and leads to its graph, its holders and its line, by keyboard alone", async () => {
    const host = await madeUp({ width: 1400 });
    const { page, received } = host;
    const grid = page.getByRole("grid", { name: LABEL });
    await page.getByRole("region", { name: "app.SMALL" }).getByText("128 entries, by app.SMALL_MAX").waitFor();
    await page.getByText("9 of 12, 75 %: nothing else keeps their values").waitFor();
    await page.getByText("steady: 12 → 12 over 3 snapshots").waitFor();
    await grid.focus();
    await page.keyboard.press("End");
    await page.getByRole("region", { name: "zoo.LIST" }).getByText("unknown: no other snapshot tells of it").waitFor();
    assert.equal(await page.getByRole("img").count(), 0, "nothing is known to draw");
    await page.keyboard.press("ArrowUp");
    const pane = page.getByRole("region", { name: "app.load.cache" });
    await pane.getByText("none is known").waitFor();
    await pane.getByText("1,000 → 3,000 over 3 snapshots, +1,000 each time, r² 0.99").waitFor();
    await selectedBecomes(received, "0x20");
    // From the table on Tab leads into the pane: past the id to the buttons.
    for (const [name, check] of [
      ["Show graph", () => routeBecomes(received, { view: "graph", seed: { kind: "object", id: "0x20" } })],
      ["Why is this alive?", () => routeBecomes(received, { view: "graph", seed: { kind: "path", id: "0x20" } })],
      [
        "Go to source: load.py:7",
        async () => assert.deepEqual((await host.says("source")).location, MADE_UP[1].location),
      ],
    ] as const) {
      await tabFrom(page, LABEL, name);
      await page.keyboard.press("Enter");
      await check();
      if (name.startsWith("Go")) continue;
      await goBack(page, "Caches");
      await pane.waitFor();
    }
    await grid.focus();
    await page.keyboard.press("Enter");
    await routeBecomes(received, { view: "object", id: "0x20" });
  });

  it("says that there are none", async () => {
    const host = await view.canned();
    host.answers.caches = () => [];
    await show(host);
    await host.page.getByText(/^No container with 10 entries or more/).waitFor();
  });

  for (const [theme, options] of THEMES) {
    for (const width of [1200, 700]) {
      it(`is accessible and fits, ${theme}, ${width} px wide`, async () => {
        const host = await open({ ...options, width });
        const { page } = host;
        await page.getByRole("grid", { name: LABEL }).focus();
        await assertClean(page, "alone");
        await host.tell(COMPARED);
        await page.getByRole("img").waitFor();
        await assertClean(page, "compared");
      });
    }
  }
});
