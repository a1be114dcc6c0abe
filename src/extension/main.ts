import * as vscode from "vscode";
import { SnapshotEditor, VIEW_TYPE } from "./SnapshotEditor.js";

async function openSnapshot(uri?: vscode.Uri): Promise<void> {
  const [chosen] = uri
    ? [uri]
    : ((await vscode.window.showOpenDialog({ filters: { [vscode.l10n.t("Heap snapshots")]: ["pyheapsnapshot"] } })) ??
      []);
  if (chosen) await vscode.commands.executeCommand("vscode.openWith", chosen, VIEW_TYPE);
}

/** Registers what the extension contributes, and does nothing else. */
export function activate(context: vscode.ExtensionContext): void {
  context.subscriptions.push(
    vscode.window.registerCustomEditorProvider(VIEW_TYPE, new SnapshotEditor(context.extensionUri)),
    vscode.commands.registerCommand("ouroboros.openSnapshot", openSnapshot),
  );
}
