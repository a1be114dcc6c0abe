import assert from "node:assert/strict";
import { copyFileSync } from "node:fs";
import { join } from "node:path";
import type { Frame } from "playwright-core";
import { analysisProcesses, type Fixture, openSnapshot, openWindow, runCommand, WAIT } from "./fixture.js";
import { editor } from "./shared.js";

const FAMILY = /_make_iterencode\.<locals>\._iterencode/;

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

describe("the snapshot editor in a real VS Code (code-server in Chromium)", () => {
  let fixture: Fixture;
  before(async function () {
    fixture = await editor(this);
  });

  it("finds the cycle and draws it, by mouse", async () => {
    const { page, context, misdeeds } = await openWindow(fixture);
    const view = await openSnapshot(page, "demo.pyheapsnapshot");
    await view.getByRole("heading", { name: /300 cycles of the function _iterencode/ }).waitFor({ timeout: WAIT });
    await runCommand(page, "Ouroboros: Find Reference Cycles");
    await view.getByRole("button", { name: FAMILY }).first().click({ timeout: WAIT });
    await graphShowsTheCycle(view);
    assert.deepEqual(misdeeds, { foreign: [], violations: [] });
    await context.close();
  });

  it("says what is wrong with a broken file, and opens it when it is whole", async () => {
    const { page, context } = await openWindow(fixture);
    const view = await openSnapshot(page, "broken.pyheapsnapshot");
    await view.getByText(/cut off at offset 10000/).waitFor({ timeout: WAIT });
    const { workspace } = fixture.server;
    copyFileSync(join(workspace, "demo.pyheapsnapshot"), join(workspace, "broken.pyheapsnapshot"));
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
