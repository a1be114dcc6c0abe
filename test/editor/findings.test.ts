import assert from "node:assert/strict";
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import type { Page } from "playwright-core";
import { type Fixture, insist, openByKeyboard, openSnapshot, openWindow, runCommand, viewOf, WAIT } from "./fixture.js";
import { editor } from "./shared.js";

const CYCLES = /300 cycles of the function _iterencode/;
const CACHE = /PAGES holds 300 entries/;

/** Where pictures of the workbench go, for those who want to look at it: OUROBOROS_SHOTS names the folder. */
async function look(page: Page, name: string): Promise<void> {
  const folder = process.env["OUROBOROS_SHOTS"];
  if (folder === undefined) return;
  mkdirSync(folder, { recursive: true });
  await page.screenshot({ path: join(folder, `${name}.png`) });
}

/** Runs the command that focuses the list of findings until it has the focus: at first it only shows the view. */
function focusFindings(page: Page): Promise<void> {
  const focused = page.getByRole("tree", { name: "Findings" }).and(page.locator(":focus"));
  return insist(async (patience) => {
    await runCommand(page, "Ouroboros: Focus on Findings View");
    await focused.waitFor({ timeout: patience });
  });
}

describe("findings beside the snapshot editor (code-server in Chromium)", () => {
  let fixture: Fixture;
  before(async function () {
    fixture = await editor(this);
  });

  afterEach(async function () {
    if (this.currentTest?.state !== "failed") return;
    const pages = fixture.browser.contexts().flatMap((context) => context.pages());
    for (const [i, page] of pages.entries()) await look(page, `failed-${i}`);
  });

  it("stand in a tree with their evidence, and lead to the leak graph, by keyboard", async () => {
    const { page, context } = await openWindow(fixture);
    const view = await openByKeyboard(page, "demo.pyheapsnapshot");
    await view.getByRole("heading", { name: CYCLES }).waitFor({ timeout: WAIT });
    const finding = page.getByRole("treeitem", { name: CYCLES });
    await focusFindings(page);
    await finding.waitFor({ timeout: WAIT });
    assert.match((await finding.getAttribute("aria-label")) ?? "", /^error: /);
    await page.getByRole("treeitem", { name: /Worth knowing/ }).waitFor({ timeout: WAIT });
    // A view that was just made loses the focus to what is made after it, and keys while it is filled.
    await insist(async (patience) => {
      await focusFindings(page);
      await page.keyboard.press("Home");
      await page.keyboard.press("ArrowRight");
      await page.getByRole("treeitem", { name: /→ tuple$/ }).waitFor({ timeout: patience });
    });
    await look(page, "findings-tree");
    await page.keyboard.press("Home");
    await page.keyboard.press("Enter");
    const graph = await viewOf(page);
    await graph.getByRole("heading", { name: /Leak graph/ }).waitFor({ timeout: WAIT });
    await context.close();
  });

  it("stand in the Problems list; from the line a quick fix leads to the graph, and a lens tells what is alive", async () => {
    const { page, context } = await openWindow(fixture);
    const view = await openSnapshot(page, "demo.pyheapsnapshot");
    await view.getByRole("heading", { name: CYCLES }).waitFor({ timeout: WAIT });
    await runCommand(page, "Problems: Focus on Problems View");
    const problem = page.locator(".markers-panel").getByRole("treeitem", { name: CACHE });
    await problem.waitFor({ timeout: WAIT });
    // What is half out of sight, or below another file, moves between the two clicks.
    await page.getByRole("textbox", { name: /^Filter/ }).fill("PAGES holds");
    await page.getByRole("treeitem", { name: CYCLES }).waitFor({ state: "detached", timeout: WAIT });
    await look(page, "problems");
    await problem.dblclick();
    await page.getByRole("tab", { name: /leaky_service\.py/, selected: true }).waitFor({ timeout: WAIT });
    // The class stands some lines below: without the panel there is room for it.
    await page.keyboard.press("Control+J");
    await page.locator(".markers-panel").waitFor({ state: "hidden", timeout: WAIT });
    const lens = page.locator(".codelens-decoration", { hasText: /300 alive · \d.* kB/ });
    await lens.first().waitFor({ timeout: WAIT });
    await look(page, "codelens");
    const menu = page.locator(".action-widget");
    const show = menu.getByText("Show in leak graph");
    await page.keyboard.press("Control+.");
    await show.waitFor({ timeout: WAIT });
    await menu.getByText("Copy fix").waitFor({ timeout: WAIT });
    await look(page, "quick-fix");
    await show.click();
    const graph = await viewOf(page);
    await graph.getByRole("heading", { name: /Leak graph/ }).waitFor({ timeout: WAIT });
    await context.close();
  });
});
