import { execFileSync } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, dirname, join } from "node:path";
import { setTimeout } from "node:timers/promises";
import { type Browser, type BrowserContext, chromium, type Frame, type Locator, type Page } from "playwright-core";
import { build } from "../rig/built.js";
import { pythons } from "../rig/pythons.js";
import { CodeServer } from "./CodeServer.js";
import { ensureCodeServer } from "./setup.mjs";

/** How long the editor may take for anything: a hang, not slowness, is what this finds. */
export const WAIT = 120_000;
const FIRST_ATTEMPT = 5_000;
const BREATH = 100;

const AGENT = join("src", "capture", "python", "ouroboros_capture.py");
const FIXTURES = join("test", "fixtures");
const BROWSER_FLAGS = [
  ...["--no-sandbox", "--disable-quic", "--no-first-run", "--disable-background-networking"],
  ...["--disable-component-update", "--disable-sync", "--disable-gpu"],
];
const VSCE_FLAGS = ["--no-dependencies", "--allow-missing-repository", "--no-rewrite-relative-links"];

/** A running VS Code with the packaged extension, and a browser for it. */
export interface Fixture {
  readonly server: CodeServer;
  readonly browser: Browser;
  /** Temporary folder beside the workspace. */
  readonly folder: string;
}

/** Starts a VS Code with the demo's, a broken and a hostile snapshot in its workspace, and what else is wanted. */
export async function startEditor(
  chromiumPath: string,
  more: { readonly files?: readonly string[]; readonly environment?: Readonly<Record<string, string>> } = {},
): Promise<Fixture> {
  ensureCodeServer();
  const folder = mkdtempSync(join(tmpdir(), "ouroboros-ui-"));
  const python = pythons().at(-1)!.path;
  const snapshot = capture(python, join(FIXTURES, "demo", "leaky_service.py"), join(folder, "demo.pyheapsnapshot"));
  const hostile = capture(
    python,
    join(FIXTURES, "hostile", "hostile_names.py"),
    join(folder, "hostile.pyheapsnapshot"),
  );
  const broken = join(folder, "broken.pyheapsnapshot");
  writeFileSync(broken, readFileSync(snapshot).subarray(0, 10_000));
  const server = new CodeServer([snapshot, broken, hostile, ...(more.files ?? [])], {
    ...more.environment,
    OUROBOROS_RESULT: join(folder, "result.json"),
    PATH: [dirname(python), process.env["PATH"]].join(delimiter),
  });
  server.install(packageExtension(folder));
  await server.start();
  const browser = await chromium.launch({ executablePath: chromiumPath, headless: true, args: BROWSER_FLAGS });
  return { server, browser, folder };
}

/** Ends what `startEditor` started. */
export async function stopEditor({ browser, server, folder }: Fixture): Promise<void> {
  await browser.close();
  server.stop();
  rmSync(folder, { recursive: true, force: true });
}

function capture(python: string, program: string, snapshot: string): string {
  execFileSync(python, [AGENT, "-o", snapshot, program], {
    stdio: "ignore",
    env: { ...process.env, PYTHONDONTWRITEBYTECODE: "1" },
  });
  return snapshot;
}

/** Builds and packs the extension, and returns the package's path. */
export function packageExtension(folder: string): string {
  const vsix = join(folder, "ouroboros.vsix");
  build();
  const vsce = join("node_modules", "@vscode", "vsce", "vsce");
  execFileSync(process.execPath, [vsce, "package", ...VSCE_FLAGS, "-o", vsix], { stdio: "pipe" });
  return vsix;
}

/** What a page did that it must not: requests to other hosts, violations of the content security policy. */
export interface Misdeeds {
  readonly foreign: string[];
  readonly violations: string[];
}

/** What a window is to have beside the defaults. */
export interface WindowOptions {
  readonly options?: Parameters<Browser["newContext"]>[0];
  /** Entries for the workbench's `payload`. */
  readonly payload?: Parameters<CodeServer["url"]>[0];
  /** Functions that the page can call. */
  readonly functions?: Readonly<Record<string, () => void>>;
}

/** Opens the workbench in a window of its own, and waits until it stands. */
export async function openWindow(
  { server, browser }: Fixture,
  { options, payload, functions = {} }: WindowOptions = {},
): Promise<{ readonly page: Page; readonly context: BrowserContext; readonly misdeeds: Misdeeds }> {
  const context = await browser.newContext({ viewport: { width: 1400, height: 900 }, ...options });
  const page = await context.newPage();
  for (const [name, called] of Object.entries(functions)) await page.exposeFunction(name, called);
  const misdeeds: Misdeeds = { foreign: [], violations: [] };
  page.on("request", (request) => {
    const { protocol, host } = new URL(request.url());
    // A service worker in the browser answers for vscode-cdn.net; nothing leaves the machine.
    if (/^https?:$/.test(protocol) && host !== server.authority && !host.endsWith("vscode-cdn.net"))
      misdeeds.foreign.push(request.url());
  });
  page.on("console", (message) => {
    if (/Content Security Policy/.test(message.text()) && /ouroboros/.test(message.location().url))
      misdeeds.violations.push(message.text());
  });
  await page.goto(server.url(payload));
  await page.locator(".monaco-workbench").waitFor({ timeout: WAIT });
  return { page, context, misdeeds };
}

/** Opens a snapshot from the explorer, and returns the frame inside the editor's webview. */
export function openSnapshot(page: Page, name: string): Promise<Frame> {
  const item = page.getByRole("treeitem", { name });
  // A double click on a V8 snapshot opens the editor that VS Code itself has for it.
  if (name.endsWith(".heapsnapshot")) {
    return openUntilShown(page, name, async (patience) => {
      // A menu that was opened before the extension was known lacks the entry, and is in the way of the next one.
      await page.keyboard.press("Escape");
      await item.click({ button: "right", timeout: patience });
      await choose(page.getByRole("menuitem", { name: "Open Heap Snapshot" }), patience);
    });
  }
  return openUntilShown(page, name, () => item.dblclick());
}

/** Clicks an entry of a menu until the menu is gone: one that has just opened takes no click for a tenth of a second. */
async function choose(entry: Locator, patience: number): Promise<void> {
  for (const end = Date.now() + patience; ;) {
    await entry.click({ timeout: patience });
    try {
      await entry.waitFor({ state: "hidden", timeout: 1_000 });
      return;
    } catch (error) {
      if (Date.now() > end) throw error;
    }
  }
}

/** As `openSnapshot`, from "Go to File" and without the mouse. */
export function openByKeyboard(page: Page, name: string): Promise<Frame> {
  return openUntilShown(page, name, () => pick(page, "Control+P", name));
}

/**
 * Opens a V8 snapshot in the editor that VS Code has for it, from "Go to File", and then in this one with "Reopen
 * Editor With…": without the mouse.
 */
export async function reopenByKeyboard(page: Page, name: string): Promise<Frame> {
  await pick(page, "Control+P", name);
  await page.getByRole("tab", { name }).waitFor({ timeout: WAIT });
  const list = page.locator(".quick-input-list .monaco-list-row");
  const wanted = list.and(page.locator(".focused")).filter({ hasText: "Ouroboros Heap Snapshot" });
  await insist(async (patience) => {
    await runCommand(page, "View: Reopen Editor With...");
    try {
      await list.filter({ hasText: "Ouroboros Heap Snapshot" }).waitFor({ timeout: patience });
      await page.keyboard.type("Ouroboros");
      await wanted.waitFor({ timeout: patience });
    } catch (error) {
      await page.keyboard.press("Escape");
      throw error;
    }
    await page.keyboard.press("Enter");
    await page.locator(WEBVIEW).first().waitFor({ timeout: patience });
  });
  return viewOf(page);
}

/**
 * Asks something of a workbench that still starts and may lose it, again and again until it is done. Each attempt gets
 * twice as long as the one before, so that a slow machine comes to an end too; the error of the last one is thrown when
 * WAIT is over.
 */
export async function insist<T>(attempt: (patience: number) => Promise<T>): Promise<T> {
  const end = Date.now() + WAIT;
  for (let patience = FIRST_ATTEMPT; ; patience = Math.min(2 * patience, WAIT)) {
    try {
      return await attempt(patience);
    } catch (error) {
      if (Date.now() > end) throw error;
      await setTimeout(BREATH);
    }
  }
}

async function openUntilShown(page: Page, name: string, open: (patience: number) => Promise<void>): Promise<Frame> {
  await page.getByRole("treeitem", { name }).waitFor({ timeout: WAIT });
  const own = page.locator(WEBVIEW).first();
  // A file that is opened before the extension is known gets the text editor, or a page that says why it can't.
  const other = page.locator(".editor-instance").locator(".monaco-editor, .monaco-editor-pane-placeholder").first();
  await insist(async (patience) => {
    // Opening it again does no harm where it is only slow.
    await open(patience);
    await own.or(other).first().waitFor({ timeout: patience });
    if ((await own.count()) > 0) return;
    await page.keyboard.press("Control+W");
    throw new Error(`${name} was opened, but not in the snapshot editor`);
  }).catch(async (error: unknown) => {
    throw new Error(`${name} was not shown; the workbench has ${await stateOf(page)}`, { cause: error });
  });
  return viewOf(page);
}

/** What a workbench shows, for the message of a failure: its tabs, messages, dialogs and webviews. */
async function stateOf(page: Page): Promise<string> {
  const state: Record<string, string[]> = {};
  for (const [what, selector] of [
    ["tabs", ".tab"],
    ["messages", ".notification-list-item-message, .monaco-dialog-box, .statusbar-item"],
    ["progress", ".monaco-progress-container.active"],
  ])
    state[what] = await page.locator(selector).allInnerTexts();
  state.webviews = await page.locator("iframe.webview").evaluateAll((frames) => frames.map((frame) => frame.className));
  return JSON.stringify(state);
}

const WEBVIEW = 'iframe.webview.ready[src*="extensionId=ouroboros.ouroboros"]';

/** The frame inside the visible snapshot editor. */
export function viewOf(page: Page): Promise<Frame> {
  return insist(async (patience) => {
    const outer = await page.locator(WEBVIEW).first().elementHandle({ timeout: patience });
    const inner = await (await outer.contentFrame())!.waitForSelector("iframe#active-frame", { timeout: patience });
    const frame = (await inner.contentFrame())!;
    await frame.locator("#app").waitFor({ timeout: patience });
    return frame;
  });
}

/** Runs a command from the palette, by keyboard. */
export function runCommand(page: Page, title: string): Promise<void> {
  return pick(page, "F1", title);
}

/** Opens a list of the workbench by its key, and takes the entry that is typed. */
async function pick(page: Page, key: string, entry: string): Promise<void> {
  const input = page.locator(".quick-input-widget input").first();
  const rows = page.locator(".quick-input-list .monaco-list-row");
  // Enter takes the focused row: while the list is narrowed that can still be another one.
  const wanted = rows.and(page.locator(".focused")).filter({ hasText: entry });
  // The list is not refreshed when an extension registers late, and a workbench that still starts loses keys: the list
  // is opened anew until it has the entry.
  await insist(async (patience) => {
    await page.keyboard.press(key);
    try {
      await input.waitFor({ timeout: patience });
      await page.keyboard.type(entry);
      await wanted.waitFor({ timeout: patience });
    } catch (error) {
      await page.keyboard.press("Escape");
      throw error;
    }
    await page.keyboard.press("Enter");
  });
}

/** Ids of the running analysis processes of a VS Code, from its package. */
export function analysisProcesses({ server }: Fixture): number[] {
  return readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
    .filter((pid) => {
      try {
        const line = readFileSync(`/proc/${pid}/cmdline`, "utf8");
        return line.includes("analysis.js") && line.includes(server.root);
      } catch {
        return false;
      }
    });
}
