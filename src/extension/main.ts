import * as vscode from "vscode";
import { SnapshotPool } from "../session/SnapshotPool.js";
import { captureFile } from "./capture.js";
import { AliveLenses } from "./AliveLenses.js";
import { registerCommands } from "./commands.js";
import { FindingActions } from "./FindingActions.js";
import { Findings } from "./Findings.js";
import { FindingsTree } from "./FindingsTree.js";
import { Problems } from "./Problems.js";
import { SnapshotEditor, VIEW_TYPES } from "./SnapshotEditor.js";
import { SnapshotTree } from "./SnapshotTree.js";

/** Files that a snapshot's objects can come from. */
const SOURCES: vscode.DocumentSelector = [
  "python",
  "javascript",
  "javascriptreact",
  "typescript",
  "typescriptreact",
].map((language) => ({ language }));

/** Registers what the extension contributes, and does nothing else. */
export function activate(context: vscode.ExtensionContext): void {
  const file = (name: string) => vscode.Uri.joinPath(context.extensionUri, "dist", name).fsPath;
  const pool = new SnapshotPool(file("analysis.js"));
  const editor = new SnapshotEditor(context.extensionUri, pool);
  const tree = new SnapshotTree();
  const findings = new Findings(editor);
  const findingsTree = new FindingsTree(findings);
  const problems = new Problems(findings);
  const lenses = new AliveLenses(editor);
  context.subscriptions.push(
    pool,
    tree,
    ...Object.values(VIEW_TYPES).map((viewType) =>
      vscode.window.registerCustomEditorProvider(viewType, editor, { supportsMultipleEditorsPerDocument: true }),
    ),
    vscode.window.registerTreeDataProvider("ouroboros.snapshots", tree),
    findings,
    findingsTree,
    vscode.window.registerTreeDataProvider("ouroboros.findings", findingsTree),
    problems,
    vscode.languages.registerCodeActionsProvider(SOURCES, new FindingActions(problems), {
      providedCodeActionKinds: [vscode.CodeActionKind.QuickFix],
    }),
    lenses,
    vscode.languages.registerCodeLensProvider(SOURCES, lenses),
    registerCommands(editor),
    vscode.commands.registerCommand("ouroboros.capture", (uri?: vscode.Uri) =>
      captureFile(uri, file("ouroboros_capture.py"), (snapshot) => editor.open(snapshot)),
    ),
  );
}
