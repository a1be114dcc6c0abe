import * as vscode from "vscode";
import type { SourceLocation } from "../heap/HeapGraph.js";
import { printable } from "../heap/names.js";
import type { SourceFile } from "../session/queries/sourceFile.js";
import { findSource, type FoundSource, PATH_MAPPINGS } from "./findSource.js";
import { withoutIcons } from "./labels.js";
import { baseName, hasChanged, noFile } from "./sourceCandidates.js";

const STATUS_MS = 10_000;

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
  const { path, tried, found } = await findSource(location.file, recorded);
  if (found.length === 0) return notFound(path, tried);
  const chosen = found.length === 1 ? found[0] : await choose(path, found);
  return chosen ? show(location, { ...recorded, path }, chosen, from) : "";
}

async function show(
  location: SourceLocation,
  recorded: SourceFile,
  { uri, isOriginal }: FoundSource,
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

async function choose(path: string, found: readonly FoundSource[]): Promise<FoundSource | undefined> {
  const items = found.map((source) => ({
    label: withoutIcons(vscode.workspace.asRelativePath(source.uri)),
    source,
  }));
  const title = vscode.l10n.t("Which file is {0}?", printable(path));
  return (await vscode.window.showQuickPick(items, { title }))?.source;
}

function notFound(path: string, tried: readonly string[]): string {
  const text = vscode.l10n.t(
    "{0} was not found. Tried: {1}, and the workspace for a file of that name. Where the sources are elsewhere, the setting {2} says so.",
    printable(baseName(path)),
    tried.map((one) => printable(one)).join(", "),
    PATH_MAPPINGS,
  );
  const button = vscode.l10n.t("Path Mappings…");
  void vscode.window.showWarningMessage(text, button).then((chosen) => {
    if (chosen) void vscode.commands.executeCommand("workbench.action.openSettings", PATH_MAPPINGS);
  });
  return text;
}
