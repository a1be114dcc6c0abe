import { rmSync } from "node:fs";
import { basename } from "node:path";
import type { Frame, Page } from "playwright-core";
import { captureRounds } from "../detect/growing.js";
import { pythons } from "../rig/pythons.js";
import { type Fixture, openByKeyboard, openSnapshot, openWindow, runCommand, viewOf, WAIT } from "./fixture.js";
import { tabTo } from "./keyboard.js";
import { editor } from "./shared.js";

const PAGES = /__main__\.SERVICE\.pages/;

describe("comparing snapshots in a real VS Code (code-server in Chromium)", () => {
  let fixture: Fixture;
  let files: string[] = [];
  let names: string[];
  before(async function () {
    fixture = await editor(this);
    files = captureRounds(pythons().at(-1)!, "service.py", fixture.server.workspace, "leak").filter((file) =>
      basename(file).startsWith("round"),
    );
    names = files.map((file) => basename(file));
  });
  after(() => files.forEach((file) => rmSync(file)));

  async function growthIsShown(view: Frame): Promise<void> {
    await view
      .getByRole("grid", { name: "Containers that grow" })
      .getByRole("row", { name: PAGES })
      .first()
      .waitFor({ timeout: WAIT });
  }

  const choices = (page: Page) => page.locator(".quick-input-list .monaco-list-row");

  it("shows which container grows, by mouse", async () => {
    const { page, context } = await openWindow(fixture);
    const view = await openSnapshot(page, names.at(-1)!);
    await view.getByRole("navigation").getByRole("button", { name: "Compare" }).click();
    await view.getByRole("button", { name: /^Choose snapshots/ }).click();
    for (const name of names.slice(0, -1)) await choices(page).filter({ hasText: name }).click({ timeout: WAIT });
    await page.locator(".quick-input-widget").getByRole("button", { name: "OK" }).click();
    await growthIsShown(view);
    await context.close();
  });

  it("shows which container grows, by keyboard", async () => {
    const { page, context } = await openWindow(fixture);
    const opened = await openByKeyboard(page, names.at(-1)!);
    await opened.getByRole("navigation").waitFor({ timeout: WAIT });
    await runCommand(page, "Ouroboros: Compare Heap Snapshots");
    await choices(page)
      .nth(names.length - 1)
      .waitFor({ timeout: WAIT });
    await page.keyboard.type("round");
    await page.keyboard.press("Shift+Tab");
    await page.keyboard.press("Space");
    await page.getByText("4 Selected").waitFor({ timeout: WAIT });
    await page.keyboard.press("Tab");
    await page.keyboard.press("Enter");
    const view = await viewOf(page);
    await growthIsShown(view);
    await tabTo(page, view, '[role=grid][aria-label="Containers that grow"]');
    await page.keyboard.press("Enter");
    await view.getByRole("heading", { name: /^dict/ }).waitFor({ timeout: WAIT });
    await context.close();
  });
});
