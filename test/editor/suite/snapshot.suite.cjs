const assert = require("node:assert/strict");
const { copyFileSync, utimesSync } = require("node:fs");
const vscode = require("vscode");
const { activeSnapshot, analysisProcesses, closeAll, fileUri, takingTheFirst, until } = require("./help.cjs");

describe("the extension in its host", () => {
  const demo = fileUri("demo.pyheapsnapshot");
  const open = (uri) => vscode.commands.executeCommand("ouroboros.openSnapshot", uri);

  beforeEach(closeAll);
  after(closeAll);

  it("is installed from its package and registers each command that it contributes", async () => {
    const extension = vscode.extensions.getExtension("ouroboros.ouroboros");
    assert.ok(extension, "the extension is there");
    await extension.activate();
    const registered = await vscode.commands.getCommands(true);
    const contributed = extension.packageJSON.contributes.commands.map(({ command }) => command);
    assert.ok(contributed.length >= 6);
    assert.deepEqual(
      contributed.filter((command) => !registered.includes(command)),
      [],
    );
  });

  it("opens a snapshot in its own editor", async () => {
    await open(demo);
    assert.equal(activeSnapshot()?.uri.toString(), demo.toString());
  });

  it("is what opens a snapshot by default", async () => {
    await vscode.commands.executeCommand("vscode.open", demo);
    assert.ok(activeSnapshot(), "a custom editor");
  });

  it("shows the list of snapshots", async () => {
    await vscode.commands.executeCommand("ouroboros.snapshots.focus");
  });

  it("finds cycles in a given file", async () => {
    await vscode.commands.executeCommand("ouroboros.findCycles", demo);
    assert.equal(activeSnapshot()?.uri.toString(), demo.toString());
  });

  it("finds cycles where no editor is open: asks for a snapshot of the workspace, the newest first", async () => {
    const newest = fileUri("newest.pyheapsnapshot");
    copyFileSync(demo.fsPath, newest.fsPath);
    const future = Date.now() / 1000 + 3600;
    utimesSync(newest.fsPath, future, future);
    await takingTheFirst("ouroboros.findCycles");
    await until(() => activeSnapshot()?.uri.toString() === newest.toString());
  });

  it("acts on the open editor where it has one", async () => {
    await open(demo);
    await vscode.commands.executeCommand("ouroboros.findCycles");
    assert.equal(activeSnapshot()?.uri.toString(), demo.toString());
    assert.equal(vscode.window.tabGroups.activeTabGroup.tabs.length, 1);
  });

  it("copies the report", async () => {
    await vscode.env.clipboard.writeText("before");
    await open(demo);
    await vscode.commands.executeCommand("ouroboros.copyReport");
    const report = await vscode.env.clipboard.readText();
    assert.match(report, /^# Heap report: .*demo\.pyheapsnapshot/);
    assert.match(report, /_iterencode/);
  });

  it("uses one analysis process for two editors of a file", async () => {
    const shared = fileUri("shared.pyheapsnapshot");
    copyFileSync(demo.fsPath, shared.fsPath);
    const before = analysisProcesses();
    const added = () => analysisProcesses().filter((pid) => !before.includes(pid));
    await open(shared);
    await until(() => added().length === 1);
    await vscode.commands.executeCommand("workbench.action.splitEditor");
    const editors = () =>
      vscode.window.tabGroups.all
        .flatMap(({ tabs }) => tabs)
        .filter(({ input }) => input instanceof vscode.TabInputCustom && input.uri.toString() === shared.toString());
    await until(() => editors().length === 2);
    // An answer means that both editors have long been made.
    await vscode.commands.executeCommand("ouroboros.copyReport");
    assert.equal(added().length, 1);
  });

  it("outlives its analysis process, and reads the file anew", async () => {
    const killed = fileUri("killed.pyheapsnapshot");
    copyFileSync(demo.fsPath, killed.fsPath);
    const before = analysisProcesses();
    const added = () => analysisProcesses().filter((pid) => !before.includes(pid));
    await open(killed);
    await vscode.commands.executeCommand("ouroboros.copyReport");
    const [pid] = added();
    process.kill(pid, "SIGKILL");
    await until(() => !analysisProcesses().includes(pid));
    // Says so in a message, and neither throws nor waits for ever.
    await vscode.commands.executeCommand("ouroboros.copyReport");
    assert.equal(activeSnapshot()?.uri.toString(), killed.toString());
    await closeAll();
    await open(killed);
    await vscode.env.clipboard.writeText("before");
    await vscode.commands.executeCommand("ouroboros.copyReport");
    assert.match(await vscode.env.clipboard.readText(), /^# Heap report/);
    assert.equal(added().length, 1);
    assert.notEqual(added()[0], pid);
  });

  it("reads a file anew that has changed since its editor was closed", async () => {
    const changing = fileUri("changing.pyheapsnapshot");
    copyFileSync(demo.fsPath, changing.fsPath);
    await open(changing);
    await vscode.commands.executeCommand("ouroboros.copyReport");
    await closeAll();
    copyFileSync(fileUri("broken.pyheapsnapshot").fsPath, changing.fsPath);
    await open(changing);
    await vscode.env.clipboard.writeText("before");
    await vscode.commands.executeCommand("ouroboros.copyReport");
    assert.equal(await vscode.env.clipboard.readText(), "before", "a broken file has no report");
  });
});
