import * as vscode from "vscode";
import type { SnapshotPool } from "../session/SnapshotPool.js";
import type { Route } from "../session/viewMessages.js";
import { page, pageRoots } from "./page.js";
import { SnapshotDocument } from "./SnapshotDocument.js";
import { SnapshotView } from "./SnapshotView.js";

/** The editors that package.json contributes: two, since VS Code has one of its own for V8's files. */
export const VIEW_TYPES = { python: "ouroboros.snapshot", v8: "ouroboros.v8Snapshot" } as const;

/** The editor that is for a file. */
function viewTypeOf({ path }: vscode.Uri): string {
  return path.endsWith(".heapsnapshot") ? VIEW_TYPES.v8 : VIEW_TYPES.python;
}

/** Context key: a snapshot can be seen, so that commands have one to act on. */
const VISIBLE = "ouroboros.snapshotVisible";

/** What an editor is to begin with. */
interface Opening {
  readonly route?: Route | undefined;
  readonly compared?: readonly string[] | undefined;
}

function apply(view: SnapshotView, { route, compared }: Opening): void {
  if (compared) view.compareWith(compared);
  if (route) view.show(route);
}

/** The editor of snapshot files: makes their views and keeps track of them. */
export class SnapshotEditor implements vscode.CustomReadonlyEditorProvider<SnapshotDocument> {
  readonly #extension: vscode.Uri;
  readonly #pool: SnapshotPool;
  /** The one that was active last comes first. */
  #views: readonly SnapshotView[] = [];
  /** What editors that are being opened are to show and to compare with, by file. */
  readonly #opening = new Map<string, Opening>();
  readonly #changed = new vscode.EventEmitter<void>();
  /** Fires when editors were opened or closed, or another one is the current one. */
  readonly onDidChange = this.#changed.event;

  constructor(extension: vscode.Uri, pool: SnapshotPool) {
    this.#extension = extension;
    this.#pool = pool;
  }

  /** The active view, else the visible one that was active last. */
  get current(): SnapshotView | undefined {
    return this.#views.find(({ panel }) => panel.active) ?? this.#views.find(({ panel }) => panel.visible);
  }

  /** The snapshots that are open, each once; that of the current editor first. */
  get documents(): readonly SnapshotDocument[] {
    const { current } = this;
    return [...new Set([...(current ? [current] : []), ...this.#views].map(({ document }) => document))];
  }

  /**
   * Shows a file in its editor, a new one where it has none, and something in it.
   * @param compared files of snapshots that it is to be compared with
   */
  async open(uri: vscode.Uri, route?: Route, compared?: readonly string[]): Promise<void> {
    const key = uri.toString();
    const views = this.#views.filter(({ document }) => document.uri.toString() === key);
    const view = views.find(({ panel }) => panel.active) ?? views.find(({ panel }) => panel.visible) ?? views[0];
    if (view) {
      view.panel.reveal();
      apply(view, { route, compared });
      return;
    }
    this.#opening.set(key, { route, compared });
    try {
      await vscode.commands.executeCommand("vscode.openWith", uri, viewTypeOf(uri));
    } catch (error) {
      this.#opening.delete(key);
      throw error;
    }
  }

  openCustomDocument(uri: vscode.Uri): SnapshotDocument {
    if (uri.scheme !== "file") throw new Error(vscode.l10n.t("A snapshot is read from a file on disk only."));
    return new SnapshotDocument(uri, this.#pool);
  }

  resolveCustomEditor(document: SnapshotDocument, panel: vscode.WebviewPanel): void {
    const { webview } = panel;
    webview.options = { enableScripts: true, localResourceRoots: pageRoots(this.#extension) };
    const view = new SnapshotView(document, panel);
    this.#views = [view, ...this.#views];
    const key = document.uri.toString();
    apply(view, this.#opening.get(key) ?? {});
    this.#opening.delete(key);
    panel.onDidChangeViewState(() => {
      if (panel.active) this.#views = [view, ...this.#views.filter((other) => other !== view)];
      this.#tellContext();
    });
    panel.onDidDispose(() => {
      view.dispose();
      this.#views = this.#views.filter((other) => other !== view);
      this.#tellContext();
    });
    webview.html = page(webview, this.#extension);
    this.#tellContext();
  }

  #tellContext(): void {
    this.#changed.fire();
    void vscode.commands.executeCommand("setContext", VISIBLE, this.current !== undefined);
  }
}
