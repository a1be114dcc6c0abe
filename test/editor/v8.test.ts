import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { copyFileSync, readFileSync, rmSync, statSync } from "node:fs";
import { join } from "node:path";
import type { Frame, Page } from "playwright-core";
import { applyAxe } from "../webview/axe.js";
import { type Fixture, openSnapshot, openWindow, reopenByKeyboard, runCommand, WAIT } from "./fixture.js";
import { tabTo } from "./keyboard.js";
import { nodePath } from "./setup.mjs";
import { editor } from "./shared.js";
import { type Seen, seenBy, spread, watchTyping } from "./typing.js";
import { THEMES, V8_VIEWS } from "./views.js";

const PROGRAMS = join("test", "fixtures", "v8");
const USERS = 32_000;
const CYCLE = /unused with system \/ Context/;
/** Words that are true of CPython's heaps alone. */
const PYTHON = /python|refcount|refs \d|garbage|interpreter|generation|\bcut\b/i;
const MORE_KEYS = "abcdefghijklmnopqrstuvwxyz";

/** What a page says of itself in the console, where it is one of ours. */
function complaintsOf(page: Page): string[] {
  const complaints: string[] = [];
  page.on("console", (message) => {
    if (message.type() === "error" && /ouroboros/.test(message.location().url)) complaints.push(message.text());
  });
  return complaints;
}

/** The lines of a program in which a text stands, counted from 1. */
function lineOf(file: string, text: string): number {
  return (
    readFileSync(file, "utf8")
      .split("\n")
      .findIndex((line) => line.includes(text)) + 1
  );
}

async function standsOn(page: Page, file: string, line: number): Promise<void> {
  await page.getByRole("tab", { name: file, selected: true }).waitFor({ timeout: WAIT });
  await page
    .locator('[id="status.editor.selection"]')
    .getByText(new RegExp(`^Ln ${line}, `))
    .waitFor({ timeout: WAIT });
}

const tabNames = (view: Frame) => view.getByRole("navigation").getByRole("button").allInnerTexts();
const wordsOf = (view: Frame) => view.locator("main").innerText();

describe("V8's snapshots in a real VS Code (code-server in Chromium)", () => {
  let fixture: Fixture;
  let program: string;
  const made: string[] = [];
  before(async function () {
    fixture = await editor(this);
    const { workspace } = fixture.server;
    program = join(workspace, "shop.cjs");
    const snapshot = join(workspace, "shop.heapsnapshot");
    made.push(program, snapshot);
    copyFileSync(join(PROGRAMS, "shop.cjs"), program);
    execFileSync(process.execPath, [program, snapshot]);
  });
  after(() => {
    fixture?.server.configure({});
    for (const file of made) rmSync(file, { force: true });
  });

  it("are told of as far as V8 goes, by mouse: types, cycles, a closure's graph, its line, search", async () => {
    const { page, context, misdeeds } = await openWindow(fixture);
    const complaints = complaintsOf(page);
    const view = await openSnapshot(page, "shop.heapsnapshot");
    const facts = view.getByRole("region", { name: "This heap" });
    await facts.getByText("V8, of Node or a browser").waitFor({ timeout: WAIT });
    await facts.getByText("none: V8 counts no references").waitFor();
    assert.deepEqual(await tabNames(view), ["Overview", "Cycles", "Types", "Caches", "Duplicates", "Compare"]);

    await view.getByRole("navigation").getByRole("button", { name: "Types" }).click();
    await view.getByRole("textbox", { name: "Filter by name" }).fill("page");
    await view.getByRole("row", { name: /^Page 300 / }).click({ timeout: WAIT });
    const pages = view.getByRole("grid", { name: /type Page$/ });
    await pages.getByRole("row").nth(1).waitFor({ timeout: WAIT });
    assert.doesNotMatch(await wordsOf(view), PYTHON);
    // With its URL, its body and its token.
    assert.match(await pages.getByRole("row").nth(1).innerText(), /Page\s+@\d+\s+\d+ bytes\s+\d+ bytes/);
    await pages.getByRole("button", { name: "Page" }).first().click();
    await view.getByRole("heading", { name: /^Referents \(\d+\)/ }).waitFor({ timeout: WAIT });
    const told = await wordsOf(view);
    assert.match(told, /^Page @\d+$/m);
    assert.match(told, /Dominator\s+@\d+/);
    assert.match(told, /Distance\s+\d+ from the program's global objects/);
    assert.match(told, /^global\.shop\./m);
    assert.doesNotMatch(told, PYTHON);

    await runCommand(page, "Ouroboros: Find Reference Cycles");
    await view.getByRole("button", { name: CYCLE }).first().waitFor({ timeout: WAIT });
    assert.doesNotMatch(await wordsOf(view), PYTHON);
    await view.getByRole("button", { name: CYCLE }).first().click();
    const boxes = view.locator("svg [data-box]");
    await boxes.nth(1).waitFor({ timeout: WAIT });
    const labels = await boxes.evaluateAll((all) => all.map((box) => box.getAttribute("aria-label") ?? ""));
    assert.equal(labels.length, 2);
    assert.match(labels[0], /^Function unused, .*In the cycle/i);
    assert.match(labels[1], /^system \/ Context, .*In the cycle/i);
    const references = view.getByRole("grid", { name: "References" }).getByRole("row");
    assert.match(await references.nth(1).innerText(), /<context>/);
    assert.match(await references.nth(2).innerText(), /closure:unused/);
    await boxes.first().click();
    await view.getByText("from the program's global objects").waitFor({ timeout: WAIT });
    assert.doesNotMatch(await wordsOf(view), PYTHON);
    await view.getByRole("button", { name: /^Go to source: shop\.cjs/ }).click();
    await standsOn(page, "shop.cjs", lineOf(program, "const unused"));

    assert.deepEqual(complaints, []);
    assert.deepEqual(misdeeds, { foreign: [], violations: [] });
    await context.close();
  });

  it("are opened with Reopen Editor With…, and looked through, by keyboard alone", async () => {
    const { page, context, misdeeds } = await openWindow(fixture);
    const complaints = complaintsOf(page);
    const view = await reopenByKeyboard(page, "shop.heapsnapshot");
    await view.getByRole("navigation").waitFor({ timeout: WAIT });
    await runCommand(page, "Ouroboros: Find Reference Cycles");
    await view.locator("h1:focus", { hasText: "Reference cycles" }).waitFor({ timeout: WAIT });
    await page.keyboard.press("/");
    await page.keyboard.type("onTick");
    await view
      .getByRole("option", { name: /^Function onTick/ })
      .first()
      .waitFor({ timeout: WAIT });
    await page.keyboard.press("ArrowDown");
    await page.keyboard.press("Enter");
    await view.locator("h1:focus", { hasText: "Function onTick" }).waitFor({ timeout: WAIT });
    await page.keyboard.press("3");
    await view.locator("h1:focus", { hasText: "Types" }).waitFor({ timeout: WAIT });
    await page.keyboard.press("2");
    await view.locator("h1:focus", { hasText: "Reference cycles" }).waitFor({ timeout: WAIT });
    await tabTo(page, view, "[aria-label^='Filter']");
    await page.keyboard.type("unused");
    await view.getByRole("row", { name: CYCLE, selected: true }).waitFor({ timeout: WAIT });
    await tabTo(page, view, "[role=grid]");
    await page.keyboard.press("Enter");
    await view.locator("h1:focus", { hasText: "Leak graph" }).waitFor({ timeout: WAIT });
    await view.locator("[data-box]").nth(1).waitFor({ timeout: WAIT });
    await tabTo(page, view, "[data-box]");
    await page.keyboard.press("ArrowDown");
    await view
      .getByRole("button", { name: /^system \/ Context/ })
      .and(view.locator(":focus"))
      .waitFor({ timeout: WAIT });
    await page.keyboard.press("ArrowUp");
    await page.keyboard.press("g");
    await standsOn(page, "shop.cjs", lineOf(program, "const unused"));
    assert.deepEqual(complaints, []);
    assert.deepEqual(misdeeds, { foreign: [], violations: [] });
    await context.close();
  });

  for (const [name, theme] of Object.entries(THEMES)) {
    it(`have views in which axe-core finds no violation: ${name}`, async () => {
      fixture.server.configure({ "workbench.colorTheme": theme });
      const { page, context, misdeeds } = await openWindow(fixture);
      const view = await openSnapshot(page, "shop.heapsnapshot");
      await view.locator(`body[data-vscode-theme-kind="vscode-${name}"]`).waitFor({ timeout: WAIT });
      const wrong: string[] = [];
      for (const { name: shown, pictureOnly, open } of V8_VIEWS) {
        if (pictureOnly) continue;
        await open(view);
        const { violations, rules } = await applyAxe(view);
        assert.ok(rules >= 10, `${rules} rules applied to ${shown}`);
        wrong.push(...violations.map((text) => `${shown}: ${text}`));
      }
      assert.deepEqual(wrong, []);
      assert.deepEqual(misdeeds, { foreign: [], violations: [] });
      await context.close();
    });
  }

  it("of 150 MB are told of before all is analysed, and searched meanwhile", async () => {
    const file = join(fixture.server.workspace, "big.heapsnapshot");
    made.push(file);
    // The Node of code-server: each version writes another size.
    execFileSync(nodePath, [join("bench", "v8", "heap.cjs"), file, String(USERS)]);
    const { size } = statSync(file);
    assert.ok(size > 150e6, `${size} bytes`);
    const { page, context, misdeeds } = await openWindow(fixture);
    const complaints = complaintsOf(page);
    const view = await openSnapshot(page, "big.heapsnapshot");
    await watchTyping(view);
    await view.locator(".heap-facts dd").first().waitFor({ timeout: WAIT });
    await view.getByRole("combobox", { name: /^Search/ }).click();
    await page.keyboard.type("SKU-42", { delay: 40 });
    const results = view.getByRole("option", { name: /SKU-42/ });
    await results.first().waitFor({ timeout: WAIT });
    // What is typed from here on is for the figures, as long as there is something to wait for.
    for (let i = 0; !Number.isNaN((await seenBy(view)).overview) && Number.isNaN((await seenBy(view)).findings); i++)
      await page.keyboard.type(MORE_KEYS[i % MORE_KEYS.length], { delay: 40 });
    // For comparison: the same on this machine with nothing else to do.
    await page.keyboard.type(MORE_KEYS.repeat(2), { delay: 40 });
    const seen = await seenBy(view);
    tell(size, seen);
    assert.ok(seen.isAnalysingThen, "the overview is there while findings are looked for");
    const text = seen.keys.map((key) => key.text);
    assert.deepEqual(text.slice(0, 6), ["S", "SK", "SKU", "SKU-", "SKU-4", "SKU-42"], "each key was shown");
    assert.ok(seen.keys[5].isAnalysing, "it was typed while findings were looked for");
    assert.ok(seen.isAnalysingWithResults, "results were there while findings were looked for");
    assert.ok(seen.overview < seen.results && seen.results < seen.findings);
    await view.getByRole("button", { name: "Copy report" }).waitFor({ timeout: WAIT });
    assert.deepEqual(complaints, []);
    assert.deepEqual(misdeeds, { foreign: [], violations: [] });
    await context.close();
  });
});

/** Prints the figures; how long something takes is told, not asserted. */
function tell(size: number, { overview, findings, results, keys, longestEvent, longestTask }: Seen): void {
  const delays = (analysing: boolean) =>
    keys.filter(({ isAnalysing }) => isAnalysing === analysing).map(({ delay }) => delay);
  const [meanwhile, afterwards] = [delays(true), delays(false)];
  const seconds = (ms: number) => (ms / 1000).toFixed(1);
  const lines = [
    `${Math.round(size / 1e6)} MB: after the overview, results of the search ${seconds(results - overview)} s, findings ${seconds(findings - overview)} s`,
    `${meanwhile.length} keys meanwhile, ms from key to paint: ${spread(meanwhile)}; afterwards: ${spread(afterwards)}`,
    `longest key by Event Timing ${longestEvent || "under 16"} ms, longest task of the page ${Math.round(longestTask) || "under 50"} ms`,
  ];
  for (const line of lines) console.log(`      ${line}`);
}
