import assert from "node:assert/strict";
import type { Page } from "playwright-core";
import { drawn, eventually, routeBecomes, views } from "./harness.js";
import { goBack, headingFocused } from "./keyboard.js";

const focused = (page: Page) =>
  page.evaluate(() => {
    const element = document.activeElement ?? document.body;
    const { outlineStyle, outlineWidth, outlineColor } = getComputedStyle(element);
    const { width, height, left, top } = element.getBoundingClientRect();
    const x = left + width / 2;
    const y = top + height / 2;
    return {
      tag: element.tagName,
      role: element.getAttribute("role") ?? "",
      name: (element.getAttribute("aria-label") ?? element.textContent ?? "").trim(),
      outlined: outlineStyle !== "none" && parseFloat(outlineWidth) >= 1 && !/, 0\)$/.test(outlineColor),
      inSight: width > 0 && height > 0 && x >= 0 && y >= 0 && x <= innerWidth && y <= innerHeight,
    };
  });

async function tabTo(page: Page, wanted: (at: Awaited<ReturnType<typeof focused>>) => boolean): Promise<void> {
  for (let i = 0; i < 60; i++) {
    if (wanted(await focused(page))) return;
    await page.keyboard.press("Tab");
  }
  assert.fail("Tab does not lead there");
}

const current = (page: Page) => page.locator("nav [aria-current=page]").innerText();

describe("webview: by keyboard alone", () => {
  const view = views();

  it("switches views by digits, goes back by Alt+Left, and puts the focus on the heading", async () => {
    const { page, received } = await view.real();
    assert.equal(await current(page), "Overview");
    await page.keyboard.press("2");
    await headingFocused(page, "Reference cycles");
    assert.equal(await current(page), "Cycles");
    await page.keyboard.press("3");
    await headingFocused(page, "Types");
    await page.keyboard.press("1");
    await headingFocused(page, "Overview");
    await page.keyboard.press("0");
    assert.equal(await current(page), "Overview", "there is no tenth view");
    await page.keyboard.press("Alt+ArrowRight");
    await drawn(page);
    assert.equal(await current(page), "Overview", "no other key with Alt goes back");
    await routeBecomes(received, { view: "overview" });
    for (const name of ["Types", "Reference cycles", "Overview"]) {
      await goBack(page, name);
    }
    assert.equal(await page.getByRole("button", { name: "Back" }).isDisabled(), true);
    await page.keyboard.press("Alt+ArrowLeft");
    await drawn(page);
    assert.equal(await current(page), "Overview");
  });

  it("leads to the search by a slash, and takes keys in a field for text", async () => {
    const { page } = await view.real();
    await page.keyboard.press("2");
    await headingFocused(page, "Reference cycles");
    await page.keyboard.press("/");
    const at = await focused(page);
    assert.equal(at.role, "combobox");
    assert.ok(at.outlined);
    await page.keyboard.type("a/2");
    assert.equal(await page.getByRole("combobox").inputValue(), "a/2");
    assert.equal(await current(page), "Cycles");
  });

  it("shows where the focus is, on everything that it reaches", async () => {
    const { page } = await view.real();
    await page.getByRole("article").first().waitFor();
    for (const [key, name, least] of [
      ["1", "Overview", 12],
      ["2", "Reference cycles", 12],
      ["3", "Types", 6],
    ] as const) {
      await page.keyboard.press(key);
      if (key !== "1") await headingFocused(page, name);
      await page
        .getByRole("button", { name: /^Show graph/ })
        .or(page.getByRole("grid"))
        .first()
        .waitFor();
      if (key === "2") await page.getByRole("table").waitFor();
      const reached: string[] = [];
      for (let i = 0; i < 40; i++) {
        await page.keyboard.press("Tab");
        const at = await focused(page);
        // Past the last the focus leaves the page.
        if (at.tag === "BODY") break;
        const what = `${name}: ${at.tag} ${at.role} ${at.name.slice(0, 60)}`;
        assert.ok(at.outlined, `${what} has no outline`);
        assert.ok(at.inSight, `${what} is out of sight`);
        reached.push(what);
      }
      assert.ok(reached.length >= least, reached.join("\n"));
    }
  });

  it("leads from the list of cycles to the line and to the graph", async () => {
    const { page, snapshot, sources, received } = await view.real();
    const { families } = await snapshot.ask("families", {});
    await page.keyboard.press("2");
    await headingFocused(page, "Reference cycles");
    await tabTo(page, ({ role }) => role === "grid");
    await page.keyboard.press("ArrowDown");
    await page.getByRole("region", { name: families[1].name }).waitFor();
    await page.keyboard.press("Enter");
    await routeBecomes(received, { view: "graph", seed: { kind: "family", family: 1, cycle: 0 } });
    await goBack(page, "Reference cycles");
    await page.getByRole("region", { name: families[1].name }).waitFor();
    assert.match(
      await page.locator("[role=row][aria-selected=true]").innerText(),
      /__main__\.Session/,
      "the row is still chosen",
    );
    await tabTo(page, ({ name }) => /^Go to source: leaky_service\.py/.test(name));
    await page.keyboard.press("Enter");
    await eventually(() => sources.length > 0, "the host is asked for the source");
    assert.deepEqual(sources, [families[1].location]);
  });

  it("sorts by the headings, walks along references, and copies a row", async () => {
    const { page, snapshot, received, connection } = await view.real();
    await page.context().grantPermissions(["clipboard-read", "clipboard-write"]);
    await page.keyboard.press("3");
    await headingFocused(page, "Types");
    await tabTo(page, ({ name }) => name === "Objects");
    await page.keyboard.press("Enter");
    const all = await snapshot.ask("types", {});
    const most = Math.max(...all.map(({ count }) => count));
    await eventually(
      async () => (await page.getByRole("row").nth(1).innerText()).includes(most.toLocaleString("en")),
      "the most frequent type is first",
    );
    // Back over the first heading: forward comes another table, once it is there.
    for (let i = 0; i < 2; i++) await page.keyboard.press("Shift+Tab");
    const { role, name } = await focused(page);
    assert.deepEqual({ role, name }, { role: "grid", name: "Types" });
    await page.keyboard.press("Home");
    const first = all.find(({ count }) => count === most)!;
    await page.getByRole("region", { name: first.type, exact: true }).waitFor();
    await page.keyboard.press("Control+c");
    const copied = () => page.evaluate(() => navigator.clipboard.readText());
    const line = [first.type, first.count, first.bytes, first.garbage].join("\t");
    await eventually(async () => (await copied()) === line, "the row is copied");

    const { rows } = await snapshot.ask("instances", { type: first.type, top: 100 });
    await page.getByRole("grid", { name: /^Largest objects/ }).waitFor();
    await page.keyboard.press("Tab");
    await tabTo(page, ({ role, name }) => role === "grid" && /^Largest objects/.test(name));
    await page.keyboard.press("Home");
    await page.keyboard.press("Enter");
    await routeBecomes(received, { view: "object", id: rows[0].id });
    const { referrers } = await snapshot.ask("object", { id: rows[0].id });
    await page.getByRole("grid", { name: /^Referrers/ }).waitFor();
    await tabTo(page, ({ role, name }) => role === "grid" && /^Referrers/.test(name));
    await page.keyboard.press("Home");
    await page.keyboard.press("Enter");
    await routeBecomes(received, { view: "object", id: referrers[0].id });
    // The object has a digit of its own, once one was shown.
    await page.keyboard.press("1");
    await headingFocused(page, "Overview");
    const tab = page.getByRole("navigation").getByRole("button", { name: "Object", exact: true });
    await page.keyboard.press((await tab.getAttribute("aria-keyshortcuts"))!);
    await routeBecomes(received, { view: "object", id: referrers[0].id });
    assert.equal(await current(page), "Object");
    // With the graph before it the object is the eleventh, and there is no such digit.
    connection.show({ view: "graph", seed: { kind: "object", id: rows[0].id } });
    await eventually(async () => (await current(page)) === "Leak graph", "the graph is shown");
    assert.equal(await tab.getAttribute("aria-keyshortcuts"), null);
    assert.equal(await tab.getAttribute("title"), "Object");
    await tab.click();
    await routeBecomes(received, { view: "object", id: referrers[0].id });
    await page.keyboard.press("0");
    await eventually(async () => (await current(page)) === "Leak graph", "the tenth is the graph");
  });
});

describe("webview: made anew", () => {
  const view = views();

  it("shows again what it showed before, and tells the host so", async () => {
    const { page, received, connection, snapshot } = await view.real();
    const { rows } = await snapshot.ask("search", { text: "Page", limit: 1 });
    connection.show({ view: "object", id: rows[0].id });
    await page.getByRole("heading", { name: "class __main__.Page" }).waitFor();
    const before = received.length;
    await page.reload();
    await page.getByRole("heading", { name: "class __main__.Page" }).waitFor();
    const route = () => received.slice(before).find(({ kind }) => kind === "route");
    await eventually(() => route() !== undefined, "the host is told");
    assert.deepEqual(route(), { kind: "route", route: { view: "object", id: rows[0].id }, selected: null });
  });
});
