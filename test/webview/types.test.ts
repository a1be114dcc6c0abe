import assert from "node:assert/strict";
import type { Page } from "playwright-core";
import { formatBytes, formatCount } from "../../src/detect/format.js";
import type { TypeRow } from "../../src/session/queries/types.js";
import { drawn, eventually, routeBecomes, tableBegins, tableRows, views } from "./harness.js";

const MANY = 100_000;

async function openTypes(page: Page): Promise<void> {
  await page.getByRole("navigation").getByRole("button", { name: "Types" }).click();
  await page.getByRole("heading", { name: "Types", exact: true }).waitFor();
}

/** The row that the keyboard is on: its place, its texts, and whether all of it is in sight. */
async function activeRow(page: Page, label: string) {
  return page.getByRole("grid", { name: label }).evaluate((grid) => {
    const row = document.getElementById(grid.getAttribute("aria-activedescendant") ?? "");
    if (!row) return undefined;
    const outer = grid.getBoundingClientRect();
    const head = grid.querySelector(".table-head")!.getBoundingClientRect();
    const inner = row.getBoundingClientRect();
    return {
      index: Number(row.getAttribute("aria-rowindex")),
      text: row.querySelector("[role=gridcell]")!.textContent ?? "",
      inSight: inner.top >= head.bottom - 1 && inner.bottom <= outer.bottom + 1,
    };
  });
}

async function activeBecomes(page: Page, label: string, index: number): Promise<string> {
  await eventually(async () => {
    const row = await activeRow(page, label);
    return row?.index === index && row.inSight;
  }, `row ${index} is in sight`);
  return (await activeRow(page, label))!.text;
}

describe("webview: the types", () => {
  const view = views();

  it("draws of 100,000 rows only those in sight, and reaches each by keyboard", async () => {
    const host = await view.canned();
    const { page } = host;
    const rows = Array.from({ length: MANY }, (_, i) => ({
      type: `pkg${i % 100}.Type${i}`,
      count: (i * 31) % 1009,
      bytes: MANY - i,
      garbage: i % 7,
    }));
    host.answers.types = () => rows;
    host.answers.instances = () => ({ rows: [], total: 0 });
    await host.open();
    await openTypes(page);
    const grid = page.getByRole("grid", { name: "Types" });
    await grid.waitFor();
    const few = async () => {
      await drawn(page);
      const count = await grid.locator("[role=row]").count();
      assert.ok(count > 10 && count < 100, `${count} rows are drawn`);
    };
    assert.equal(await grid.getAttribute("aria-rowcount"), String(MANY + 1));
    await few();
    await grid.focus();
    await page.keyboard.press("End");
    assert.equal(await activeBecomes(page, "Types", MANY + 1), `pkg99.Type${MANY - 1}`);
    await few();
    const last = (await tableRows(page, "Types")).at(-1);
    assert.deepEqual(last, [
      `pkg99.Type${MANY - 1}`,
      formatCount(rows.at(-1)!.count),
      "1 byte",
      String((MANY - 1) % 7),
    ]);
    await page.keyboard.press("ArrowDown");
    await page.keyboard.press("ArrowUp");
    assert.equal(await activeBecomes(page, "Types", MANY), `pkg98.Type${MANY - 2}`);
    await page.keyboard.press("PageUp");
    await eventually(async () => (await activeRow(page, "Types"))!.index < MANY - 5, "a page up");
    await page.keyboard.press("Home");
    assert.equal(await activeBecomes(page, "Types", 2), "pkg0.Type0");
    await page.keyboard.press("ArrowUp");
    await page.keyboard.press("PageDown");
    await eventually(async () => (await activeRow(page, "Types"))!.index > 10, "a page down");
    const { index } = (await activeRow(page, "Types"))!;
    // What the keyboard is on is there for screen readers, even where it was scrolled out of sight by mouse.
    await grid.evaluate((element) => element.scrollTo(0, element.scrollHeight / 2));
    await eventually(async () => {
      const indices = await grid
        .locator(".table-body [role=row]")
        .evaluateAll((all) => all.map((row) => Number(row.getAttribute("aria-rowindex"))));
      return indices.includes(index) && indices.some((i) => Math.abs(i - MANY / 2) < 100);
    }, "the active row and those in sight are drawn");
    await few();
    await page.getByRole("textbox", { name: "Filter by name" }).fill("type99999");
    await page.getByText(`1 of ${formatCount(MANY)} types`).waitFor();
    assert.deepEqual(
      (await tableRows(page, "Types")).map(([type]) => type),
      [`pkg99.Type${MANY - 1}`],
    );
    assert.equal(await grid.getAttribute("aria-rowcount"), "2");
    await page.getByRole("textbox", { name: "Filter by name" }).fill("nothing is named so");
    await page.getByText("No type fits the filter.").waitFor();
  });

  it("sorts by each column, both ways", async () => {
    const { page, snapshot } = await view.real();
    const all = await snapshot.ask("types", {});
    await openTypes(page);
    const columns: readonly [string, (row: TypeRow) => string | number, (row: TypeRow) => string][] = [
      ["Type", ({ type }) => type.toLowerCase(), ({ type }) => type],
      ["Objects", ({ count }) => count, ({ count }) => formatCount(count)],
      ["Bytes", ({ bytes }) => bytes, ({ bytes }) => formatBytes(bytes)],
      ["Garbage", ({ garbage }) => garbage, ({ garbage }) => formatCount(garbage)],
    ];
    const top = (column: number, wanted: readonly string[]) => tableBegins(page, "Types", column, wanted);
    await top(
      0,
      all.slice(0, 10).map(({ type }) => type),
    );
    for (const [i, [title, key, shown]] of columns.entries()) {
      const header = page.getByRole("columnheader", { name: title, exact: true });
      const was = await header.getAttribute("aria-sort");
      const natural = typeof key(all[0]) === "number" ? "descending" : "ascending";
      const other = natural === "ascending" ? "descending" : "ascending";
      for (const order of was === natural ? [other, natural] : [natural, other]) {
        await header.getByRole("button").click();
        assert.equal(await header.getAttribute("aria-sort"), order);
        const sign = order === "descending" ? -1 : 1;
        const wanted = [...all].sort((a, b) => (key(a) < key(b) ? -sign : key(a) > key(b) ? sign : 0)).slice(0, 10);
        await top(
          0,
          wanted.map(({ type }) => type),
        );
        await top(i, wanted.map(shown));
      }
    }
  });

  it("filters by name, and shows the largest objects of the chosen type", async () => {
    const { page, snapshot, received } = await view.real({ width: 1600 });
    const all = await snapshot.ask("types", {});
    await openTypes(page);
    await page.getByText("Choose a type to see its largest objects.").waitFor();
    await page.getByRole("textbox", { name: "Filter by name" }).fill("__MAIN__.p");
    const own = all.filter(({ type }) => type.includes("__main__.P"));
    await tableBegins(
      page,
      "Types",
      0,
      own.map(({ type }) => type),
    );
    assert.equal((await tableRows(page, "Types")).length, own.length);
    await page.getByText(`${own.length} of ${all.length} types`).waitFor();

    await page.getByRole("row", { name: "__main__.Page" }).click();
    const label = "Largest objects of the type __main__.Page";
    const { rows } = await snapshot.ask("instances", { type: "__main__.Page", top: 100 });
    await page.getByText("The 100 of 300 objects that retain most").waitFor();
    await tableBegins(
      page,
      label,
      1,
      rows.slice(0, 10).map(({ id }) => id),
    );
    assert.deepEqual(
      (await tableRows(page, label)).slice(0, 10),
      rows
        .slice(0, 10)
        .map(({ id, name, self, retained, held }) => [name, id, formatBytes(self), formatBytes(retained), held]),
    );
    const grid = page.getByRole("grid", { name: label });
    assert.equal(await grid.getAttribute("aria-rowcount"), "101");
    await grid.getByRole("button", { name: rows[2].id }).click();
    await routeBecomes(received, { view: "object", id: rows[2].id });
    // And from the object back to its type.
    await page.getByRole("main").getByRole("button", { name: "__main__.Page", exact: true }).first().click();
    await routeBecomes(received, { view: "types", type: "__main__.Page" });
    await page.getByRole("heading", { name: "__main__.Page" }).waitFor();
    await eventually(
      async () => (await page.getByRole("textbox", { name: "Filter by name" }).inputValue()) === "",
      "the filter is gone, so that the type is in the list",
    );
    assert.equal((await activeRow(page, "Types"))?.text, "__main__.Page");
  });
});
