// The snapshot editor with a big heap, in a real VS Code: how long its extension host is held up, when the overview
// paints, how soon a cancelled load ends. And the sizes of the bundles.
import { execFileSync } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import {
  analysisProcesses,
  type Fixture,
  openSnapshot,
  openWindow,
  packageExtension,
  startEditor,
  stopEditor,
  WAIT,
} from "../../test/editor/fixture.js";
import { ensureChromium } from "../../test/editor/setup.mjs";
import type { Python } from "../../test/rig/pythons.js";

const SETTLE_MS = 8_000;
const POLL_MS = 2;

/** What the benchmark's table takes: what, figure, what is required, whether that is met. */
export type Row = readonly [what: string, figure: string, required: string, met: boolean | undefined];

interface Delay {
  readonly most: number;
  readonly p99: number;
}

/** Opens a snapshot of `objects` objects in a real editor. */
export async function editorRows(python: Python, agent: string, objects: number): Promise<Row[]> {
  const chromium = ensureChromium();
  if (chromium === undefined || process.platform !== "linux")
    return [["The editor", "not measured: needs Linux and a Chromium", "", undefined]];
  const folder = mkdtempSync(join(tmpdir(), "ouroboros-editor-bench-"));
  const file = join(folder, "big.pyheapsnapshot");
  execFileSync(python.path, [join("bench", "synthetic_heap.py"), agent, file, String(objects), "--no-peer"]);
  const signals = {
    OUROBOROS_START: join(folder, "start"),
    OUROBOROS_STOP: join(folder, "stop"),
    OUROBOROS_DELAY: join(folder, "delay.json"),
  };
  const fixture = await startEditor(chromium, { files: [file], environment: signals });
  try {
    const idle = await measure(fixture, signals, () => sleep(10_000).then(() => ({})));
    const times = await measure(fixture, signals, (window) => openBig(window));
    const cancelled = await cancelTime(fixture);
    const what = `${(objects / 1e6).toFixed(0)} M objects in the editor`;
    return [
      [
        `${what}: longest hold-up of the extension host while it loads, ms`,
        times.delay.most.toFixed(0),
        "below 100",
        times.delay.most < 100,
      ],
      ["the same while nothing happens, ms", idle.delay.most.toFixed(0), "", undefined],
      [
        "seconds from the double click to: the overview, its findings",
        `${times.result["overview"].toFixed(1)}, ${times.result["findings"].toFixed(1)}`,
        "overview first",
        times.result["overview"] < times.result["findings"],
      ],
      ["from Cancel to the end of the work, ms", cancelled.toFixed(0), "below 200", cancelled < 200],
    ];
  } finally {
    await stopEditor(fixture);
    rmSync(folder, { recursive: true, force: true });
  }
}

async function measure(
  fixture: Fixture,
  signals: Readonly<Record<"OUROBOROS_START" | "OUROBOROS_STOP" | "OUROBOROS_DELAY", string>>,
  work: (window: Awaited<ReturnType<typeof openWindow>>) => Promise<Record<string, number>>,
): Promise<{ delay: Delay; result: Record<string, number> }> {
  for (const path of Object.values(signals)) rmSync(path, { force: true });
  const { server } = fixture;
  const window = await openWindow(fixture, {
    payload: [
      ["extensionDevelopmentPath", server.remote(resolve("test/editor/driver"))],
      ["extensionTestsPath", server.remote(resolve("bench/editor/suite.cjs"))],
      ["skipWelcome", "true"],
    ],
  });
  await window.page.getByRole("treeitem", { name: "big.pyheapsnapshot" }).waitFor({ timeout: WAIT });
  await sleep(SETTLE_MS);
  writeFileSync(signals.OUROBOROS_START, "");
  const result = await work(window);
  writeFileSync(signals.OUROBOROS_STOP, "");
  while (!existsSync(signals.OUROBOROS_DELAY) || statSync(signals.OUROBOROS_DELAY).size === 0) await sleep(100);
  const delay = JSON.parse(readFileSync(signals.OUROBOROS_DELAY, "utf8")) as Delay;
  await window.context.close();
  return { delay, result };
}

async function openBig({ page }: Awaited<ReturnType<typeof openWindow>>): Promise<Record<string, number>> {
  const start = performance.now();
  const view = await openSnapshot(page, "big.pyheapsnapshot");
  const seconds = () => (performance.now() - start) / 1000;
  await view.getByRole("heading", { name: "This heap" }).waitFor({ timeout: WAIT });
  const overview = seconds();
  await view.getByRole("button", { name: /^Copy report/ }).waitFor({ timeout: WAIT });
  await view
    .getByText(/Show graph|None of the rules/)
    .first()
    .waitFor({ timeout: WAIT });
  return { overview, findings: seconds() };
}

/** Milliseconds from the click on Cancel until no analysis process is left. */
async function cancelTime(fixture: Fixture): Promise<number> {
  while (analysisProcesses(fixture).length > 0) await sleep(500);
  const { page, context } = await openWindow(fixture);
  const view = await openSnapshot(page, "big.pyheapsnapshot");
  const button = view.getByRole("button", { name: /^Cancel/ });
  await button.waitFor({ timeout: WAIT });
  await sleep(2_000);
  const start = performance.now();
  await button.click();
  while (analysisProcesses(fixture).length > 0) await sleep(POLL_MS);
  const time = performance.now() - start;
  await context.close();
  return time;
}

/** Sizes of what is shipped, which is built and packaged for it. */
export function sizeRows(): Row[] {
  const vsix = packageExtension("dist");
  const rows: readonly (readonly [what: string, file: string, most: number])[] = [
    ["extension host bundle, kB", "dist/extension.cjs", 150],
    ["webview bundle, kB", "dist/webview.js", 400],
    ["package (.vsix), kB", vsix, 3000],
  ];
  return rows.map(([what, file, most]) => {
    const size = statSync(file).size / 1000;
    return [what, size.toFixed(0), `${most}`, size <= most];
  });
}
