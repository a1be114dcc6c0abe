import assert from "node:assert/strict";
import type { Page } from "playwright-core";
import { formatBytes } from "../../src/detect/format.js";
import type { SearchResult } from "../../src/session/queries/search.js";
import { drawn, eventually, routeBecomes, routes, views } from "./harness.js";

const PAUSE_MS = 200;

function found(...names: string[]): SearchResult {
  const rows = names.map((name, i) => ({
    id: `0x${name.length}${i}`,
    name,
    type: "str",
    held: "",
    self: 1,
    retained: 2,
    dominator: null,
    distance: 1,
  }));
  return { rows, total: rows.length };
}

const field = (page: Page) => page.getByRole("combobox", { name: /^Search objects/ });
const options = (page: Page) => page.getByRole("listbox", { name: "Search results" }).getByRole("option");

describe("webview: the search", () => {
  const view = views();

  it("finds by name and by id, and opens the chosen one by keyboard", async () => {
    const { page, snapshot, received } = await view.real();
    const { rows, total } = await snapshot.ask("search", { text: "_iterencode", limit: 20 });
    assert.ok(rows.length === 20 && total > 300);
    await field(page).fill("_iterencode");
    await page.getByText(`The first 20 of ${total} objects`).waitFor();
    const shown = await options(page).allInnerTexts();
    assert.equal(shown.length, rows.length);
    for (const [i, { name, id, retained }] of rows.entries()) {
      for (const part of [name, id, formatBytes(retained)]) assert.ok(shown[i].includes(part), `${part}: ${shown[i]}`);
    }
    assert.equal(await field(page).getAttribute("aria-expanded"), "true");
    const active = () => page.locator("[role=option][aria-selected=true]");
    await page.keyboard.press("ArrowDown");
    await page.keyboard.press("ArrowDown");
    await page.keyboard.press("ArrowDown");
    await page.keyboard.press("ArrowUp");
    await eventually(async () => (await active().count()) === 1, "one option is chosen");
    assert.ok((await active().innerText()).includes(rows[1].id));
    assert.equal(await field(page).getAttribute("aria-activedescendant"), await active().getAttribute("id"));
    await page.keyboard.press("Enter");
    await routeBecomes(received, { view: "object", id: rows[1].id });
    await page.getByRole("heading", { name: rows[1].id }).waitFor();
    assert.equal(await options(page).first().isVisible(), false, "the list is closed");

    await field(page).fill(` ${rows[5].id} `);
    await page.getByRole("status").getByText("1 object", { exact: true }).waitFor();
    await page.keyboard.press("Enter");
    await routeBecomes(received, { view: "object", id: rows[5].id });
  });

  it("is opened by a click too, closed by Escape, and says when nothing fits", async () => {
    const host = await view.canned();
    const { page } = host;
    host.answers.search = ({ text }) => (text === "nothing" ? found() : found("first", "second"));
    await host.open();
    await field(page).fill("nothing");
    await page.getByText("No object fits.").waitFor();
    await page.keyboard.press("Enter");
    await field(page).fill("some");
    await options(page).nth(1).waitFor();
    await page.keyboard.press("Escape");
    await options(page).first().waitFor({ state: "hidden" });
    assert.equal(await field(page).inputValue(), "some");
    await page.keyboard.press("Escape");
    await eventually(async () => (await field(page).inputValue()) === "", "the second Escape empties the field");
    assert.deepEqual(routes(host.received).at(-1), { view: "overview" }, "nothing was opened");
    await field(page).fill("some");
    await options(page).nth(1).click();
    await routeBecomes(host.received, { view: "object", id: "0x61" });
  });

  it("asks when the typing pauses, not for each letter", async () => {
    const host = await view.canned();
    const { page } = host;
    await host.open();
    await field(page).focus();
    await page.clock.install();
    await page.clock.pauseAt(Date.now() + 3_600_000);
    for (const letter of "iterencode") {
      await page.keyboard.type(letter);
      await page.clock.runFor(PAUSE_MS / 2);
    }
    await page.clock.runFor(5 * PAUSE_MS);
    const { params } = await host.question("search");
    assert.deepEqual(params, { text: "iterencode", limit: 20 });
    await page.clock.resume();
    await drawn(page);
    assert.equal(host.asked("search").length, 1);
  });

  it("shows no answer to an older text, however late it comes", async () => {
    const host = await view.canned();
    const { page } = host;
    await host.open();
    await field(page).fill("older");
    const older = await host.question("search");
    await field(page).fill("older and newer");
    const newer = await host.question("search", 1);
    assert.equal((await host.says("cancel")).id, older.id, "the older question is given up");
    await host.tell({ kind: "answer", id: older.id, answer: found("an old one") });
    await drawn(page);
    assert.equal(await options(page).count(), 0, "before the newer answer");
    await page.keyboard.press("Enter");
    await host.tell({ kind: "answer", id: newer.id, answer: found("a new one") });
    await options(page).getByText("a new one").waitFor();
    await host.tell({ kind: "answer", id: older.id, answer: found("an old one") });
    await drawn(page);
    assert.equal(await options(page).count(), 1);
    assert.match(await options(page).innerText(), /a new one/, "after the newer answer");
    assert.deepEqual(routes(host.received).at(-1), { view: "overview" });
    // What is still listed is no answer to what has been typed since.
    await field(page).fill("older and newer yet");
    const newest = await host.question("search", 2);
    await page.keyboard.press("Enter");
    await drawn(page);
    assert.deepEqual(routes(host.received).at(-1), { view: "overview" });
    await host.tell({ kind: "refused", id: newest.id, message: "It was too much.", advice: "Type more." });
    await page.getByText("It was too much. Type more.").waitFor();
  });

  it("says what it waits for", async () => {
    const host = await view.canned();
    await host.open();
    await field(host.page).fill("x");
    const { id } = await host.question("search");
    await host.page.getByText("Searching …").waitFor();
    await host.tell({ kind: "progress", id, done: 0.5, step: "computing retained sizes" });
    await host.page.getByText("Computing retained sizes … 50 %").waitFor();
  });
});
