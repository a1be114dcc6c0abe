import * as vscode from "vscode";
import { formatBytes } from "../detect/format.js";
import { withoutIcons } from "./labels.js";

const ENDINGS = ["pyheapsnapshot", "heapsnapshot"];
const PATTERN = `**/*.{${ENDINGS.join(",")}}`;
const MOST = 1000;

/** A snapshot file of the workspace. */
export interface SnapshotFile {
  readonly uri: vscode.Uri;
  /** Bytes. */
  readonly size: number;
  /** Milliseconds since 1970. */
  readonly modified: number;
}

/** The snapshots of the workspace, newest first, at most 1,000. */
export async function snapshotFiles(): Promise<SnapshotFile[]> {
  const uris = await vscode.workspace.findFiles(PATTERN, undefined, MOST);
  const stats = await Promise.allSettled(uris.map((uri) => vscode.workspace.fs.stat(uri)));
  return uris
    .flatMap((uri, i): SnapshotFile[] => {
      const stat = stats[i];
      // A file that has gone since it was found.
      if (stat.status === "rejected") return [];
      return [{ uri, size: stat.value.size, modified: stat.value.mtime }];
    })
    .sort((a, b) => b.modified - a.modified);
}

/** Files by their last change, the newest first. */
export async function newestFirst(uris: readonly vscode.Uri[]): Promise<vscode.Uri[]> {
  const stats = await Promise.all(uris.map((uri) => vscode.workspace.fs.stat(uri)));
  return uris
    .map((uri, i) => ({ uri, modified: stats[i].mtime }))
    .sort((a, b) => b.modified - a.modified)
    .map(({ uri }) => uri);
}

/** Calls a listener whenever a snapshot of the workspace comes, goes or changes. */
export function watchSnapshotFiles(listener: () => void): vscode.Disposable {
  const watcher = vscode.workspace.createFileSystemWatcher(PATTERN);
  watcher.onDidCreate(listener);
  watcher.onDidChange(listener);
  watcher.onDidDelete(listener);
  return vscode.Disposable.from(watcher, vscode.workspace.onDidChangeWorkspaceFolders(listener));
}

/** "1.5 MB, 24/11/2026, 04:05" */
export function describeFile({ size, modified }: SnapshotFile): string {
  const time = new Date(modified).toLocaleString(vscode.env.language, { dateStyle: "short", timeStyle: "short" });
  return `${formatBytes(size)}, ${time}`;
}

function filtersFor(endings: readonly string[]): Record<string, string[]> {
  return { [vscode.l10n.t("Heap snapshots")]: [...endings] };
}

/** Asks for a snapshot file with a dialog; undefined where the user gave up. */
export async function browseForSnapshot(): Promise<vscode.Uri | undefined> {
  return (await vscode.window.showOpenDialog({ filters: filtersFor(ENDINGS) }))?.[0];
}

/**
 * Asks for several snapshots of the workspace, or elsewhere where it has none; undefined where the user gave up.
 * @param except one that is not to choose from; the others are of its sort, since a heap is compared with its like
 */
export async function pickSnapshots(title: string, except?: vscode.Uri): Promise<readonly vscode.Uri[] | undefined> {
  const endings = ENDINGS.filter((ending) => !except || except.path.endsWith(`.${ending}`));
  const files = (await snapshotFiles()).filter(
    ({ uri }) => uri.toString() !== except?.toString() && endings.some((ending) => uri.path.endsWith(`.${ending}`)),
  );
  if (files.length === 0)
    return vscode.window.showOpenDialog({ title, filters: filtersFor(endings), canSelectMany: true });
  const items = files.map((file) => ({
    label: withoutIcons(vscode.workspace.asRelativePath(file.uri)),
    description: describeFile(file),
    uri: file.uri,
  }));
  return (await vscode.window.showQuickPick(items, { title, canPickMany: true }))?.map(({ uri }) => uri);
}

/** Asks for a snapshot of the workspace or elsewhere; undefined where the user gave up. */
export async function pickSnapshot(): Promise<vscode.Uri | undefined> {
  const files = await snapshotFiles();
  if (files.length === 0) return browseForSnapshot();
  const items = files.map((file) => ({
    label: withoutIcons(vscode.workspace.asRelativePath(file.uri)),
    description: describeFile(file),
    uri: file.uri,
  }));
  const browse = { label: vscode.l10n.t("Browse…"), alwaysShow: true, uri: undefined };
  const placeHolder = vscode.l10n.t("Heap snapshot");
  const chosen = await vscode.window.showQuickPick<vscode.QuickPickItem & { uri: vscode.Uri | undefined }>(
    [...items, browse],
    { placeHolder },
  );
  return chosen && (chosen.uri ?? browseForSnapshot());
}
