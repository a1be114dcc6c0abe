import assert from "node:assert/strict";
import type { Frame } from "playwright-core";
import { axeViolations } from "../webview/axe.js";
import { type Fixture, openSnapshot, openWindow, WAIT } from "./fixture.js";
import { editor } from "./shared.js";
import { KINDS, THEMES, VIEWS } from "./views.js";

/** Applies axe-core to each view; returns what is wrong. */
async function violationsOf(view: Frame): Promise<string[]> {
  const wrong: string[] = [];
  for (const { name, open } of VIEWS) {
    await open(view);
    let rules = 0;
    const found = await axeViolations(view, (applied) => (rules = applied));
    assert.ok(rules >= 10, `${rules} rules applied to ${name}`);
    wrong.push(...found.map((text) => `${name}: ${text}`));
  }
  return wrong;
}

describe("the views in VS Code's themes and axe-core", () => {
  let fixture: Fixture;
  before(async function () {
    fixture = await editor(this);
  });
  after(() => fixture?.server.configure({}));

  for (const name of Object.keys(THEMES) as (keyof typeof THEMES)[]) {
    it(`finds no violation: ${name}`, async () => {
      fixture.server.configure({ "workbench.colorTheme": THEMES[name] });
      const { page, context, misdeeds } = await openWindow(fixture);
      const view = await openSnapshot(page, "demo.pyheapsnapshot");
      await view.locator(`body[data-vscode-theme-kind="${KINDS[name]}"]`).waitFor({ timeout: WAIT });
      assert.deepEqual(await violationsOf(view), []);
      assert.deepEqual(misdeeds, { foreign: [], violations: [] });
      await context.close();
    });
  }
});
