import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, openSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { get } from "node:http";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { nodePath, serverPath } from "./setup.mjs";

const SETTINGS = {
  "workbench.startupEditor": "none",
  "telemetry.telemetryLevel": "off",
  "extensions.autoCheckUpdates": false,
  "extensions.autoUpdate": false,
  "extensions.ignoreRecommendations": true,
  "update.mode": "none",
  "security.workspace.trust.enabled": false,
  "workbench.enableExperiments": false,
  "chat.disableAIFeatures": true,
  "workbench.secondarySideBar.defaultVisibility": "hidden",
  "git.enabled": false,
  "workbench.tips.enabled": false,
};
const POLL_MS = 100;

function freePort(): Promise<number> {
  return new Promise((resolve) => {
    const server = createServer().listen(0, "127.0.0.1", () => {
      const address = server.address();
      server.close(() => resolve(typeof address === "object" && address ? address.port : 0));
    });
  });
}

/** A VS Code of its own (code-server), with the packaged extension and a copy of a workspace. */
export class CodeServer {
  /** Folder of the workspace copy. */
  readonly workspace: string;
  /** Folder of all that belongs to this server. */
  readonly root: string;
  readonly #auth: "none" | "password";
  readonly #base: readonly string[];
  readonly #environment: NodeJS.ProcessEnv;
  #child: ChildProcess | undefined;
  #port = 0;

  /**
   * @param files folders and files to put into the workspace
   * @param environment for the server and so for the extension host
   * @param password asked of whoever opens it, for people; without one it is for tests, which are driven by the address
   */
  constructor(files: readonly string[], environment: Readonly<Record<string, string>> = {}, password?: string) {
    this.#auth = password === undefined ? "none" : "password";
    this.root = mkdtempSync(join(tmpdir(), "ouroboros-editor-"));
    const data = join(this.root, "data");
    const extensions = join(this.root, "extensions");
    this.workspace = join(this.root, "workspace");
    for (const folder of [join(data, "User"), extensions, this.workspace]) mkdirSync(folder, { recursive: true });
    for (const file of files) cpSync(file, join(this.workspace, file.split("/").at(-1)!), { recursive: true });
    const login = password === undefined ? "" : `password: ${JSON.stringify(password)}\n`;
    writeFileSync(join(this.root, "config.yaml"), `auth: ${this.#auth}\n${login}cert: false\n`, { mode: 0o600 });
    writeFileSync(join(data, "User", "settings.json"), JSON.stringify(SETTINGS));
    const entry = join(serverPath, "out", "node", "entry.js");
    this.#base = [
      entry,
      "--config",
      join(this.root, "config.yaml"),
      "--user-data-dir",
      data,
      "--extensions-dir",
      extensions,
    ];
    const { VSCODE_IPC_HOOK_CLI: _, ...inherited } = process.env;
    this.#environment = {
      ...inherited,
      ...environment,
      HOME: this.root,
      XDG_CONFIG_HOME: this.root,
      XDG_DATA_HOME: this.root,
      CS_DISABLE_GETTING_STARTED_OVERRIDE: "1",
      EXTENSIONS_GALLERY: "{}",
    };
  }

  /** "127.0.0.1:port" */
  get authority(): string {
    return `127.0.0.1:${this.#port}`;
  }

  /** Changes the user's settings; the workbench takes them at once. */
  configure(settings: Readonly<Record<string, unknown>>): void {
    const file = join(this.root, "data", "User", "settings.json");
    writeFileSync(file, JSON.stringify({ ...SETTINGS, ...settings }));
  }

  install(vsix: string): void {
    execFileSync(nodePath, [...this.#base, "--install-extension", vsix], { env: this.#environment, stdio: "pipe" });
  }

  /** Starts the server and waits until the workbench answers. */
  async start(): Promise<void> {
    this.#port = await freePort();
    const log = join(this.root, "server.log");
    const output = openSync(log, "w");
    const flags = ["--auth", this.#auth, "--disable-telemetry", "--disable-update-check", "--disable-workspace-trust"];
    flags.push("--disable-getting-started-override");
    // Without the smoke test driver the workbench takes no tests from its address.
    if (this.#auth === "none") flags.push("--vscode-option", "enable-smoke-test-driver");
    this.#child = spawn(nodePath, [...this.#base, "--bind-addr", this.authority, ...flags], {
      env: this.#environment,
      stdio: ["ignore", output, output],
      detached: true,
    });
    // /healthz answers even when the VS Code behind it can't load, so the workbench's page is asked for.
    while (!(await answers(this.url(), this.#auth === "none" ? 200 : 302))) {
      if (this.#child.exitCode !== null) throw new Error(`code-server did not start:\n${readFileSync(log, "utf8")}`);
      await sleep(POLL_MS);
    }
  }

  /** The workbench's address, with entries for the workbench's `payload`. */
  url(payload: readonly (readonly [string, string])[] = [], folder = this.workspace): string {
    const query = payload.length > 0 ? `&payload=${encodeURIComponent(JSON.stringify(payload))}` : "";
    return `http://${this.authority}/?folder=${encodeURIComponent(folder)}${query}`;
  }

  /** A path on the server as the workbench names it. */
  remote(path: string): string {
    return `vscode-remote://${this.authority}${path}`;
  }

  stop(): void {
    if (this.#child?.pid !== undefined) {
      try {
        process.kill(-this.#child.pid, "SIGKILL");
      } catch {
        // It has ended already.
      }
    }
    rmSync(this.root, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 });
  }
}

function answers(url: string, status: number): Promise<boolean> {
  return new Promise((resolve) => {
    get(url, (response) => {
      response.resume();
      resolve(response.statusCode === status);
    }).on("error", () => resolve(false));
  });
}
