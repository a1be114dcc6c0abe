import * as vscode from "vscode";
import { SnapshotPool } from "../session/SnapshotPool.js";
import { captureFile } from "./capture.js";
import { registerCommands } from "./commands.js";
import { SnapshotEditor, VIEW_TYPE } from "./SnapshotEditor.js";
import { SnapshotTree } from "./SnapshotTree.js";

/** Registers what the extension contributes, and does nothing else. */
export function activate(context: vscode.ExtensionContext): void {
  const file = (name: string) => vscode.Uri.joinPath(context.extensionUri, "dist", name).fsPath;
  const pool = new SnapshotPool(file("analysis.js"));
  const editor = new SnapshotEditor(context.extensionUri, pool);
  const tree = new SnapshotTree();
  context.subscriptions.push(
    pool,
    tree,
    vscode.window.registerCustomEditorProvider(VIEW_TYPE, editor, { supportsMultipleEditorsPerDocument: true }),
    vscode.window.registerTreeDataProvider("ouroboros.snapshots", tree),
    registerCommands(editor),
    vscode.commands.registerCommand("ouroboros.capture", (uri?: vscode.Uri) =>
      captureFile(uri, file("ouroboros_capture.py"), (snapshot) => editor.open(snapshot)),
    ),
  );
}
