import * as vscode from "vscode";
import { describeFile, type SnapshotFile, snapshotFiles, watchSnapshotFiles } from "./snapshotFiles.js";

// A file that is being written fires many events.
const SETTLE_MS = 300;

/** The list of the workspace's snapshots. Looks for them when it is shown first. */
export class SnapshotTree implements vscode.TreeDataProvider<vscode.Uri>, vscode.Disposable {
  readonly #changed = new vscode.EventEmitter<void>();
  readonly onDidChangeTreeData = this.#changed.event;
  #files = new Map<string, SnapshotFile>();
  #watcher: vscode.Disposable | undefined;
  #timer: NodeJS.Timeout | undefined;

  async getChildren(parent?: vscode.Uri): Promise<vscode.Uri[]> {
    if (parent) return [];
    this.#watcher ??= watchSnapshotFiles(() => {
      clearTimeout(this.#timer);
      this.#timer = setTimeout(() => this.#changed.fire(), SETTLE_MS);
    });
    const files = await snapshotFiles();
    this.#files = new Map(files.map((file) => [file.uri.toString(), file]));
    return files.map(({ uri }) => uri);
  }

  getTreeItem(uri: vscode.Uri): vscode.TreeItem {
    const file = this.#files.get(uri.toString());
    const item = new vscode.TreeItem(uri);
    item.contextValue = "snapshot";
    item.description = file ? describeFile(file) : "";
    item.tooltip = [vscode.workspace.asRelativePath(uri), item.description].join("\n");
    item.command = { command: "ouroboros.openSnapshot", title: vscode.l10n.t("Open"), arguments: [uri] };
    return item;
  }

  dispose(): void {
    clearTimeout(this.#timer);
    this.#watcher?.dispose();
    this.#changed.dispose();
  }
}
