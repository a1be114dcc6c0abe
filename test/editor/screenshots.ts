// `npm run screenshots`: pictures for the README, from the real editor. With a folder as argument: every view in every
// theme, 1400 and 700 pixels wide, to be looked at.
import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Page } from "playwright-core";
import { runWeakrefs } from "../fidelity/weakrefs.js";
import { pythons } from "../rig/pythons.js";
import { ensureChromium } from "./setup.mjs";
import { type Fixture, openSnapshot, openWindow, startEditor, stopEditor, WAIT } from "./fixture.js";
import { THEMES, type View, VIEWS, WEAK_VIEWS } from "./views.js";

const README = join("docs", "images");
const IN_README: ReadonlySet<string> = new Set(["overview", "graph"]);
const WIDTHS = [1400, 700];
const DEMO = "demo.pyheapsnapshot";
const WEAK = "weakrefs.pyheapsnapshot";

async function shoot(
  fixture: Fixture,
  theme: string,
  width: number,
  snapshots: Readonly<Record<string, readonly View[]>>,
  save: (page: Page, view: string) => Promise<void>,
) {
  fixture.server.configure({ "workbench.colorTheme": theme, "workbench.activityBar.location": "hidden" });
  for (const [name, views] of Object.entries(snapshots)) {
    const { page, context } = await openWindow(fixture, { options: { viewport: { width, height: 900 } } });
    const view = await openSnapshot(page, name);
    await view.getByRole("navigation").waitFor({ timeout: WAIT });
    // The explorer takes half of a narrow window.
    await page.keyboard.press("Control+B");
    for (const { name: state, open } of views) {
      await open(view);
      // What the pointer is on is highlighted, and the rest of a picture dimmed.
      await page.mouse.move(0, 0);
      await page.waitForTimeout(500);
      await save(page, state);
    }
    await context.close();
  }
}

const chromium = ensureChromium();
if (chromium === undefined) throw new Error("no Chromium, Chrome or Edge was found; set CHROMIUM to its path");
const folder = process.argv[2];
const own = mkdtempSync(join(tmpdir(), "ouroboros-shots-"));
const files = folder === undefined ? [] : [runWeakrefs(pythons().at(-1)!, own).path];
const fixture = await startEditor(chromium, { files });
try {
  mkdirSync(folder ?? README, { recursive: true });
  if (folder === undefined) {
    await shoot(fixture, THEMES.dark, 1200, { [DEMO]: VIEWS }, async (page, view) => {
      if (IN_README.has(view)) await page.screenshot({ path: join(README, `${view}.png`) });
    });
  } else {
    for (const [name, theme] of Object.entries(THEMES)) {
      for (const width of WIDTHS) {
        await shoot(fixture, theme, width, { [DEMO]: VIEWS, [WEAK]: WEAK_VIEWS }, async (page, view) => {
          await page.screenshot({ path: join(folder, `${view}-${name}-${width}.png`) });
        });
      }
    }
  }
} finally {
  await stopEditor(fixture);
  rmSync(own, { recursive: true, force: true });
}
