import * as vscode from "vscode";
import { formatBytes, formatCount } from "../detect/format.js";
import type { LensRow } from "../session/queries/lenses.js";
import { findFile } from "./Problems.js";
import type { SnapshotDocument } from "./SnapshotDocument.js";
import type { SnapshotEditor } from "./SnapshotEditor.js";

const SETTING = "ouroboros.codeLens";

/** What is alive of the classes and functions of a file, in the snapshot that is looked at. */
export class AliveLenses implements vscode.CodeLensProvider, vscode.Disposable {
  readonly #editor: SnapshotEditor;
  readonly #changed = new vscode.EventEmitter<void>();
  readonly onDidChangeCodeLenses = this.#changed.event;
  readonly #subscription: vscode.Disposable;
  #shown: SnapshotDocument | undefined;
  readonly #byFile = new WeakMap<SnapshotDocument, Promise<ReadonlyMap<string, readonly LensRow[]>>>();

  constructor(editor: SnapshotEditor) {
    this.#editor = editor;
    this.#subscription = vscode.Disposable.from(
      editor.onDidChange(() => this.#follow()),
      vscode.workspace.onDidChangeConfiguration((event) => {
        if (event.affectsConfiguration(SETTING)) this.#changed.fire();
      }),
    );
  }

  async provideCodeLenses(document: vscode.TextDocument): Promise<vscode.CodeLens[]> {
    const [snapshot] = this.#editor.documents;
    if (!snapshot || vscode.workspace.getConfiguration().get(SETTING) === false) return [];
    let known = this.#byFile.get(snapshot);
    if (!known) this.#byFile.set(snapshot, (known = lensesByFile(snapshot)));
    const rows = (await known).get(document.uri.toString()) ?? [];
    return rows.filter(({ line }) => line <= document.lineCount).map((row) => lens(snapshot, row));
  }

  /** Another snapshot has other numbers; that an editor got the focus changes nothing. */
  #follow(): void {
    const [document] = this.#editor.documents;
    if (document === this.#shown) return;
    this.#shown = document;
    this.#changed.fire();
  }

  dispose(): void {
    this.#subscription.dispose();
    this.#changed.dispose();
  }
}

async function lensesByFile(document: SnapshotDocument): Promise<ReadonlyMap<string, readonly LensRow[]>> {
  const byFile = new Map<string, LensRow[]>();
  let rows: readonly LensRow[];
  try {
    rows = await document.snapshot.ask("lenses", {});
  } catch {
    // The view says what is wrong with the snapshot.
    return byFile;
  }
  const uris = new Map<string, Promise<vscode.Uri | undefined>>();
  for (const row of rows) {
    let found = uris.get(row.file);
    if (!found) uris.set(row.file, (found = findFile(document, row.file)));
    const uri = await found;
    if (!uri) continue;
    const known = byFile.get(uri.toString());
    if (known) known.push(row);
    else byFile.set(uri.toString(), [row]);
  }
  return byFile;
}

function lens(document: SnapshotDocument, row: LensRow): vscode.CodeLens {
  const line = Math.max(row.line, 1) - 1;
  const garbage = row.garbage > 0 ? vscode.l10n.t(", {0} garbage", formatCount(row.garbage)) : "";
  const title = vscode.l10n.t("{0} alive{1} · {2}", formatCount(row.count), garbage, formatBytes(row.bytes));
  return new vscode.CodeLens(new vscode.Range(line, 0, line, 0), {
    title,
    tooltip: vscode.l10n.t("In {0}: objects that are alive, and the bytes that only they keep", document.uri.fsPath),
    command: row.type === null ? "ouroboros.showObject" : "ouroboros.showType",
    arguments: [document.uri, row.type ?? row.id],
  });
}
