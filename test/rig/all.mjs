// `npm test`: every check in order. A failing one does not stop those after it. The last line is the count.
import { spawnSync } from "node:child_process";
import { mkdirSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { ensureInstalled, root, tool } from "./install.mjs";

ensureInstalled();

const cache = join(root, ".cache");
mkdirSync(cache, { recursive: true });
const counts = join(cache, `mocha-${process.pid}.json`);

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
    failed++;
    process.stdout.write(`-- ${name} failed\n`);
  }
}

const code = run("mocha", [
  tool("mocha", "bin", "mocha.js"),
  "--reporter",
  "test/rig/reporter.cjs",
  "--reporter-option",
  `counts=${counts}`,
]);
let skipped = [];
try {
  const mocha = JSON.parse(readFileSync(counts, "utf8"));
  skipped = mocha.skipped;
  passed += mocha.passes;
  failed += mocha.failures;
  // mocha can fail without a failing test: no test found, a file that does not load, an error after the end
  if (code !== 0 && mocha.failures === 0) failed++;
  if (mocha.passes + mocha.failures === 0) failed++;
} catch {
  process.stdout.write("-- mocha ended before it had counted\n");
  failed++;
}
rmSync(counts, { force: true });

if (skipped.length > 0) {
  process.stdout.write("\nSkipped:\n");
  for (const { title, reason } of skipped) process.stdout.write(`  ${title}: ${reason}\n`);
}
process.exitCode = failed === 0 ? 0 : 1;
process.stdout.write(
  `\n${passed} passed, ${failed} failed${skipped.length > 0 ? `, ${skipped.length} skipped` : ""}\n`,
);
