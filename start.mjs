// `npm start`: installs and builds what is missing, runs the demo program (or takes the named snapshot) and
// prints its leak report. Standard library only up to the install.
import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync } from "node:fs";
import { join, relative, resolve } from "node:path";
import { parseArgs } from "node:util";
import { ensureInstalled, NOT_FOUND, root, runQuietly } from "./test/rig/install.mjs";

const USAGE = `usage: npm start -- [FILE] [--no-open] [--python PATH]

Without FILE a small leaking program (test/fixtures/demo/leaky_service.py) is run and its heap captured.
  --no-open      end after the report
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
      options: { "no-open": { type: "boolean" }, python: { type: "string" }, help: { type: "boolean", short: "h" } },
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
  const program = "test/fixtures/demo/leaky_service.py";
  const code = runQuietly(path, [agent, "-o", snapshot, program], {
    env: { ...process.env, PYTHONDONTWRITEBYTECODE: "1" },
  });
  if (code === NOT_FOUND) fail(USAGE_ERROR, `${path} is no Python that can be run.`);
  if (code !== 0) fail(code, `The demo program under ${path} failed; its output stands above.`);
  return snapshot;
}

const { values, positionals } = options();
if (values.help) {
  process.stdout.write(`${USAGE}\n`);
  process.exit(0);
}
if (positionals.length > 1) fail(USAGE_ERROR, USAGE);
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
if (code === 0 && !values["no-open"]) {
  const shown = relative(process.cwd(), snapshot);
  process.stdout.write(`\nGo on with: node dist/cli.js cycles ${shown.startsWith("..") ? snapshot : shown}\n`);
}
process.exit(code);
