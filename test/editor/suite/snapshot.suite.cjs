const assert = require("node:assert/strict");
const vscode = require("vscode");

describe("the extension in its host", () => {
  it("is installed from its package and starts", async () => {
    const extension = vscode.extensions.getExtension("ouroboros.ouroboros");
    assert.ok(extension, "the extension is there");
    await extension.activate();
    assert.ok((await vscode.commands.getCommands(true)).includes("ouroboros.openSnapshot"));
  });

  it("opens a snapshot in its own editor", async () => {
    const file = vscode.Uri.joinPath(vscode.workspace.workspaceFolders[0].uri, "demo.pyheapsnapshot");
    await vscode.commands.executeCommand("ouroboros.openSnapshot", file);
    const { input } = vscode.window.tabGroups.activeTabGroup.activeTab;
    assert.ok(input instanceof vscode.TabInputCustom);
    assert.equal(input.viewType, "ouroboros.snapshot");
  });

  it("is what opens a snapshot by default", async () => {
    await vscode.commands.executeCommand("workbench.action.closeAllEditors");
    const file = vscode.Uri.joinPath(vscode.workspace.workspaceFolders[0].uri, "demo.pyheapsnapshot");
    await vscode.commands.executeCommand("vscode.open", file);
    const { input } = vscode.window.tabGroups.activeTabGroup.activeTab;
    assert.ok(input instanceof vscode.TabInputCustom, "a custom editor");
  });
});
