// `npm run screenshots`: pictures for the README, from the real editor. With a folder as argument: every view in every
// theme, 1400 and 700 pixels wide, to be looked at; a second argument takes only snapshots whose name contains it.
import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import type { Page } from "playwright-core";
import { runWeakrefs } from "../fidelity/weakrefs.js";
import { captureRounds } from "../detect/growing.js";
import { agentFolder } from "../formats/realSnapshot.js";
import { type Python, pythons } from "../rig/pythons.js";
import { ensureChromium } from "./setup.mjs";
import { type Fixture, openSnapshot, openWindow, startEditor, stopEditor, WAIT } from "./fixture.js";
import {
  ARENA_VIEWS,
  DUPLICATE_VIEWS,
  GROWTH_VIEWS,
  TASK_VIEWS,
  THEMES,
  THREAD_VIEWS,
  V8_VIEWS,
  type View,
  VIEWS,
  WEAK_VIEWS,
} from "./views.js";

const README = join("docs", "images");
const IN_README: ReadonlySet<string> = new Set(["overview", "graph"]);
const WIDTHS = [1400, 700];
const DEMO = "demo.pyheapsnapshot";
const FIXTURES = join("test", "fixtures");

/** Writes the snapshots that show what the demo has little of into a folder: their views by file name. */
function captureMore(python: Python, folder: string): Readonly<Record<string, readonly View[]>> {
  const path = (name: string) => join(folder, name);
  const run = (program: string, ...args: readonly string[]) => {
    execFileSync(python.path, [join(FIXTURES, program), ...args], {
      stdio: ["ignore", "ignore", "inherit"],
      env: { ...process.env, PYTHONDONTWRITEBYTECODE: "1", PYTHONPATH: agentFolder },
    });
  };
  run(join("threads", "waiting_threads.py"), agentFolder, path("threads.pyheapsnapshot"));
  run(join("threads", "waiting_tasks.py"), agentFolder, path("tasks.pyheapsnapshot"));
  run(join("duplicates", "planted.py"), path("planted.pyheapsnapshot"), path("truth.json"));
  run(join("arenas", "sparse.py"), "50", path("arenas.pyheapsnapshot"), path("arenas-before.pyheapsnapshot"));
  captureRounds(python, "service.py", folder, "leak");
  execFileSync(process.execPath, [join(FIXTURES, "v8", "shop.cjs"), path("shop.heapsnapshot")]);
  return {
    [basename(runWeakrefs(python, folder).path)]: WEAK_VIEWS,
    "round4.pyheapsnapshot": GROWTH_VIEWS,
    "threads.pyheapsnapshot": THREAD_VIEWS,
    "tasks.pyheapsnapshot": TASK_VIEWS,
    "planted.pyheapsnapshot": DUPLICATE_VIEWS,
    "arenas.pyheapsnapshot": ARENA_VIEWS,
    "shop.heapsnapshot": V8_VIEWS,
  };
}

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
const [, , folder, wanted = ""] = process.argv;
const own = mkdtempSync(join(tmpdir(), "ouroboros-shots-"));
const more = folder === undefined ? {} : captureMore(pythons().at(-1)!, own);
const files = readdirSync(own)
  .filter((name) => name.endsWith("heapsnapshot"))
  .map((name) => join(own, name));
const fixture = await startEditor(chromium, { files });
try {
  mkdirSync(folder ?? README, { recursive: true });
  if (folder === undefined) {
    await shoot(fixture, THEMES.dark, 1200, { [DEMO]: VIEWS }, async (page, view) => {
      if (IN_README.has(view)) await page.screenshot({ path: join(README, `${view}.png`) });
    });
  } else {
    const all = Object.entries({ [DEMO]: VIEWS, ...more }).filter(([snapshot]) => snapshot.includes(wanted));
    for (const [name, theme] of Object.entries(THEMES)) {
      for (const width of WIDTHS) {
        await shoot(fixture, theme, width, Object.fromEntries(all), async (page, view) => {
          await page.screenshot({ path: join(folder, `${view}-${name}-${width}.png`) });
        });
      }
    }
  }
} finally {
  await stopEditor(fixture);
  rmSync(own, { recursive: true, force: true });
}
