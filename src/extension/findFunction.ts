import * as vscode from "vscode";
import { printable } from "../heap/names.js";
import { functionPlaces, plainFunctionName } from "../session/scriptSyntax.js";
import { withoutIcons } from "./labels.js";

const SCRIPTS = "**/*.{js,mjs,cjs,jsx,ts,mts,cts,tsx}";
const INSTALLED = "**/node_modules/**";
const MOST_FILES = 5000;
// A larger file is a bundle, and its lines are no place to go to.
const LARGEST = 2_000_000;
const MOST_BYTES = 100_000_000;
const MOST_PLACES = 100;
const AT_ONCE = 16;

/** A place where a function may be defined. */
export interface FunctionCandidate {
  readonly uri: vscode.Uri;
  /** 1-based. */
  readonly line: number;
  /** 1-based. */
  readonly column: number;
}

/**
 * Searches the scripts of the workspace, without those that npm has installed, for a function by its name, and asks the
 * user which of those that are found it is.
 * @param name as V8 has it
 * @returns undefined where there is none
 */
export async function findFunction(name: string): Promise<FunctionCandidate | "given up" | undefined> {
  const plain = plainFunctionName(name);
  if (plain === undefined || !vscode.workspace.workspaceFolders) return undefined;
  const shown = withoutIcons(printable(plain));
  const title = vscode.l10n.t("Searching the workspace for function {0}", shown);
  const location = vscode.ProgressLocation.Notification;
  const found = await vscode.window.withProgress({ location, title, cancellable: true }, (_, token) =>
    search(plain, token),
  );
  if (!found) return "given up";
  if (found.length === 0) return undefined;
  const picked = await vscode.window.showQuickPick(found, {
    title: vscode.l10n.t("Its file was not found. Which is the function {0}?", shown),
    matchOnDetail: true,
  });
  return picked?.candidate ?? "given up";
}

interface Item extends vscode.QuickPickItem {
  readonly candidate: FunctionCandidate;
}

/** Undefined where the user gave up. */
async function search(name: string, token: vscode.CancellationToken): Promise<Item[] | undefined> {
  const files = await vscode.workspace.findFiles(SCRIPTS, INSTALLED, MOST_FILES, token);
  files.sort((a, b) => (a.path < b.path ? -1 : 1));
  const items: Item[] = [];
  let left = MOST_BYTES;
  for (let at = 0; at < files.length && left > 0 && items.length < MOST_PLACES; at += AT_ONCE) {
    if (token.isCancellationRequested) return undefined;
    const texts = await Promise.all(files.slice(at, at + AT_ONCE).map(textOf));
    for (const { uri, text } of texts) {
      left -= text.length;
      for (const { line, column, text: detail } of functionPlaces(text, name, MOST_PLACES - items.length)) {
        const label = withoutIcons(`${vscode.workspace.asRelativePath(uri)}:${line}`);
        items.push({ label, detail: withoutIcons(printable(detail.trim())), candidate: { uri, line, column } });
      }
    }
  }
  return token.isCancellationRequested ? undefined : items;
}

async function textOf(uri: vscode.Uri): Promise<{ readonly uri: vscode.Uri; readonly text: string }> {
  try {
    const { size } = await vscode.workspace.fs.stat(uri);
    const bytes = size > LARGEST ? new Uint8Array(0) : await vscode.workspace.fs.readFile(uri);
    return { uri, text: new TextDecoder().decode(bytes) };
  } catch {
    return { uri, text: "" };
  }
}
