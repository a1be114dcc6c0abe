const assert = require("node:assert/strict");
const { execFileSync } = require("node:child_process");
const { mkdirSync, mkdtempSync, rmSync, statSync, utimesSync, writeFileSync } = require("node:fs");
const { tmpdir } = require("node:os");
const { dirname, join } = require("node:path");
const vscode = require("vscode");
const { activeSnapshot, closeAll, fileUri, takingTheFirst, workspace } = require("./help.cjs");

const SOURCE = "class Worker:\n    def __init__(self):\n        self.me = self\n\n\nworker = Worker()\n";
const FOLDER = "$" + "{workspaceFolder}";
const HOUR_S = 3600;

describe("going to the source", () => {
  const snapshot = fileUri("worker.pyheapsnapshot");
  let elsewhere;
  /** The source file as the snapshot names it, and when it was written. */
  let recorded;
  let modified;

  const goTo = (line, file = recorded) => vscode.commands.executeCommand("ouroboros.goToSource", { file, line });
  const shownFile = () => vscode.window.activeTextEditor?.document.uri.fsPath;
  const inWorkspace = (...path) => join(workspace, ...path);
  const setMappings = (value) =>
    vscode.workspace.getConfiguration("ouroboros").update("pathMappings", value, vscode.ConfigurationTarget.Workspace);

  function put(file, text = SOURCE) {
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, text);
  }

  /** Puts the source where it was at capture, with the time that it had. */
  function putBack(time = modified) {
    put(recorded);
    utimesSync(recorded, time, time);
  }

  before(() => {
    const { extensionUri } = vscode.extensions.getExtension("ouroboros.ouroboros");
    const agent = vscode.Uri.joinPath(extensionUri, "dist", "ouroboros_capture.py").fsPath;
    elsewhere = mkdtempSync(join(tmpdir(), "ouroboros-source-"));
    recorded = join(elsewhere, "srv", "app", "jobs", "worker.py");
    put(recorded);
    modified = statSync(recorded).mtimeMs / 1000;
    execFileSync("python3", [agent, "-o", snapshot.fsPath, recorded], { stdio: "ignore" });
  });

  beforeEach(async () => {
    await closeAll();
    rmSync(recorded, { force: true });
    for (const name of ["jobs", "mapped", "one", "two"]) rmSync(inWorkspace(name), { recursive: true, force: true });
    await vscode.commands.executeCommand("ouroboros.openSnapshot", snapshot);
    assert.ok(activeSnapshot());
  });

  after(async () => {
    await setMappings(undefined);
    await closeAll();
    rmSync(elsewhere, { recursive: true, force: true });
  });

  it("opens the recorded path beside the view, with the line selected", async () => {
    putBack();
    assert.equal(await goTo(3), "");
    assert.equal(shownFile(), recorded);
    const editor = vscode.window.activeTextEditor;
    assert.equal(editor.document.getText(editor.selection), "self.me = self");
    assert.equal(editor.viewColumn, 2);
    assert.equal(await goTo(1), "");
    assert.equal(vscode.window.tabGroups.all.length, 2, "the second one goes to the same column");
  });

  it("says that the file has changed, by its time", async () => {
    putBack(modified + HOUR_S);
    assert.equal(await goTo(3), "worker.py has changed since the snapshot was taken; line 3 may be off.");
  });

  it("says that the file has changed, by its size", async () => {
    put(recorded, `${SOURCE}pass\n`);
    utimesSync(recorded, modified, modified);
    assert.match(await goTo(6), /^worker\.py has changed since .*; line 6 may be off\.$/);
  });

  it("goes to the last line where the file has fewer lines, and to the first where none is known", async () => {
    putBack();
    const line = () => vscode.window.activeTextEditor.selection.active.line;
    await goTo(1000);
    assert.equal(line(), vscode.window.activeTextEditor.document.lineCount - 1);
    await goTo(0);
    assert.equal(line(), 0);
  });

  it("finds the file in the workspace by the end of its path, and says which it is", async () => {
    put(inWorkspace("jobs", "worker.py"));
    put(inWorkspace("one", "worker.py"));
    const told = await goTo(1);
    assert.equal(shownFile(), inWorkspace("jobs", "worker.py"));
    assert.equal(told, `Opened jobs/worker.py for ${recorded}.`);
  });

  it("asks which of two files it is", async () => {
    put(inWorkspace("one", "worker.py"));
    put(inWorkspace("two", "worker.py"));
    const told = await takingTheFirst("ouroboros.goToSource", { file: recorded, line: 1 });
    assert.match(shownFile(), /(one|two)\/worker\.py$/);
    assert.match(told, /^Opened (one|two)\/worker\.py for /);
  });

  it("follows the path mappings before it looks in the workspace", async () => {
    put(inWorkspace("jobs", "worker.py"));
    put(inWorkspace("mapped", "jobs", "worker.py"));
    await setMappings({ [dirname(dirname(recorded))]: `${FOLDER}/mapped`, [elsewhere]: "/nowhere" });
    try {
      await goTo(1);
      assert.equal(shownFile(), inWorkspace("mapped", "jobs", "worker.py"));
    } finally {
      await setMappings(undefined);
    }
  });

  it("says what it tried where there is no such file, and names the setting", async () => {
    await setMappings({ [elsewhere]: "/nowhere" });
    try {
      const told = await goTo(1);
      assert.equal(shownFile(), undefined);
      assert.match(told, /^worker\.py was not found/);
      assert.ok(told.includes(recorded), told);
      assert.ok(told.includes("/nowhere/srv/app/jobs/worker.py"), told);
      assert.ok(told.includes("ouroboros.pathMappings"), told);
    } finally {
      await setMappings(undefined);
    }
  });

  it("says that code without a file has none", async () => {
    assert.match(await goTo(1, "<frozen importlib._bootstrap>"), /part of the interpreter/);
    assert.match(await goTo(1, "<string>"), /made while the program ran/);
    assert.equal(shownFile(), undefined);
  });
});
