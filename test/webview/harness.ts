import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { type Browser, type BrowserContext, chromium, type Page, type Route } from "playwright-core";
import type { SourceLocation } from "../../src/heap/HeapGraph.js";
import { type OpenSnapshot, SnapshotPool } from "../../src/session/SnapshotPool.js";
import { ViewConnection } from "../../src/session/ViewConnection.js";
import type { FromView, ToView } from "../../src/session/viewMessages.js";
import { build } from "../cli/run.js";
import { ensureChromium } from "../editor/setup.mjs";
import { pythons } from "../rig/pythons.js";
import { skip } from "../rig/skip.js";
import { CannedHost } from "./CannedHost.js";
import { ORIGIN, pageServer } from "./page.js";

/** How long anything may take: a hang, not slowness, is what this finds. */
const WAIT = 30_000;
const POLL_MS = 20;

const AGENT = join("src", "capture", "python", "ouroboros_capture.py");
const DEMO = join("test", "fixtures", "demo", "leaky_service.py");

// The editor's side of a webview. Texts, since a binding takes plain values only.
const EDITOR = `window.acquireVsCodeApi = () => ({
  postMessage: (message) => void window.toHost(JSON.stringify(message)),
  setState: (state) => sessionStorage.setItem("state", JSON.stringify(state)),
  getState: () => JSON.parse(sessionStorage.getItem("state") ?? "null") ?? undefined,
})`;

interface Shared {
  readonly browser: Browser;
  readonly serve: (route: Route) => Promise<void>;
  readonly folder: string;
  readonly pool: SnapshotPool;
  demo?: OpenSnapshot;
}

let shared: Promise<Shared> | undefined;
/** What pages did that they must not: errors, breaches of the policy, requests to elsewhere. */
const misdeeds: string[] = [];

async function start(executablePath: string): Promise<Shared> {
  build();
  const serve = await pageServer((url) => misdeeds.push(`request: ${url}`));
  const args = ["--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking"];
  const browser = await chromium.launch({ executablePath, args });
  const folder = mkdtempSync(join(tmpdir(), "ouroboros-webview-"));
  return { browser, serve, folder, pool: new SnapshotPool(join("dist", "analysis.js")) };
}

after(async () => {
  if (!shared) return;
  const { browser, pool, folder } = await shared;
  pool.dispose();
  await browser.close();
  rmSync(folder, { recursive: true, force: true });
});

/** The demo's snapshot, captured and opened once. */
export async function demo(): Promise<OpenSnapshot> {
  const all = await shared!;
  if (!all.demo) {
    const file = join(all.folder, "demo.pyheapsnapshot");
    execFileSync(pythons().at(-1)!.path, [AGENT, "-o", file, DEMO], { stdio: "ignore" });
    all.demo = all.pool.acquire(file);
  }
  return all.demo;
}

/** A view on the demo's snapshot: the session answers. */
export interface RealView {
  readonly page: Page;
  /** Messages of the page. */
  readonly received: readonly FromView[];
  readonly connection: ViewConnection;
  readonly snapshot: OpenSnapshot;
  /** Places that the host was asked to show. */
  readonly sources: readonly SourceLocation[];
  readonly copied: readonly string[];
}

/** How a page is opened. */
export interface ViewOptions {
  readonly width?: number;
  readonly height?: number;
  readonly colorScheme?: "dark" | "light";
  /** "more": the themes of high contrast. */
  readonly contrast?: "more";
}

/** Opens views for the tests of a suite; after each test they are closed, and must have behaved. */
export interface Views {
  /** On the demo's snapshot, opened by the session. */
  real(options?: ViewOptions): Promise<RealView>;
  /** With a host that says what the test wants. */
  canned(options?: ViewOptions): Promise<CannedHost>;
  /** What the pages did that they must not; asserted to be empty after each test. */
  readonly misdeeds: string[];
}

/** To be called in a `describe`: gives its tests a browser, or skips them with a reason where there is none. */
export function views(): Views {
  const contexts: BrowserContext[] = [];
  const connections: ViewConnection[] = [];

  before(async function () {
    const path = ensureChromium();
    if (path === undefined) {
      assert.notEqual(process.env["CI"], "true", "CI must have a Chromium");
      skip(this, "no Chromium, Chrome or Edge was found; install one, or set CHROMIUM to its path");
    }
    await (shared ??= start(path));
  });
  beforeEach(() => void misdeeds.splice(0));
  afterEach(async () => {
    for (const connection of connections.splice(0)) connection.dispose();
    for (const context of contexts.splice(0)) {
      for (const page of context.pages()) await drawn(page);
      await context.close();
    }
    assert.deepEqual(misdeeds.splice(0), []);
  });

  const open = async (options: ViewOptions, receive: (message: FromView) => void): Promise<Page> => {
    const { browser, serve } = await shared!;
    const viewport = { width: options.width ?? 1200, height: options.height ?? 800 };
    const context = await browser.newContext({
      viewport,
      colorScheme: options.colorScheme ?? "dark",
      contrast: options.contrast ?? "no-preference",
    });
    contexts.push(context);
    context.setDefaultTimeout(WAIT);
    await context.route("**/*", serve);
    await context.exposeFunction("toHost", (json: string) => receive(JSON.parse(json) as FromView));
    await context.addInitScript(EDITOR);
    const page = await context.newPage();
    page.on("pageerror", (error) => misdeeds.push(`error: ${error.stack ?? error.message}`));
    page.on("console", (message) => {
      if (["error", "warning"].includes(message.type())) misdeeds.push(`${message.type()}: ${message.text()}`);
    });
    return page;
  };

  return {
    misdeeds,
    async real(options = {}) {
      const received: FromView[] = [];
      const sources: SourceLocation[] = [];
      const copied: string[] = [];
      const snapshot = await demo();
      let tell: (message: ToView) => void = () => undefined;
      const connection = new ViewConnection(snapshot, snapshot.file, {
        post: (message) => tell(message),
        openSource: (location) => Promise.resolve((sources.push(location), "")),
        save: () => Promise.resolve("Saved."),
        copy: (text) => Promise.resolve((copied.push(text), "Copied.")),
      });
      connections.push(connection);
      const page = await open(options, (message) => {
        received.push(message);
        connection.receive(message);
      });
      const send = teller(page);
      tell = (message) => void send(message);
      await page.goto(`${ORIGIN}/`);
      await page.getByRole("navigation", { name: "Views" }).waitFor();
      // Keys are heard from then on.
      await drawn(page);
      return { page, received, connection, snapshot, sources, copied };
    },
    async canned(options = {}) {
      // The page says nothing before it is loaded.
      const hosts: CannedHost[] = [];
      const page = await open(options, (message) => hosts[0].receive(message));
      const host = new CannedHost(page, teller(page));
      hosts.push(host);
      await page.goto(`${ORIGIN}/`);
      await eventually(() => host.received.some(({ kind }) => kind === "ready"), "the page is ready");
      return host;
    },
  };
}

/** Sends messages to a page, in order. */
function teller(page: Page): (message: ToView) => Promise<void> {
  let sent: Promise<void> = Promise.resolve();
  return (message) => {
    const json = JSON.stringify(message);
    sent = sent
      .then(() => page.evaluate((text) => window.postMessage(JSON.parse(text), "*"), json))
      .catch((error: Error) => {
        // What is told to a page that is closed or made anew meanwhile is lost, as it is in the editor.
        if (!page.isClosed() && !/Execution context was destroyed|navigation/.test(error.message)) throw error;
      });
    return sent;
  };
}

/** Waits until the page has taken what it was told, and has drawn it. */
export async function drawn(page: Page): Promise<void> {
  await page.evaluate(async () => {
    for (let i = 0; i < 3; i++) {
      await new Promise((resolve) => {
        requestAnimationFrame(() => setTimeout(resolve, 0));
      });
    }
  });
}

/** Waits until something is so. */
export async function eventually(is: () => boolean | Promise<boolean>, what: string): Promise<void> {
  const end = Date.now() + WAIT;
  while (!(await is())) {
    assert.ok(Date.now() < end, `waited in vain until ${what}`);
    await sleep(POLL_MS);
  }
}

/** The texts of the drawn rows of a table, cell by cell, without its heading. */
export function tableRows(page: Page, label: string | RegExp): Promise<string[][]> {
  return page
    .getByRole("grid", { name: label })
    .locator(".table-body [role=row]")
    .evaluateAll((rows) =>
      rows
        .sort((a, b) => Number(a.getAttribute("aria-rowindex")) - Number(b.getAttribute("aria-rowindex")))
        .map((row) => [...row.querySelectorAll("[role=gridcell]")].map((cell) => cell.textContent ?? "")),
    );
}

/** Waits until the drawn rows of a table begin with these, by one column. */
export async function tableBegins(
  page: Page,
  label: string | RegExp,
  column: number,
  wanted: readonly string[],
): Promise<void> {
  let found: string[] = [];
  const end = Date.now() + WAIT / 3;
  for (;;) {
    found = (await tableRows(page, label)).map((row) => row[column]).slice(0, wanted.length);
    if (JSON.stringify(found) === JSON.stringify(wanted) || Date.now() > end) break;
    await sleep(POLL_MS);
  }
  assert.deepEqual(found, wanted);
}

/** The routes that a page has told, latest last. */
export function routes(received: readonly FromView[]): Extract<FromView, { kind: "route" }>["route"][] {
  return received.flatMap((message) => (message.kind === "route" ? [message.route] : []));
}

/** Waits until the page tells that it shows something. */
export async function routeBecomes(received: readonly FromView[], wanted: unknown): Promise<void> {
  const text = JSON.stringify(wanted);
  await eventually(() => JSON.stringify(routes(received).at(-1)) === text, `the view shows ${text}`);
}

/** Waits until commands act on an object, the one with this id, or on none. */
export async function selectedBecomes(received: readonly FromView[], id: string | null): Promise<void> {
  await eventually(
    () => received.findLast((message) => message.kind === "route")?.selected === id,
    `commands act on ${id ?? "nothing"}`,
  );
}
