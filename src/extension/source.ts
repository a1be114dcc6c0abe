import * as vscode from "vscode";
import type { SourceLocation } from "../heap/HeapGraph.js";
import { printable } from "../heap/names.js";
import type { SourceFile } from "../session/queries/sourceFile.js";
import { findFunction } from "./findFunction.js";
import { type AskSource, findPlace, type FoundSource, PATH_MAPPINGS, type PlaceSearch } from "./findSource.js";
import { withoutIcons } from "./labels.js";
import { baseName, hasChanged, noFile } from "./sourceCandidates.js";

const STATUS_MS = 10_000;
// Of a longer line the whole would be a wall of text: it is a minifier's.
const LONGEST_LINE = 500;
const REASON = 500;

/**
 * Shows a place in the source beside the view, where the file can be found. For a function of a script that is nowhere
 * the workspace is searched by its name.
 * @param recorded what the snapshot knows of the file
 * @param from column of the view
 * @param ask the snapshot's analysis process
 * @returns what the user should be told, or the empty string
 */
export async function openSource(
  location: SourceLocation,
  recorded: SourceFile,
  from: vscode.ViewColumn | undefined,
  ask: AskSource,
): Promise<string> {
  const name = printable(location.file);
  const none = noFile(location.file);
  if (none === "frozen") return vscode.l10n.t("{0} is part of the interpreter; there is no file to show.", name);
  if (none === "runtime") return vscode.l10n.t("{0} is part of Node.js; there is no file to show.", name);
  const search = none ? undefined : await findPlace(location, recorded, ask);
  if (search && search.found.length > 0) return showFound(location, search, from);
  const candidate = recorded.isScript ? await findFunction(location.name) : undefined;
  if (candidate === "given up") return "";
  if (candidate) {
    const { uri, line, column } = candidate;
    return show({ ...location, line, column }, { ...recorded, size: null }, { uri, isOriginal: true }, from);
  }
  if (!search) return vscode.l10n.t("{0} has no file: its code was made while the program ran.", name);
  return notFound(search.path, search.tried);
}

async function showFound(
  wanted: SourceLocation,
  { location, recorded, path, found }: PlaceSearch,
  from: vscode.ViewColumn | undefined,
): Promise<string> {
  const chosen = found.length === 1 ? found[0] : await choose(path, found);
  if (!chosen) return "";
  const told = [await show(location, { ...recorded, path }, chosen, from)];
  if (wanted.generated && !location.generated) {
    const text = vscode.l10n.t("{0} was not found; this is the script that was made from it.", printable(wanted.file));
    told.push(text);
  }
  if (location.unmapped !== undefined) {
    told.push(vscode.l10n.t("This is not the original source: {0}.", printable(location.unmapped, REASON)));
  }
  if (location.file.startsWith("webpack-internal:")) {
    told.push(vscode.l10n.t("webpack evaluated a changed copy of this file, so that the line may be off."));
  }
  return told.filter((text) => text !== "").join(" ");
}

async function show(
  location: SourceLocation,
  recorded: SourceFile,
  { uri, isOriginal }: FoundSource,
  from: vscode.ViewColumn | undefined,
): Promise<string> {
  const document = await vscode.workspace.openTextDocument(uri);
  const line = document.lineAt(Math.min(Math.max(location.line, 1), document.lineCount) - 1);
  const isLong = location.column !== undefined && line.text.length > LONGEST_LINE;
  const start = isLong
    ? line.range.start.with({ character: Math.min(Math.max(location.column, 1) - 1, line.text.length) })
    : line.range.start.translate(0, line.firstNonWhitespaceCharacterIndex);
  const editor = await vscode.window.showTextDocument(document, { viewColumn: columnFor(uri, from) });
  editor.selection = new vscode.Selection(start, isLong ? start : line.range.end);
  editor.revealRange(isLong ? editor.selection : line.range, vscode.TextEditorRevealType.InCenter);
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
