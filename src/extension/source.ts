import { homedir } from "node:os";
import * as vscode from "vscode";
import type { SourceLocation } from "../heap/HeapGraph.js";
import { printable } from "../heap/names.js";
import type { SourceFile } from "../session/queries/sourceFile.js";
import { withoutIcons } from "./labels.js";
import { baseName, bestMatches, hasChanged, noFile, sourceCandidates } from "./sourceCandidates.js";

const SETTING = "ouroboros.pathMappings";
const STATUS_MS = 10_000;
const MOST_FOUND = 500;

interface Found {
  readonly uri: vscode.Uri;
  /** True for the recorded path, false for what stands in for it. */
  readonly isOriginal: boolean;
}

/**
 * Shows a place in the source beside the view, where the file can be found.
 * @param recorded what the snapshot knows of the file
 * @param from column of the view
 * @returns what the user should be told, or the empty string
 */
export async function openSource(
  location: SourceLocation,
  recorded: SourceFile,
  from: vscode.ViewColumn | undefined,
): Promise<string> {
  const name = printable(location.file);
  const none = noFile(location.file);
  if (none === "frozen") return vscode.l10n.t("{0} is part of the interpreter; there is no file to show.", name);
  if (none === "generated") return vscode.l10n.t("{0} has no file: its code was made while the program ran.", name);
  // A Windows path means nothing to another system's notion of "absolute".
  const path = /^[a-z]:[\\/]/i.test(location.file) ? location.file : recorded.path;
  const tried = sourceCandidates(path, {
    mappings: vscode.workspace.getConfiguration().get(SETTING) ?? {},
    folders: localFolders(),
    home: homedir(),
  });
  const found = (await firstFile(tried)) ?? (await inWorkspace(path, recorded));
  if (found === "none") return notFound(path, tried);
  if (found === "cancelled") return "";
  return show(location, { ...recorded, path }, found, from);
}

async function show(
  location: SourceLocation,
  recorded: SourceFile,
  { uri, isOriginal }: Found,
  from: vscode.ViewColumn | undefined,
): Promise<string> {
  const document = await vscode.workspace.openTextDocument(uri);
  const line = document.lineAt(Math.min(Math.max(location.line, 1), document.lineCount) - 1);
  const start = line.range.start.translate(0, line.firstNonWhitespaceCharacterIndex);
  const editor = await vscode.window.showTextDocument(document, { viewColumn: columnFor(uri, from) });
  editor.selection = new vscode.Selection(start, line.range.end);
  editor.revealRange(line.range, vscode.TextEditorRevealType.InCenter);
  void vscode.commands.executeCommand("setContext", "ouroboros.wentToSource", true);
  const told: string[] = [];
  if (!isOriginal)
    told.push(vscode.l10n.t("Opened {0} for {1}.", vscode.workspace.asRelativePath(uri), printable(recorded.path)));
  if (document.isDirty || hasChanged(recorded, await vscode.workspace.fs.stat(uri), isOriginal)) {
    const file = printable(baseName(recorded.path));
    const changed =
      location.line > 0
        ? vscode.l10n.t("{0} has changed since the snapshot was taken; line {1} may be off.", file, location.line)
        : vscode.l10n.t("{0} has changed since the snapshot was taken.", file);
    told.push(changed);
    vscode.window.setStatusBarMessage(`$(warning) ${withoutIcons(changed)}`, STATUS_MS);
  }
  return told.join(" ");
}

/** The column of a text editor other than the view's own: one that shows the file already, else any, else a new one. */
function columnFor(uri: vscode.Uri, from: vscode.ViewColumn | undefined): vscode.ViewColumn {
  const others = vscode.window.visibleTextEditors.filter(
    ({ viewColumn }) => viewColumn !== undefined && viewColumn !== from,
  );
  const showing = others.find(({ document }) => document.uri.toString() === uri.toString());
  return (showing ?? others[0])?.viewColumn ?? vscode.ViewColumn.Beside;
}

function localFolders(): { readonly name: string; readonly path: string }[] {
  return (vscode.workspace.workspaceFolders ?? [])
    .filter(({ uri }) => uri.scheme === "file")
    .map(({ name, uri }) => ({ name, path: uri.fsPath }));
}

async function sizeOf(uri: vscode.Uri): Promise<number | undefined> {
  try {
    const { type, size } = await vscode.workspace.fs.stat(uri);
    return type & vscode.FileType.File ? size : undefined;
  } catch {
    return undefined;
  }
}

async function firstFile(paths: readonly string[]): Promise<Found | undefined> {
  for (const [i, path] of paths.entries()) {
    const uri = vscode.Uri.file(path);
    if ((await sizeOf(uri)) !== undefined) return { uri, isOriginal: i === 0 };
  }
  return undefined;
}

async function inWorkspace(path: string, recorded: SourceFile): Promise<Found | "none" | "cancelled"> {
  const name = baseName(path);
  // Characters with a meaning in patterns are stood in for by the one for any character, and looked at afterwards.
  const pattern = `**/${name.replace(/[*?{}[\]]/g, "?")}`;
  const named = await vscode.workspace.findFiles(pattern, undefined, MOST_FOUND);
  const byPath = new Map(named.filter((uri) => baseName(uri.path) === name).map((uri) => [uri.path, uri]));
  const sizes = new Map<string, number | undefined>();
  for (const [file, uri] of byPath) sizes.set(file, await sizeOf(uri));
  const best = bestMatches(path, [...byPath.keys()], recorded.size, (file) => sizes.get(file));
  if (best.length === 0) return "none";
  if (best.length === 1) return { uri: byPath.get(best[0])!, isOriginal: false };
  const items = best.map((file) => ({
    label: withoutIcons(vscode.workspace.asRelativePath(byPath.get(file)!)),
    uri: byPath.get(file)!,
  }));
  const title = vscode.l10n.t("Which file is {0}?", printable(path));
  const chosen = await vscode.window.showQuickPick(items, { title });
  return chosen ? { uri: chosen.uri, isOriginal: false } : "cancelled";
}

function notFound(path: string, tried: readonly string[]): string {
  const text = vscode.l10n.t(
    "{0} was not found. Tried: {1}, and the workspace for a file of that name. Where the sources are elsewhere, the setting {2} says so.",
    printable(baseName(path)),
    tried.map((one) => printable(one)).join(", "),
    SETTING,
  );
  const button = vscode.l10n.t("Path Mappings…");
  void vscode.window.showWarningMessage(text, button).then((chosen) => {
    if (chosen) void vscode.commands.executeCommand("workbench.action.openSettings", SETTING);
  });
  return text;
}
