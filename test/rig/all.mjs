// `npm test`: every check in order. A failing one does not stop those after it. The last line is the count.
import { spawn, spawnSync } from "node:child_process";
import { mkdirSync, openSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { ensureInstalled, root, tool } from "./install.mjs";

ensureInstalled();

const cache = join(root, ".cache");
mkdirSync(cache, { recursive: true });
const checks = [
  ["types", tool("typescript", "bin", "tsc"), "--noEmit"],
  ["types of the webview", tool("typescript", "bin", "tsc"), "--noEmit", "-p", "src/webview"],
  ["types of the editor tests", tool("typescript", "bin", "tsc"), "--noEmit", "-p", "test/editor"],
  ["lint", tool("eslint", "bin", "eslint.js"), "."],
  ["floors", tool("dependency-cruiser", "bin", "dependency-cruise.mjs"), "--config", ".dependency-cruiser.cjs", "src"],
  ["format", tool("prettier", "bin", "prettier.cjs"), "--check", "."],
  ["build", join(root, "esbuild.mjs")],
];

let passed = 0;
let failed = 0;
const skips = [];
/** What failed, told again at the end: the end of a long log is what is looked at first, and may be all that is kept. */
const failures = [];

function fail(title, reason) {
  failed++;
  failures.push({ title, reason });
}

/** Runs a Node program with its output shown and returns its exit code. */
function run(name, [program, ...args]) {
  process.stdout.write(`\n== ${name}\n`);
  const { status, signal } = spawnSync(process.execPath, [program, ...args], {
    cwd: root,
    stdio: ["ignore", "inherit", "inherit"],
  });
  if (signal) process.stdout.write(`${name}: ended by ${signal}\n`);
  return status ?? 1;
}

for (const [name, ...command] of checks) {
  if (run(name, command) === 0) passed++;
  else {
    fail(name, "see above");
    process.stdout.write(`-- ${name} failed\n`);
  }
}

// Two groups beside each other: the first keeps interpreters busy, the second browsers and the editor.
const BROWSERS = "editor,webview";
const groups = [
  { name: "mocha", ignore: `test/{${BROWSERS}}/**` },
  { name: "mocha, in browsers", ignore: `test/!(${BROWSERS.replace(",", "|")})/**` },
].map((group, i) => ({ ...group, counts: join(cache, `mocha-${process.pid}-${i}.json`) }));

/** Starts the tests of a group. The output goes to a file unless it is shown. */
function startTests({ ignore, counts }, output) {
  const reporter = ["--reporter", "test/rig/reporter.cjs", "--reporter-option", `counts=${counts}`];
  const child = spawn(process.execPath, [tool("mocha", "bin", "mocha.js"), ...reporter, "--ignore", ignore], {
    cwd: root,
    stdio: ["ignore", output, output],
    env: { ...process.env, OUROBOROS_BUILT: "1" },
  });
  return new Promise((resolve) => {
    child.once("exit", (status) => resolve(status ?? 1));
  });
}

/** Adds up what a group's tests counted. */
function addCounts({ name, counts }, code) {
  try {
    const mocha = JSON.parse(readFileSync(counts, "utf8"));
    skips.push(...mocha.skipped);
    failures.push(...mocha.failed);
    passed += mocha.passes;
    failed += mocha.failures;
    // mocha can fail without a failing test: no test found, a file that does not load, an error after the end
    if (mocha.passes + mocha.failures === 0) fail(name, "no test was found");
    else if (code !== 0 && mocha.failures === 0) fail(name, `mocha ended with ${code}, see above`);
  } catch {
    fail(name, "ended before it had counted, see above");
  }
  rmSync(counts, { force: true });
}

const [shown, hidden] = groups;
const output = join(cache, `mocha-${process.pid}.txt`);
const file = openSync(output, "w");
process.stdout.write(`\n== ${shown.name}\n`);
const inBackground = startTests(hidden, file);
addCounts(shown, await startTests(shown, "inherit"));
const code = await inBackground;
process.stdout.write(`\n== ${hidden.name}\n`);
process.stdout.write(readFileSync(output));
rmSync(output);
addCounts(hidden, code);

for (const [heading, tests] of [
  ["Skipped", skips],
  ["Failed", failures],
]) {
  if (tests.length > 0) process.stdout.write(`\n${heading}:\n`);
  for (const { title, reason } of tests) process.stdout.write(`  ${title}: ${reason}\n`);
}
process.exitCode = failed === 0 ? 0 : 1;
process.stdout.write(`\n${passed} passed, ${failed} failed${skips.length > 0 ? `, ${skips.length} skipped` : ""}\n`);
