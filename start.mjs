// `npm start`: installs and builds what is missing, runs the demo program (or takes the named snapshot) and
// prints its leak report, then opens the snapshot. Standard library only up to the install.
import { spawnSync } from "node:child_process";
import { randomBytes } from "node:crypto";
import { existsSync, mkdirSync } from "node:fs";
import { basename, delimiter, dirname, join, resolve } from "node:path";
import { parseArgs } from "node:util";
import { ensureInstalled, NOT_FOUND, root, runQuietly, tool } from "./test/rig/install.mjs";

const DEMO = join(root, "test", "fixtures", "demo");

const USAGE = `usage: npm start -- [FILE] [--no-open | --editor] [--python PATH]

Without FILE a small leaking program (test/fixtures/demo/leaky_service.py) is run and its heap captured.
After the report the snapshot is opened: in VS Code if \`code\` is on the PATH, else in a browser until Ctrl-C.
  --no-open      end after the report
  --editor       fetch VS Code's server from npm (0.8 GB, once; Linux) and serve that, with the extension, until Ctrl-C
  --python PATH  the CPython (2.7 or 3.6 to 3.13) that runs the program`;

const NO_PYTHON = `No CPython that can be captured was found (2.7 or 3.6 to 3.13 are needed; pyenv and the PATH were searched).
Install one (Debian, Ubuntu: apt-get install python3; macOS: brew install python@3.13), name one with
  npm start -- --python /path/to/python3
or open a snapshot that you have:
  npm start -- FILE`;

/** Exit codes of the command line: usage, unreadable input. */
const USAGE_ERROR = 2;
const UNREADABLE = 3;

function options() {
  try {
    return parseArgs({
      allowPositionals: true,
      options: {
        "no-open": { type: "boolean" },
        editor: { type: "boolean" },
        python: { type: "string" },
        help: { type: "boolean", short: "h" },
      },
    });
  } catch (error) {
    fail(USAGE_ERROR, `${error.message}\n${USAGE}`);
  }
}

function fail(code, message) {
  process.stderr.write(`${message}\n`);
  process.exit(code);
}

/** The Python that the shell finds, if it can be captured, else the newest one that the tests would find. */
async function findPython() {
  const { register } = await import("tsx/esm/api");
  register();
  const { isCapturable, pythons } = await import("./test/rig/pythons.ts");
  return ["python3", "python"].find(isCapturable) ?? pythons().at(-1)?.path;
}

async function captureDemo(python) {
  const path = python ?? (await findPython());
  if (path === undefined) fail(UNREADABLE, NO_PYTHON);
  const cache = join(root, ".cache");
  mkdirSync(cache, { recursive: true });
  const snapshot = join(cache, "demo.pyheapsnapshot");
  const agent = "src/capture/python/ouroboros_capture.py";
  const code = runQuietly(path, [agent, "-o", snapshot, join("test", "fixtures", "demo", "leaky_service.py")], {
    env: { ...process.env, PYTHONDONTWRITEBYTECODE: "1" },
  });
  if (code === NOT_FOUND) fail(USAGE_ERROR, `${path} is no Python that can be run.`);
  if (code !== 0) fail(code, `The demo program under ${path} failed; its output stands above.`);
  return snapshot;
}

/** Path of a VS Code of this computer that can be started with an extension from a folder, or undefined. */
function findCode() {
  // In a terminal of a remote window `code` is a messenger to that window, which ignores the extension's folder.
  if (process.env.VSCODE_IPC_HOOK_CLI || process.env.WSL_DISTRO_NAME) return undefined;
  if (process.platform === "linux" && !process.env.DISPLAY && !process.env.WAYLAND_DISPLAY) return undefined;
  const name = process.platform === "win32" ? "code.cmd" : "code";
  return (process.env.PATH ?? "")
    .split(delimiter)
    .map((folder) => join(folder, name))
    .find((path) => existsSync(path));
}

/** Opens a snapshot in VS Code with the extension as it was built here; false where that fails. */
function openInCode(code, snapshot, folder) {
  const args = [`--extensionDevelopmentPath=${root}`, ...(folder ? [folder] : []), snapshot];
  process.stdout.write(`\nOpening it in VS Code:\n  ${[code, ...args].join(" ")}\n`);
  // A .cmd file is run by a shell, for which names with spaces need quotes.
  const shell = process.platform === "win32";
  const quoted = shell ? args.map((arg) => `"${arg}"`) : args;
  const { status } = spawnSync(shell ? `"${code}"` : code, quoted, { stdio: "inherit", shell });
  if (status === 0)
    process.stdout.write(`In a browser instead: node ${join(root, "dist", "cli.js")} open ${snapshot}\n`);
  else process.stderr.write("VS Code did not start.\n");
  return status === 0;
}

/** Runs `ouroboros open` in this process, which ends with it. */
async function openInBrowser(snapshot) {
  process.stdout.write("\nOpen this address in a browser:\n");
  process.argv.splice(1, process.argv.length, join(root, "dist", "cli.js"), "open", snapshot);
  await import("./dist/cli.js");
}

/** Serves VS Code itself with the packaged extension until Ctrl-C: in the folder of a file, or with the demo's files. */
async function serveEditor(snapshot, isDemo) {
  const { register } = await import("tsx/esm/api");
  register();
  const { ensureCodeServer } = await import("./test/editor/setup.mjs");
  const { CodeServer } = await import("./test/editor/CodeServer.ts");
  process.stdout.write("\n");
  ensureCodeServer();
  process.stderr.write("Packaging the extension and starting the editor …\n");
  const vsix = join(root, ".cache", "start.vsix");
  const flags = ["--no-dependencies", "--allow-missing-repository", "--no-rewrite-relative-links", "-o", vsix];
  const packed = runQuietly(process.execPath, [tool("@vscode", "vsce", "vsce"), "package", ...flags]);
  if (packed !== 0) fail(packed, "The extension could not be packaged; the output stands above.");
  // Other users of this computer reach the port too, and an editor can run programs.
  const password = randomBytes(12).toString("base64url");
  const server = new CodeServer(isDemo ? [snapshot, join(DEMO, "leaky_service.py")] : [], {}, password);
  const stopped = new Promise((stop) => {
    for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) process.on(signal, stop);
  });
  try {
    server.install(vsix);
    await Promise.race([server.start(), stopped]);
    // The snapshot is not opened by the address: at the first visit VS Code does that before it knows the extension.
    const url = isDemo ? server.url() : server.url([], dirname(snapshot));
    process.stdout.write(`VS Code runs at\n  ${url}\nPassword: ${password}\n`);
    process.stdout.write(`Open ${basename(snapshot)} in its explorer.\n`);
    process.stderr.write("Its settings are temporary. Ctrl-C ends it.\n");
    await stopped;
  } finally {
    server.stop();
  }
  process.exit(0);
}

const { values, positionals } = options();
if (values.help) {
  process.stdout.write(`${USAGE}\n`);
  process.exit(0);
}
if (positionals.length > 1 || (values.editor && values["no-open"])) fail(USAGE_ERROR, USAGE);
if (values.editor && process.platform !== "linux") {
  fail(
    USAGE_ERROR,
    "--editor needs Linux, for which code-server is on npm. Without it the snapshot opens in a browser.",
  );
}
// npm runs scripts in the package's folder; INIT_CWD is where the user typed the command.
const named = positionals[0] === undefined ? undefined : resolve(process.env.INIT_CWD ?? ".", positionals[0]);
if (named !== undefined && !existsSync(named)) fail(UNREADABLE, `${named}: no such file`);

ensureInstalled();
const built = runQuietly(process.execPath, ["esbuild.mjs"]);
if (built !== 0) fail(built, "The build failed; its output stands above.");

const snapshot = named ?? (await captureDemo(values.python));
process.stdout.write(`Snapshot: ${snapshot}\n\n`);
const report = spawnSync(process.execPath, ["dist/cli.js", "report", snapshot], { cwd: root, stdio: "inherit" });
const code = report.status ?? 4;
if (code !== 0) process.exit(code);
if (values["no-open"]) {
  process.stdout.write(`\nSee it in a browser:\n  node ${join("dist", "cli.js")} open ${snapshot}\n`);
  process.exit(0);
}

const folder = named === undefined ? DEMO : undefined;
if (values.editor) await serveEditor(snapshot, named === undefined);
const editor = findCode();
if (editor === undefined || !openInCode(editor, snapshot, folder)) await openInBrowser(snapshot);
