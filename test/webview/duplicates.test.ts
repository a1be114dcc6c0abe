import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Page } from "playwright-core";
import { formatBytes, formatCount } from "../../src/detect/format.js";
import { type DuplicateRow, duplicates, type DuplicatesResult } from "../../src/session/queries/duplicates.js";
import { Session } from "../../src/session/Session.js";
import { agentFolder } from "../formats/realSnapshot.js";
import { type Python, pythons } from "../rig/pythons.js";
import { type CannedHost, INFO } from "./CannedHost.js";
import {
  eventually,
  routeBecomes,
  selectedBecomes,
  tableBegins,
  tableRows,
  type ViewOptions,
  views,
} from "./harness.js";
import { focusedText, goBack, tabFrom } from "./keyboard.js";
import { assertClean, THEMES } from "./themes.js";

const LABEL = "Values with several objects";
const PLANTED = join("test", "fixtures", "duplicates", "planted.py");

/** Rows made up: all that a value can have or lack, and numbers that differ in every column. */
const ROWS: readonly DuplicateRow[] = [
  {
    value: "'queued'",
    type: "str",
    count: 30,
    saved: 9000,
    objects: Array.from({ length: 12 }, (_, i) => `0x10${i}`),
    objectsTotal: 30,
    heldBy: "app.JOBS[…].state",
    location: { file: "/srv/app/jobs.py", line: 7, name: "JOBS" },
  },
  { value: "3.0", type: "float", count: 200, bytesEach: 24, saved: 4776, objects: ["0x20"], objectsTotal: 200 },
  {
    value: "(1, 'a')",
    type: "tuple",
    count: 2,
    bytesEach: 56,
    saved: 56,
    objects: ["0x30", "0x31"],
    objectsTotal: 2,
    heldBy: "zoo.PAIRS[…]",
    location: { file: "/srv/zoo.py", line: 99, name: "PAIRS" },
  },
];
const MADE_UP: DuplicatesResult = {
  rows: ROWS,
  totals: [
    { type: "str", count: 1030, values: 1001, saved: 9100 },
    { type: "float", count: 200, values: 1, saved: 4776 },
    { type: "tuple", count: 2, values: 1, saved: 56 },
  ],
  policies: [
    { name: "all equal floats", what: "there is one float object for each value", count: 199, saved: 4776 },
    { name: "equal bytes", what: "there is one bytes object for each value", count: 0, saved: 0 },
  ],
};

describe("webview: the duplicates", () => {
  const view = views();
  let python: Python;
  let folder: string;
  let result: DuplicatesResult;

  before(async () => {
    python = pythons().at(-1)!;
    folder = mkdtempSync(join(tmpdir(), "ouroboros-duplicates-"));
    const file = join(folder, "planted.pyheapsnapshot");
    execFileSync(python.path, [PLANTED, file, join(folder, "truth.json")], {
      stdio: ["ignore", "ignore", "inherit"],
      env: { ...process.env, PYTHONPATH: agentFolder, PYTHONDONTWRITEBYTECODE: "1" },
    });
    result = duplicates(await Session.open(file));
  });
  after(() => rmSync(folder, { recursive: true, force: true }));

  async function open(answer: DuplicatesResult, options: ViewOptions = {}, version?: string): Promise<CannedHost> {
    const host = await view.canned(options);
    host.answers.duplicates = () => answer;
    await host.open(undefined, version === undefined ? INFO : { ...INFO, version });
    await host.page.getByRole("navigation").getByRole("button", { name: "Duplicates" }).click();
    await host.page.getByRole("heading", { name: "Duplicates", exact: true }).waitFor();
    return host;
  }

  const choose = (page: Page, list: string) => page.getByRole("button", { name: list, exact: true }).click();

  it("lists the values that the analysis found, by type too, and what sharing would save", async () => {
    const { page } = await open(result, { width: 1900, height: 2000 });
    await tableBegins(
      page,
      LABEL,
      1,
      result.rows.slice(0, 20).map(({ value }) => value),
    );
    const shown = await tableRows(page, LABEL);
    const i = result.rows.findIndex(({ heldBy }) => heldBy === "__main__.THREES[…]");
    const row = result.rows[i];
    assert.ok(i >= 0 && i < shown.length, `row ${i} of ${shown.length}`);
    const place = `planted.py:${row.location!.line}`;
    assert.deepEqual(shown[i], ["float", "3.0", "137", formatBytes(row.saved), "__main__.THREES[…]", place]);
    await page.getByText(/^Equal objects that can’t change\. Saved: the bytes of all of them but one/).waitFor();
    const values = result.totals.reduce((sum, total) => sum + total.values, 0);
    assert.ok(values > result.rows.length, "not all are listed");
    await page.getByText(`the first ${result.rows.length} of ${formatCount(values)} values`, { exact: true }).waitFor();

    await choose(page, "By type");
    const cells = (name: string) =>
      page
        .getByRole("table", { name })
        .locator("tbody tr")
        .evaluateAll((rows) => rows.map((tr) => [...tr.children].map((cell) => cell.textContent)));
    assert.deepEqual(
      await cells("Equal objects by type"),
      result.totals.map((total) => [
        total.type,
        formatCount(total.count),
        formatCount(total.values),
        formatBytes(total.saved),
      ]),
    );
    await choose(page, "What if");
    assert.deepEqual(
      await cells("What if these were shared?"),
      result.policies.map(({ name, count, saved, what }) => [name, formatCount(count), formatBytes(saved), what]),
    );
    await page.getByText(/so they don’t add up\.$/).waitFor();
  });

  it("adds up the types, and leads from each to its instances", async () => {
    const { page, received } = await open(MADE_UP);
    await choose(page, "By type");
    const all = page.getByRole("row", { name: /^All/ });
    assert.deepEqual(await all.getByRole("cell").allInnerTexts(), ["1,232", "1,003", formatBytes(13_932)]);
    await page.getByRole("table").getByRole("button", { name: "float" }).click();
    await routeBecomes(received, { view: "types", type: "float" });
  });

  it("sorts by each column, and filters", async () => {
    const { page } = await open(MADE_UP, { width: 1900 });
    await page.getByText("the first 3 of 1,003 values").waitFor();
    for (const [title, order] of [
      ["Type", [1, 0, 2]],
      ["Value", [0, 2, 1]],
      ["Objects", [1, 0, 2]],
      ["Saved", [0, 1, 2]],
      ["Held by", [1, 0, 2]],
      ["Source", [1, 0, 2]],
    ] as const) {
      const header = page.getByRole("columnheader", { name: title, exact: true });
      for (const [direction, wanted] of [
        [["Objects", "Saved"].includes(title) ? "descending" : "ascending", order],
        [["Objects", "Saved"].includes(title) ? "ascending" : "descending", [...order].reverse()],
      ] as const) {
        await header.getByRole("button").click();
        assert.equal(await header.getAttribute("aria-sort"), direction, title);
        await tableBegins(
          page,
          LABEL,
          1,
          wanted.map((i) => ROWS[i].value),
        );
      }
    }
    const field = page.getByRole("textbox", { name: /^Filter/ });
    for (const [typed, left] of [
      ["QUEUED", [0]],
      ["float", [1]],
      ["zoo.pairs", [2]],
      ["jobs.py:7", [0]],
    ] as const) {
      await field.fill(typed);
      await page.getByText(`${left.length} of the first 3 of 1,003 values`).waitFor();
      assert.deepEqual(
        (await tableRows(page, LABEL)).map(([, value]) => value),
        left.map((i) => ROWS[i].value),
      );
    }
    await field.fill("nothing is named so");
    await page.getByText("Nothing fits the filter.").waitFor();
  });

  it("tells all about a value, and leads to its graph, its holders, its line and its objects, by keyboard", async () => {
    const host = await open(MADE_UP, { width: 1400 });
    const { page, received } = host;
    const pane = page.getByRole("region", { name: "'queued'" });
    for (const fact of [
      "differs from object to object",
      `${formatBytes(9000)}, if one object stood for all`,
      "app.JOBS[…].state",
      "… and 18 more",
    ])
      await pane.getByText(fact, { exact: true }).waitFor();
    assert.deepEqual(
      (await pane.getByRole("listitem").allInnerTexts()).slice(0, 12),
      ROWS[0].objects,
      "the objects are listed",
    );
    await selectedBecomes(received, ROWS[0].objects[0]);
    const grid = page.getByRole("grid", { name: LABEL });
    for (const [name, check] of [
      ["Show graph", () => routeBecomes(received, { view: "graph", seed: { kind: "object", id: "0x100" } })],
      ["Why is this alive?", () => routeBecomes(received, { view: "graph", seed: { kind: "path", id: "0x100" } })],
      ["Go to source: jobs.py:7", async () => assert.deepEqual((await host.says("source")).location, ROWS[0].location)],
      ["0x101", () => routeBecomes(received, { view: "object", id: "0x101" })],
      ["str", () => routeBecomes(received, { view: "types", type: "str" })],
    ] as const) {
      await tabFrom(page, LABEL, name);
      await page.keyboard.press("Enter");
      await check();
      if (name.startsWith("Go")) continue;
      await goBack(page, "Duplicates");
      await pane.waitFor();
    }
    await grid.focus();
    await page.keyboard.press("ArrowDown");
    const second = page.getByRole("region", { name: "3.0" });
    await second.getByText("24 bytes each").waitFor();
    await second.getByText("unknown: by nothing that has a name").waitFor();
    assert.equal(await second.getByRole("button", { name: /^Go to source/ }).count(), 0);
    await page.keyboard.press("Enter");
    await routeBecomes(received, { view: "object", id: "0x20" });
  });

  it("gives advice that keeps values of other types apart", async () => {
    const host = await open(MADE_UP, { width: 1400 });
    const { page, received } = host;
    await page.getByRole("region", { name: "'queued'" }).getByText("sys.intern(text)", { exact: true }).waitFor();
    const from = received.length;
    await page.getByRole("row", { name: /float/ }).click();
    await page.getByRole("region", { name: "3.0" }).getByRole("button", { name: "Copy the expression" }).click();
    const { text } = await host.says("copy", from);
    // What Python makes of it.
    const program = `shared = {}
for value in (1, 1.0, True, 0.0, -0.0, (1, "a"), (1.0, "a"), (1, "a"), 1.0, float("1")): ${text}
print(list(shared.values()))`;
    assert.equal(
      execFileSync(python.path, ["-c", program], { encoding: "utf8" }).trim(),
      "[1, 1.0, True, 0.0, -0.0, (1, 'a'), (1.0, 'a')]",
    );
  });

  it("knows that interning is called otherwise in Python 2", async () => {
    const { page } = await open(MADE_UP, {}, "2.7.18");
    await page.getByRole("region", { name: "'queued'" }).getByText("intern(text)", { exact: true }).waitFor();
  });

  it("changes lists by keyboard, without losing the focus", async () => {
    const { page } = await open(MADE_UP);
    await page.getByRole("grid", { name: LABEL }).waitFor();
    for (const name of ["By type", "What if", "Values"]) {
      const button = page.getByRole("button", { name, exact: true });
      await button.focus();
      await page.keyboard.press("Enter");
      await eventually(async () => (await button.getAttribute("aria-pressed")) === "true", `${name} is shown`);
      assert.equal(await focusedText(page), name);
      assert.equal(await page.getByRole("group", { name: "List" }).locator("[aria-pressed=true]").count(), 1);
    }
    await page.getByRole("grid", { name: LABEL }).waitFor();
  });

  it("says that there are none", async () => {
    const { page } = await open({ rows: [], totals: [], policies: MADE_UP.policies });
    const none = page.getByText(/^No two objects that are alive/);
    await none.waitFor();
    assert.equal(await page.getByRole("grid").count(), 0);
    await choose(page, "By type");
    await none.waitFor();
    assert.equal(await page.getByRole("table").count(), 0);
  });

  for (const [theme, options] of THEMES) {
    for (const width of [1200, 700]) {
      it(`is accessible and fits, ${theme}, ${width} px wide`, async () => {
        const { page } = await open(result, { ...options, width });
        await page.getByRole("grid", { name: LABEL }).focus();
        await page.keyboard.press("ArrowDown");
        await assertClean(page, "values");
        await choose(page, "By type");
        await page.getByRole("table").waitFor();
        await assertClean(page, "by type");
        await choose(page, "What if");
        await page.getByRole("rowheader", { name: "equal tuples" }).waitFor();
        await assertClean(page, "what if");
      });
    }
  }
});
