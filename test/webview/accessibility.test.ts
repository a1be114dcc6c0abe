import assert from "node:assert/strict";
import type { Page } from "playwright-core";
import { applyAxe } from "./axe.js";
import { views } from "./harness.js";

/** Applies axe's rules to the page; returns how many did apply. */
async function check(page: Page, what: string): Promise<number> {
  const { violations, rules } = await applyAxe(page);
  assert.deepEqual(violations, [], what);
  return rules;
}

describe("webview: accessibility (axe-core)", () => {
  const view = views();

  for (const colorScheme of ["dark", "light"] as const) {
    it(`has no violation in the ${colorScheme} colours`, async () => {
      const { page, snapshot, connection } = await view.real({ colorScheme, width: 1000 });
      await page.getByRole("article").first().waitFor();
      await page.getByText(/^Worth knowing/).click();
      await page.getByRole("article").nth(3).waitFor();
      let rules = await check(page, "overview");

      await page.keyboard.press("2");
      await page.getByRole("heading", { name: "Where to cut it" }).waitFor();
      await page.getByRole("grid").focus();
      rules += await check(page, "cycles");

      await page.keyboard.press("3");
      await page.getByRole("row").nth(3).click();
      await page.getByRole("grid", { name: /^Largest/ }).waitFor();
      rules += await check(page, "types");

      await page.keyboard.press("4");
      await page.getByRole("grid", { name: "Caches" }).focus();
      rules += await check(page, "caches");

      await page.keyboard.press("5");
      await page.getByRole("grid", { name: "Values with several objects" }).focus();
      rules += await check(page, "duplicates");

      await page.keyboard.press("6");
      // The capture began when the program had ended.
      await page.getByText("No thread was in the program’s code.").waitFor();
      rules += await check(page, "threads");

      await page.keyboard.press("8");
      await page.getByRole("listbox", { name: "Arenas" }).or(page.locator(".empty-state")).waitFor();
      rules += await check(page, "arenas");

      await page.keyboard.press("9");
      await page.getByText("ouroboros open A B C").waitFor();
      rules += await check(page, "compare");

      const { rows } = await snapshot.ask("search", { text: "Page", limit: 1 });
      connection.show({ view: "object", id: rows[0].id });
      await page.getByRole("grid", { name: /^Referents/ }).waitFor();
      rules += await check(page, "object");

      await page.keyboard.press("/");
      await page.keyboard.type("Page");
      await page.getByRole("option").first().waitFor();
      await page.keyboard.press("ArrowDown");
      rules += await check(page, "search");
      assert.ok(rules > 10 * 10, `${rules} rules applied`);
    });
  }

  it("has no violation while it waits, and where something is wrong", async () => {
    const host = await view.canned();
    const { page } = host;
    await host.tell({ kind: "loading", done: 0.4, step: "strings" });
    await page.getByText("40 %").waitFor();
    await check(page, "loading");
    await host.tell({ kind: "failed", message: "It is cut off.", advice: "Copy it again." });
    await page.getByRole("alert").waitFor();
    await check(page, "failed");
    await host.tell({ kind: "cancelled" });
    await page.getByRole("heading", { name: "Cancelled" }).waitFor();
    await check(page, "cancelled");
    await host.open();
    const { id } = await host.question("report");
    await check(page, "waiting for the report");
    await host.tell({ kind: "refused", id, message: "It ran out of memory.", advice: "Give it more." });
    await page.getByRole("alert").waitFor();
    await host.tell({ kind: "notice", text: "The file is not here." });
    await page.getByRole("button", { name: "Dismiss" }).waitFor();
    await check(page, "refused, and a notice");
  });
});
