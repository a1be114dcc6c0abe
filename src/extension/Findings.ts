import * as vscode from "vscode";
import type { ReportedFinding } from "../session/queries/report.js";
import type { SnapshotDocument } from "./SnapshotDocument.js";
import type { SnapshotEditor } from "./SnapshotEditor.js";

/** A finding of an open snapshot. */
export interface OpenFinding {
  readonly document: SnapshotDocument;
  readonly finding: ReportedFinding;
  /** Position in the report: what a picture of it is asked with. */
  readonly index: number;
}

/** How the findings of a snapshot stand. */
export type FindingsState =
  | { readonly kind: "pending" }
  | { readonly kind: "failed"; readonly message: string }
  | { readonly kind: "found"; readonly findings: readonly OpenFinding[] };

/** The findings of all snapshots that are open, asked for once a snapshot. */
export class Findings implements vscode.Disposable {
  readonly #editor: SnapshotEditor;
  readonly #states = new Map<SnapshotDocument, FindingsState>();
  readonly #changed = new vscode.EventEmitter<void>();
  /** Fires when another snapshot is the current one, or its findings are there. */
  readonly onDidChange = this.#changed.event;
  readonly #found = new vscode.EventEmitter<void>();
  /** Fires when `all` is another one: not whenever an editor gets the focus. */
  readonly onDidFind = this.#found.event;
  readonly #subscription: vscode.Disposable;

  constructor(editor: SnapshotEditor) {
    this.#editor = editor;
    this.#subscription = editor.onDidChange(() => this.#follow());
  }

  /** The snapshot of the current editor and its findings, undefined where none is open. */
  get current(): { readonly document: SnapshotDocument; readonly state: FindingsState } | undefined {
    const [document] = this.#editor.documents;
    return document && { document, state: this.#states.get(document) ?? { kind: "pending" } };
  }

  /** What is found in all open snapshots. */
  get all(): readonly OpenFinding[] {
    return [...this.#states.values()].flatMap((state) => (state.kind === "found" ? state.findings : []));
  }

  dispose(): void {
    this.#subscription.dispose();
    this.#changed.dispose();
    this.#found.dispose();
  }

  #follow(): void {
    const open = new Set(this.#editor.documents);
    const closed = [...this.#states.keys()].filter((document) => !open.has(document));
    for (const document of closed) this.#states.delete(document);
    for (const document of open) if (!this.#states.has(document)) void this.#ask(document);
    if (closed.length > 0) this.#found.fire();
    this.#changed.fire();
  }

  async #ask(document: SnapshotDocument): Promise<void> {
    this.#states.set(document, { kind: "pending" });
    let state: FindingsState;
    try {
      const { findings } = await document.snapshot.ask("report", {});
      state = { kind: "found", findings: findings.map((finding, index) => ({ document, finding, index })) };
    } catch (error) {
      state = { kind: "failed", message: (error as Error).message };
    }
    // It may have been closed meanwhile.
    if (!this.#states.has(document)) return;
    this.#states.set(document, state);
    this.#found.fire();
    this.#changed.fire();
  }
}
