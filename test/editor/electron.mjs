// `npm run test:electron`: the suite of the real extension host in a desktop VS Code, through @vscode/test-electron.
// It downloads VS Code, unless VSCODE_EXECUTABLE names one.
import { runTests } from "@vscode/test-electron";
import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { register } from "tsx/esm/api";
import { root } from "../rig/install.mjs";

register();
const { pythons } = await import("../rig/pythons.ts");

const folder = mkdtempSync(join(tmpdir(), "ouroboros-electron-"));
const workspace = join(folder, "workspace");
const result = join(folder, "result.json");
mkdirSync(workspace);
execFileSync(process.execPath, ["esbuild.mjs"], { cwd: root, stdio: "inherit" });
execFileSync(
  pythons().at(-1).path,
  [
    "src/capture/python/ouroboros_capture.py",
    "-o",
    join(workspace, "demo.pyheapsnapshot"),
    "test/fixtures/demo/leaky_service.py",
  ],
  { cwd: root, stdio: "ignore", env: { ...process.env, PYTHONDONTWRITEBYTECODE: "1" } },
);

/** Prints what the suite wrote; a host that was killed has written nothing, and that is a failure too. */
function report() {
  if (!existsSync(result)) return 1;
  const { collected, passed, failed } = JSON.parse(readFileSync(result, "utf8"));
  for (const { title, message } of failed) process.stdout.write(`${title}\n${message}\n`);
  process.stdout.write(`${passed.length} passed, ${collected - passed.length} failed\n`);
  return collected > 0 && passed.length === collected ? 0 : 1;
}

try {
  await runTests({
    ...(process.env.VSCODE_EXECUTABLE && { vscodeExecutablePath: process.env.VSCODE_EXECUTABLE }),
    extensionDevelopmentPath: root,
    extensionTestsPath: join(root, "test", "editor", "suite", "index.cjs"),
    extensionTestsEnv: { OUROBOROS_RESULT: result },
    launchArgs: [
      workspace,
      ...["--disable-workspace-trust", "--skip-welcome"],
      ...["--user-data-dir", join(folder, "data"), "--extensions-dir", join(folder, "extensions")],
      ...(process.getuid?.() === 0 ? ["--no-sandbox"] : []),
    ],
  });
} catch (error) {
  process.stderr.write(`${error.message}\n`);
}
process.exitCode = report();
rmSync(folder, { recursive: true, force: true });
