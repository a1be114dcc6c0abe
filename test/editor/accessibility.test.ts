import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { AxeResults } from "axe-core";
import { type Fixture, openSnapshot, openWindow, WAIT } from "./fixture.js";
import { editor } from "./shared.js";
import { THEMES, VIEWS } from "./views.js";

const AXE = readFileSync(join("node_modules", "axe-core", "axe.min.js"), "utf8");

declare const axe: { run(root: Document): Promise<AxeResults> };

describe("accessibility of the views (axe-core), in a real VS Code", () => {
  let fixture: Fixture;
  before(async function () {
    fixture = await editor(this);
  });
  after(() => fixture?.server.configure({}));

  for (const [name, theme] of Object.entries(THEMES)) {
    it(`has no violation in ${name}`, async () => {
      fixture.server.configure({ "workbench.colorTheme": theme });
      const { page, context } = await openWindow(fixture);
      const view = await openSnapshot(page, "demo.pyheapsnapshot");
      const kind = name.startsWith("high-contrast") ? "vscode-high-contrast" : `vscode-${name}`;
      await view.locator(`body.${kind}`).waitFor({ timeout: WAIT });
      // Through the browser's debugger: the page's own policy forbids foreign scripts.
      await view.evaluate(AXE);
      let rules = 0;
      for (const { name: viewName, open } of VIEWS) {
        await open(view);
        const { violations, passes } = await view.evaluate(() => axe.run(document));
        const told = violations.flatMap(({ id, nodes }) =>
          nodes.map((node) => `${viewName}: ${id}: ${node.html.slice(0, 200)} ${node.failureSummary ?? ""}`),
        );
        assert.deepEqual(told, []);
        rules += passes.length;
      }
      assert.ok(rules > 5 * VIEWS.length, `${rules} rules applied`);
      await context.close();
    });
  }
});
