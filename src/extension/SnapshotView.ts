import * as vscode from "vscode";
import type { SourceLocation } from "../heap/HeapGraph.js";
import type { SourceFile } from "../session/queries/sourceFile.js";
import { ViewConnection, type ViewHost } from "../session/ViewConnection.js";
import type { FromView, Route, ToView } from "../session/viewMessages.js";
import type { SnapshotDocument } from "./SnapshotDocument.js";
import { pickSnapshots } from "./snapshotFiles.js";
import { openSource } from "./source.js";

/** One editor of a snapshot. */
export class SnapshotView implements ViewHost {
  readonly document: SnapshotDocument;
  readonly panel: vscode.WebviewPanel;
  readonly #connection: ViewConnection;
  readonly #subscriptions: vscode.Disposable[];
  /** The page is there. It is gone while the editor is hidden. */
  #listening = false;
  #pending: Route | undefined;

  constructor(document: SnapshotDocument, panel: vscode.WebviewPanel) {
    this.document = document;
    this.panel = panel;
    this.#connection = new ViewConnection(document.snapshot, vscode.workspace.asRelativePath(document.uri), this);
    const changed = vscode.l10n.t(
      "The file has changed since it was read. Close it and open it again to read it anew.",
    );
    this.#subscriptions = [
      panel.webview.onDidReceiveMessage((message: FromView) => this.#receive(message)),
      panel.onDidChangeViewState(() => {
        if (!panel.visible) this.#listening = false;
      }),
      document.onDidChange(() => this.post({ kind: "notice", text: changed })),
    ];
  }

  /** What it shows. */
  get route(): Route {
    return this.#connection.route;
  }

  /** Id of the object that the user is looking at, or null. */
  get object(): string | null {
    return this.#connection.selected ?? (this.route.view === "object" ? this.route.id : null);
  }

  /** Shows something, at once or when the page is there. */
  show(route: Route): void {
    if (this.#listening) this.#connection.show(route);
    else this.#pending = route;
  }

  /** Compares with these snapshot files. */
  compareWith(files: readonly string[]): void {
    this.#connection.compareWith(files);
  }

  readonly chooseCompared = async (): Promise<readonly string[] | undefined> => {
    const chosen = await pickSnapshots(
      vscode.l10n.t("Snapshots of the same process to compare with"),
      this.document.uri,
    );
    return chosen?.map((uri) => uri.fsPath);
  };

  post(message: ToView): void {
    void this.panel.webview.postMessage(message);
  }

  openSource(location: SourceLocation, recorded: SourceFile): Promise<string> {
    return openSource(location, recorded, this.panel.viewColumn, (question) =>
      this.document.snapshot.ask("sourceFile", question),
    );
  }

  async save(name: string, text: string): Promise<string> {
    const folder = vscode.Uri.joinPath(this.document.uri, "..");
    const proposed = vscode.Uri.joinPath(folder, name.replace(/[\\/:*?"<>|]/g, "_"));
    const target = await vscode.window.showSaveDialog({ defaultUri: proposed });
    if (!target) return "";
    await vscode.workspace.fs.writeFile(target, new TextEncoder().encode(text));
    return vscode.l10n.t("Saved {0}.", vscode.workspace.asRelativePath(target));
  }

  async copy(text: string): Promise<string> {
    await vscode.env.clipboard.writeText(text);
    return vscode.l10n.t("Copied.");
  }

  dispose(): void {
    this.#connection.dispose();
    for (const subscription of this.#subscriptions) subscription.dispose();
  }

  #receive(message: FromView): void {
    this.#connection.receive(message);
    if (message.kind !== "ready") return;
    this.#listening = true;
    if (this.#pending) this.#connection.show(this.#pending);
    this.#pending = undefined;
  }
}
