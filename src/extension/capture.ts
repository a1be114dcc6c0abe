import { accessSync, constants, existsSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import * as vscode from "vscode";
import { snapshotName } from "./captureTarget.js";
import { findInterpreter } from "./interpreter.js";

const STATUS_MS = 10_000;
// The end of a task's process is told after that of the task itself at worst.
const LATE_MS = 1000;
const SAVES = 5;
const SAVE_AGAIN_MS = 300;

/**
 * Runs a Python file in a terminal under the capture agent, and opens the snapshot that it leaves.
 * @param given the file; by default that of the active editor
 * @param agent path of ouroboros_capture.py
 * @param open shows a snapshot
 * @returns the snapshot, or undefined where none was written
 */
export async function captureFile(
  given: vscode.Uri | undefined,
  agent: string,
  open: (snapshot: vscode.Uri) => Promise<void>,
): Promise<vscode.Uri | undefined> {
  // The menus don't offer it then; a call by another extension comes through.
  if (!vscode.workspace.isTrusted) throw new Error(vscode.l10n.t("Trust the workspace first: this runs a program."));
  const file = await programToRun(given);
  if (!file) return undefined;
  const python = await findInterpreter(file);
  if (python === undefined) {
    const text = vscode.l10n.t("No Python was found on the PATH. The setting ouroboros.python names one.");
    const button = vscode.l10n.t("Open Settings");
    const chosen = await vscode.window.showErrorMessage(text, button);
    if (chosen) await vscode.commands.executeCommand("workbench.action.openSettings", "ouroboros.python");
    return undefined;
  }
  const folder = vscode.workspace.getWorkspaceFolder(file);
  const cwd = folder?.uri.fsPath ?? dirname(file.fsPath);
  const output = await outputFile(cwd, file.fsPath);
  if (output === undefined) return undefined;
  const program = basename(file.fsPath);
  const task = captureTask(program, folder, output);
  task.execution = new vscode.ProcessExecution(python, [agent, "-o", output, file.fsPath], { cwd });
  const code = await vscode.window.withProgress(
    {
      location: vscode.ProgressLocation.Window,
      title: vscode.l10n.t("Running {0}; its heap is captured when it ends", program),
    },
    () => runToEnd(task, output),
  );
  if (!existsSync(output)) {
    void vscode.window.showErrorMessage(`${endedWith(program, code)} ${whyNothing(code)}`);
    return undefined;
  }
  const snapshot = vscode.Uri.file(output);
  await open(snapshot);
  if (code !== 0) vscode.window.setStatusBarMessage(endedWith(program, code), STATUS_MS);
  return snapshot;
}

/** The file to run, saved; undefined where the user gave up. */
async function programToRun(given: vscode.Uri | undefined): Promise<vscode.Uri | undefined> {
  const active = vscode.window.activeTextEditor?.document;
  const isPython = active?.languageId === "python" || active?.uri.path.endsWith(".py") === true;
  let file = given ?? (isPython ? active?.uri : undefined);
  if (!file) {
    const title = vscode.l10n.t("Python File to Run");
    file = (await vscode.window.showOpenDialog({ title, filters: { Python: ["py"] } }))?.[0];
  }
  const key = file?.toString();
  const document = vscode.workspace.textDocuments.find(({ uri }) => uri.toString() === key);
  if (document?.isUntitled) {
    file = await vscode.workspace.save(document.uri);
    if (!file) return undefined;
  } else if (document?.isDirty && !(await save(document))) {
    throw new Error(
      vscode.l10n.t("{0} has changes that could not be saved. Save it, then capture again.", document.fileName),
    );
  }
  if (file && file.scheme !== "file") throw new Error(vscode.l10n.t("Only a file on disk can be run."));
  return file;
}

/** Saves a document that has changes; returns false where that can't be done. */
async function save(document: vscode.TextDocument): Promise<boolean> {
  for (let i = 0; i < SAVES; i++) {
    if (await document.save()) return true;
    // One that the editor begins by itself meanwhile (files.autoSave) makes ours fail, and may do its work.
    await sleep(SAVE_AGAIN_MS);
    if (!document.isDirty) return true;
  }
  return false;
}

/** Where the snapshot goes: the folder that the program runs in, or where the user says if nothing can be written there. */
async function outputFile(folder: string, program: string): Promise<string | undefined> {
  const name = snapshotName(program, new Date());
  try {
    accessSync(folder, constants.W_OK);
    return join(folder, name);
  } catch {
    const title = vscode.l10n.t("Save the Heap Snapshot");
    return (await vscode.window.showSaveDialog({ title, defaultUri: vscode.Uri.file(name) }))?.fsPath;
  }
}

function captureTask(program: string, folder: vscode.WorkspaceFolder | undefined, output: string): vscode.Task {
  const name = vscode.l10n.t("capture the heap of {0}", program);
  const scope = folder ?? vscode.TaskScope.Workspace;
  const task = new vscode.Task({ type: "ouroboros", output }, scope, name, "Ouroboros");
  task.detail = vscode.l10n.t("Runs the program to its end, and captures its heap then");
  task.presentationOptions = {
    reveal: vscode.TaskRevealKind.Always,
    panel: vscode.TaskPanelKind.Dedicated,
    clear: true,
    showReuseMessage: false,
  };
  return task;
}

/** Runs a task; returns its exit code, or undefined where it was stopped or never started. */
function runToEnd(task: vscode.Task, output: string): Promise<number | undefined> {
  // Events can come before the call that starts the task has returned: the definition tells which are its own.
  const own = ({ execution }: vscode.TaskEndEvent) => execution.task.definition["output"] === output;
  const subscriptions: vscode.Disposable[] = [];
  const ended = new Promise<number | undefined>((resolve, reject) => {
    subscriptions.push(
      vscode.tasks.onDidEndTaskProcess((event) => own(event) && resolve(event.exitCode)),
      vscode.tasks.onDidEndTask((event) => own(event) && setTimeout(resolve, LATE_MS, undefined)),
    );
    vscode.tasks.executeTask(task).then(undefined, reject);
  });
  return ended.finally(() => vscode.Disposable.from(...subscriptions).dispose());
}

function endedWith(program: string, code: number | undefined): string {
  return code === undefined
    ? vscode.l10n.t("{0} was stopped or could not be started.", program)
    : vscode.l10n.t("{0} ended with exit code {1}.", program, code);
}

function whyNothing(code: number | undefined): string {
  return code === undefined
    ? vscode.l10n.t("No snapshot was written: the heap is captured when the program ends by itself.")
    : vscode.l10n.t("No snapshot was written; the terminal says why.");
}
