const assert = require("node:assert/strict");
const { existsSync, readdirSync, writeFileSync } = require("node:fs");
const vscode = require("vscode");
const { activeSnapshot, closeAll, fileUri, workspace } = require("./help.cjs");

describe("capturing a Python file", () => {
  const small = fileUri("small.py");
  const snapshots = (program) => readdirSync(workspace).filter((name) => name.startsWith(`${program}-`));
  const setPython = (value) =>
    vscode.workspace.getConfiguration("ouroboros").update("python", value, vscode.ConfigurationTarget.Global);

  beforeEach(closeAll);
  after(closeAll);

  it("saves the file of the active editor, runs it, and opens its snapshot", async () => {
    writeFileSync(small.fsPath, "raise SystemExit('not saved')\n");
    const document = await vscode.workspace.openTextDocument(small);
    const editor = await vscode.window.showTextDocument(document);
    const all = new vscode.Range(0, 0, document.lineCount, 0);
    const source =
      "import gc\ngc.disable()\n\n\nclass Leaky:\n    def __init__(self):\n        self.me = self\n\n\nLeaky()\n";
    await editor.edit((edit) => edit.replace(all, source));
    assert.ok(document.isDirty);
    const written = await vscode.commands.executeCommand("ouroboros.capture");
    assert.ok(written && existsSync(written.fsPath), "a snapshot was written");
    assert.ok(!document.isDirty, "the file was saved");
    assert.match(written.path, /\/small-\d{8}-\d{6}\.pyheapsnapshot$/);
    assert.equal(activeSnapshot()?.uri.toString(), written.toString());
    await vscode.commands.executeCommand("ouroboros.copyReport");
    assert.match(await vscode.env.clipboard.readText(), /Leaky/);
  });

  it("opens the snapshot of a program that fails with an exception", async () => {
    const failing = fileUri("failing.py");
    writeFileSync(failing.fsPath, "raise ValueError('wrong')\n");
    const written = await vscode.commands.executeCommand("ouroboros.capture", failing);
    assert.equal(activeSnapshot()?.uri.toString(), written?.toString());
  });

  it("opens nothing where a program ends without a snapshot", async () => {
    const abrupt = fileUri("abrupt.py");
    writeFileSync(abrupt.fsPath, "import os\nos._exit(3)\n");
    assert.equal(await vscode.commands.executeCommand("ouroboros.capture", abrupt), undefined);
    assert.equal(activeSnapshot(), undefined);
    assert.deepEqual(snapshots("abrupt"), []);
  });

  it("runs the interpreter that the setting names, and ends where there is none", async () => {
    const unstarted = fileUri("unstarted.py");
    writeFileSync(unstarted.fsPath, "");
    await setPython("/nowhere/python3");
    try {
      assert.equal(await vscode.commands.executeCommand("ouroboros.capture", unstarted), undefined);
    } finally {
      await setPython(undefined);
    }
    assert.deepEqual(snapshots("unstarted"), []);
  });
});
