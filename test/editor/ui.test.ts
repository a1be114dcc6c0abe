import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { copyFileSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { Frame, Page } from "playwright-core";
import { pythons } from "../rig/pythons.js";
import {
  analysisProcesses,
  type Fixture,
  openByKeyboard,
  openSnapshot,
  openWindow,
  runCommand,
  WAIT,
} from "./fixture.js";
import { tabTo } from "./keyboard.js";
import { editor } from "./shared.js";

const FAMILY = /_make_iterencode\.<locals>\._iterencode/;
const FUNCTION = /^function …_iterencode,/;

/** What the leak graph of the json family must show, told without colour. */
async function graphShowsTheCycle(view: Frame): Promise<void> {
  const boxes = view.locator("svg [data-box]");
  await boxes.first().waitFor({ timeout: WAIT });
  const descriptions = await boxes.evaluateAll((all) => all.map((box) => box.getAttribute("aria-label") ?? ""));
  const inCycle = descriptions.filter((text) => /in the cycle/i.test(text));
  assert.equal(inCycle.length, 9, descriptions.join("\n"));
  const arrows = await view.locator("svg [data-arrow] path").evaluateAll((all) =>
    all.map((path) => {
      const { strokeDasharray, strokeWidth } = getComputedStyle(path);
      return { dashed: strokeDasharray !== "none", width: parseFloat(strokeWidth) };
    }),
  );
  const dashed = arrows.filter(({ dashed: isDashed, width }) => isDashed && width >= 2);
  assert.ok(dashed.length >= 9, `${dashed.length} of ${arrows.length} arrows are dashed and heavy`);
}

/** Waits until the editor has the line of `_iterencode` selected, wherever the interpreter has it. */
async function standsOnTheLine(page: Page): Promise<void> {
  const file = execFileSync(pythons().at(-1)!.path, ["-c", "import json.encoder; print(json.encoder.__file__)"], {
    encoding: "utf8",
  }).trim();
  const source = readFileSync(file, "utf8").split("\n");
  const line = source.findIndex((text) => /^ +def _iterencode\(/.test(text)) + 1;
  assert.ok(line > 0);
  await page.getByRole("tab", { name: /encoder\.py/, selected: true }).waitFor({ timeout: WAIT });
  const position = page.locator('[id="status.editor.selection"]');
  await position.getByText(new RegExp(`^Ln ${line}, .*selected`)).waitFor({ timeout: WAIT });
}

describe("the snapshot editor in a real VS Code (code-server in Chromium)", () => {
  let fixture: Fixture;
  before(async function () {
    fixture = await editor(this);
  });

  it("finds the cycle, draws it and goes to its line, by mouse", async () => {
    const { page, context, misdeeds } = await openWindow(fixture);
    const view = await openSnapshot(page, "demo.pyheapsnapshot");
    await view.getByRole("heading", { name: /300 cycles of the function _iterencode/ }).waitFor({ timeout: WAIT });
    await runCommand(page, "Ouroboros: Find Reference Cycles");
    await view.getByRole("button", { name: FAMILY }).first().click({ timeout: WAIT });
    await graphShowsTheCycle(view);
    await view.getByRole("button", { name: FUNCTION }).locator(".plate").click();
    await view.getByRole("button", { name: /^Go to source: encoder\.py/ }).click({ timeout: WAIT });
    await standsOnTheLine(page);
    assert.deepEqual(misdeeds, { foreign: [], violations: [] });
    await context.close();
  });

  it("does the same by keyboard alone", async () => {
    const { page, context } = await openWindow(fixture);
    const view = await openByKeyboard(page, "demo.pyheapsnapshot");
    await runCommand(page, "Ouroboros: Find Reference Cycles");
    await view.locator("h1:focus", { hasText: "Reference cycles" }).waitFor({ timeout: WAIT });
    await view.getByRole("row", { name: FAMILY, selected: true }).waitFor({ timeout: WAIT });
    await tabTo(page, view, "[role=grid]");
    await page.keyboard.press("Enter");
    await view.locator("h1:focus", { hasText: "Leak graph" }).waitFor({ timeout: WAIT });
    await graphShowsTheCycle(view);
    await tabTo(page, view, "[data-box]");
    // The box that Tab leads to is the family's function; the keyboard goes on from there and returns.
    await page.keyboard.press("ArrowDown");
    await view
      .getByRole("button", { name: /^tuple/ })
      .and(view.locator(":focus"))
      .waitFor({ timeout: WAIT });
    await page.keyboard.press("ArrowUp");
    await view.getByRole("button", { name: FUNCTION }).and(view.locator(":focus")).waitFor({ timeout: WAIT });
    await page.keyboard.press("g");
    await standsOnTheLine(page);
    await context.close();
  });

  it("says what is wrong with a broken file, and opens it when it is whole", async () => {
    const { workspace } = fixture.server;
    // A file of its own: other suites want the broken one broken.
    const mended = join(workspace, "mended.pyheapsnapshot");
    copyFileSync(join(workspace, "broken.pyheapsnapshot"), mended);
    const { page, context } = await openWindow(fixture);
    const view = await openSnapshot(page, "mended.pyheapsnapshot");
    await view.getByText(/cut off at offset 10000/).waitFor({ timeout: WAIT });
    copyFileSync(join(workspace, "demo.pyheapsnapshot"), mended);
    await view.getByRole("button", { name: "Try again" }).click();
    await view.getByRole("heading", { name: /300 cycles of the function _iterencode/ }).waitFor({ timeout: WAIT });
    await context.close();
  });

  it("survives the end of its analysis process, and reads the file again", async () => {
    const { page, context } = await openWindow(fixture);
    const view = await openSnapshot(page, "demo.pyheapsnapshot");
    await view.getByRole("heading", { name: /300 cycles of the function _iterencode/ }).waitFor({ timeout: WAIT });
    for (const pid of analysisProcesses(fixture)) process.kill(pid, "SIGKILL");
    await view.getByText(/analysis process has ended/).waitFor({ timeout: WAIT });
    await view.getByRole("button", { name: "Try again" }).click();
    await view.getByRole("heading", { name: /300 cycles of the function _iterencode/ }).waitFor({ timeout: WAIT });
    await runCommand(page, "Ouroboros: Find Reference Cycles");
    await view.getByRole("button", { name: FAMILY }).first().waitFor({ timeout: WAIT });
    await context.close();
  });
});
