import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { copyFileSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { type Browser, chromium, type FrameLocator, type Page } from "playwright-core";
import { pythons } from "../rig/pythons.js";
import { skip } from "../rig/skip.js";
import { CodeServer } from "./CodeServer.js";
import { ensureChromium, ensureCodeServer } from "./setup.mjs";

const DEMO = join("test", "fixtures", "demo", "leaky_service.py");
const AGENT = join("src", "capture", "python", "ouroboros_capture.py");
const BROWSER_FLAGS = [
  ...["--no-sandbox", "--disable-quic", "--no-first-run", "--disable-background-networking"],
  ...["--disable-component-update", "--disable-sync", "--disable-gpu"],
];
const WAIT = 120_000;

interface SuiteResult {
  readonly passed: readonly string[];
  readonly failed: readonly { readonly title: string; readonly message: string }[];
}

describe("a real VS Code (code-server in Chromium)", () => {
  let folder: string;
  let server: CodeServer;
  let browser: Browser;

  before(async function () {
    const path = ensureChromium();
    if (path === undefined) {
      assert.notEqual(process.env["CI"], "true", "CI must have a Chromium");
      skip(this, "no Chromium, Chrome or Edge was found; install one, or set CHROMIUM to its path");
    }
    if (process.platform !== "linux") skip(this, "code-server runs on Linux only");
    ensureCodeServer();
    folder = mkdtempSync(join(tmpdir(), "ouroboros-ui-"));
    const snapshot = join(folder, "demo.pyheapsnapshot");
    execFileSync(pythons().at(-1)!.path, [AGENT, "-o", snapshot, DEMO], { stdio: "ignore" });
    const vsix = join(folder, "ouroboros.vsix");
    execFileSync(process.execPath, ["esbuild.mjs"], { stdio: "inherit" });
    const vsce = join("node_modules", "@vscode", "vsce", "vsce");
    const flags = [
      "package",
      "--no-dependencies",
      "--allow-missing-repository",
      "--no-rewrite-relative-links",
      "-o",
      vsix,
    ];
    execFileSync(process.execPath, [vsce, ...flags], { stdio: "pipe" });
    writeFileSync(join(folder, "broken.pyheapsnapshot"), readFileSync(snapshot).subarray(0, 10_000));
    server = new CodeServer([snapshot, join(folder, "broken.pyheapsnapshot")], {
      OUROBOROS_RESULT: join(folder, "result.json"),
    });
    server.install(vsix);
    await server.start();
    browser = await chromium.launch({ executablePath: path, headless: true, args: BROWSER_FLAGS });
  });

  after(async () => {
    await browser?.close();
    server?.stop();
    if (folder) rmSync(folder, { recursive: true, force: true });
  });

  it("passes the suite inside its extension host", async () => {
    const page = await browser.newPage();
    const ended = new Promise<void>((resolveEnd) => {
      void page.exposeFunction("codeAutomationLog", () => undefined);
      void page.exposeFunction("codeAutomationExit", () => resolveEnd());
    });
    await page.goto(
      server.url([
        ["extensionDevelopmentPath", server.remote(resolve("test/editor/driver"))],
        ["extensionTestsPath", server.remote(resolve("test/editor/suite/index.cjs"))],
        ["skipWelcome", "true"],
      ]),
    );
    await ended;
    const file = join(folder, "result.json");
    assert.ok(existsSync(file), "the extension host wrote its result");
    const { passed, failed } = JSON.parse(readFileSync(file, "utf8")) as SuiteResult;
    assert.deepEqual(failed, []);
    assert.equal(passed.length, 3);
    await page.close();
  });

  it("shows what leaks, and goes to the line", async () => {
    const page = await (await browser.newContext({ viewport: { width: 1400, height: 900 } })).newPage();
    const foreign: string[] = [];
    page.on("request", (request) => {
      const { protocol, host } = new URL(request.url());
      if (/^https?:$/.test(protocol) && host !== server.authority && !host.endsWith("vscode-cdn.net"))
        foreign.push(request.url());
    });
    const violations: string[] = [];
    page.on("console", (message) => {
      if (/Content Security Policy/.test(message.text()) && /ouroboros/.test(message.location().url)) {
        violations.push(message.text());
      }
    });
    await page.goto(server.url());
    const view = await openSnapshot(page, "demo.pyheapsnapshot");
    await view.getByRole("heading", { name: /300 cycles of the function _iterencode/ }).waitFor({ timeout: WAIT });
    await view.getByText("None of the rules").waitFor({ state: "detached" });
    await view.getByRole("button", { name: /^json\/encoder\.py:\d+$/ }).click();
    const line = page.locator(".monaco-editor .view-line", { hasText: "def _iterencode(o" });
    await line.first().waitFor({ timeout: WAIT });
    assert.deepEqual(foreign, []);
    assert.deepEqual(violations, []);
    await page.context().close();
  });

  it("says what is wrong with a broken file, and opens it when it is whole", async () => {
    const page = await (await browser.newContext()).newPage();
    await page.goto(server.url());
    const view = await openSnapshot(page, "broken.pyheapsnapshot");
    await view.getByText(/cut off at offset 10000/).waitFor({ timeout: WAIT });
    copyFileSync(join(server.workspace, "demo.pyheapsnapshot"), join(server.workspace, "broken.pyheapsnapshot"));
    await view.getByRole("button", { name: "Try again" }).click();
    await view.getByRole("heading", { name: /300 cycles of the function _iterencode/ }).waitFor({ timeout: WAIT });
    await page.context().close();
  });
});

/** Opens a snapshot from the explorer, and returns what is inside the editor's webview. */
async function openSnapshot(page: Page, name: string): Promise<FrameLocator> {
  await page.locator(".monaco-workbench").waitFor({ timeout: WAIT });
  const item = page.getByRole("treeitem", { name });
  await item.waitFor({ timeout: WAIT });
  const frame = page.locator('iframe.webview.ready[src*="extensionId=ouroboros.ouroboros"]');
  // A file that is opened before the extension is known gets the text editor: close that and try again.
  for (;;) {
    await item.dblclick();
    try {
      await frame.first().waitFor({ timeout: 10_000 });
      break;
    } catch {
      await page.keyboard.press("Control+F4");
    }
  }
  return frame.first().contentFrame().frameLocator("iframe#active-frame");
}
