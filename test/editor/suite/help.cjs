// What the suites share.
const { execFileSync } = require("node:child_process");
const { readdirSync, readFileSync } = require("node:fs");
const { join } = require("node:path");
const { setTimeout: sleep } = require("node:timers/promises");
const vscode = require("vscode");

const POLL_MS = 100;

/** The first workspace folder's path. */
const workspace = vscode.workspace.workspaceFolders[0].uri.fsPath;
exports.workspace = workspace;

/** A file of the workspace. */
exports.fileUri = (...path) => vscode.Uri.file(join(workspace, ...path));

/** Waits until a condition returns something, and returns that. The test's own time limit ends it. */
async function until(condition) {
  for (;;) {
    const found = await condition();
    if (found) return found;
    await sleep(POLL_MS);
  }
}
exports.until = until;

/** The active tab's input where it is our editor, else undefined. */
exports.activeSnapshot = () => {
  const input = vscode.window.tabGroups.activeTabGroup.activeTab?.input;
  return input instanceof vscode.TabInputCustom && input.viewType === "ouroboros.snapshot" ? input : undefined;
};

exports.closeAll = () => vscode.commands.executeCommand("workbench.action.closeAllEditors");

/** Runs a command that asks with a list, and takes the list's first entry. Returns what the command returns. */
exports.takingTheFirst = async (...command) => {
  let done = false;
  const result = vscode.commands.executeCommand(...command).then((value) => {
    done = true;
    return value;
  });
  await until(async () => {
    await vscode.commands.executeCommand("workbench.action.acceptSelectedQuickOpenItem");
    return done;
  });
  return result;
};

/** Ids of the analysis processes that this extension host has started. */
exports.analysisProcesses = () => {
  const own = String(process.pid);
  const rows =
    process.platform === "linux"
      ? readdirSync("/proc").flatMap(processRow)
      : execFileSync("ps", ["-A", "-o", "pid=,ppid=,args="], { encoding: "utf8" })
          .split("\n")
          .map((line) => line.trim().split(/\s+/));
  return rows
    .filter(([, parent, ...args]) => parent === own && args.join(" ").includes("analysis.js"))
    .map(([pid]) => Number(pid));
};

function processRow(pid) {
  if (!/^\d+$/.test(pid)) return [];
  try {
    // The name in parentheses can hold anything; the parent is the second field after it.
    const parent = readFileSync(`/proc/${pid}/stat`, "utf8")
      .replace(/^.*\) /s, "")
      .split(" ")[1];
    return [[pid, parent, ...readFileSync(`/proc/${pid}/cmdline`, "utf8").split("\0")]];
  } catch {
    // It has ended meanwhile.
    return [];
  }
}
