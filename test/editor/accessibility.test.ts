import assert from "node:assert/strict";
import type { Frame } from "playwright-core";
import { applyAxe } from "../webview/axe.js";
import { type Fixture, openSnapshot, openWindow, WAIT } from "./fixture.js";
import { editor } from "./shared.js";
import { THEMES, VIEWS } from "./views.js";

/** Applies axe-core to each view; returns what is wrong. */
async function violationsOf(view: Frame): Promise<string[]> {
  const wrong: string[] = [];
  for (const { name, pictureOnly, open } of VIEWS) {
    if (pictureOnly) continue;
    await open(view);
    const { violations, rules } = await applyAxe(view);
    assert.ok(rules >= 10, `${rules} rules applied to ${name}`);
    wrong.push(...violations.map((text) => `${name}: ${text}`));
  }
  return wrong;
}

describe("the views in VS Code's themes and axe-core", () => {
  let fixture: Fixture;
  before(async function () {
    fixture = await editor(this);
  });
  after(() => fixture?.server.configure({}));

  for (const [name, theme] of Object.entries(THEMES)) {
    it(`finds no violation: ${name}`, async () => {
      fixture.server.configure({ "workbench.colorTheme": theme });
      const { page, context, misdeeds } = await openWindow(fixture);
      const view = await openSnapshot(page, "demo.pyheapsnapshot");
      await view.locator(`body[data-vscode-theme-kind="vscode-${name}"]`).waitFor({ timeout: WAIT });
      assert.deepEqual(await violationsOf(view), []);
      assert.deepEqual(misdeeds, { foreign: [], violations: [] });
      await context.close();
    });
  }
});
