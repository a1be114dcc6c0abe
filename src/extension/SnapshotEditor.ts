import { randomBytes } from "node:crypto";
import * as vscode from "vscode";
import type { Report, ReportedFinding } from "../session/queries/report.js";
import type { FromView, ToView } from "../session/viewMessages.js";
import { AnalysisError, AnalysisProcess } from "./AnalysisProcess.js";

/** Contributed in package.json. */
export const VIEW_TYPE = "ouroboros.snapshot";

class SnapshotDocument implements vscode.CustomDocument {
  readonly uri: vscode.Uri;
  process: AnalysisProcess | undefined;
  /** The answer, kept for when the view is shown again; undefined while there is none. */
  report: Promise<Report> | undefined;

  constructor(uri: vscode.Uri) {
    this.uri = uri;
  }

  dispose(): void {
    this.process?.dispose();
  }
}

/** Shows a snapshot: what it is, and what leaks in it. */
export class SnapshotEditor implements vscode.CustomReadonlyEditorProvider<SnapshotDocument> {
  readonly #extension: vscode.Uri;

  constructor(extension: vscode.Uri) {
    this.#extension = extension;
  }

  openCustomDocument(uri: vscode.Uri): SnapshotDocument {
    return new SnapshotDocument(uri);
  }

  resolveCustomEditor(document: SnapshotDocument, panel: vscode.WebviewPanel): void {
    const { webview } = panel;
    const resources = [vscode.Uri.joinPath(this.#extension, "dist"), vscode.Uri.joinPath(this.#extension, "media")];
    webview.options = { enableScripts: true, localResourceRoots: resources };
    webview.html = this.#html(webview);
    let findings: readonly ReportedFinding[] = [];
    const post = (message: ToView) => void webview.postMessage(message);
    const load = async () => {
      try {
        const report = await (document.report ??= this.#analyse(document, post));
        findings = report.findings;
        post({ kind: "report", file: vscode.workspace.asRelativePath(document.uri), report });
      } catch (error) {
        document.report = undefined;
        const advice = error instanceof AnalysisError ? error.advice : "Try again.";
        post({ kind: "error", message: (error as Error).message, advice });
      }
    };
    webview.onDidReceiveMessage((message: FromView) => {
      if (message.kind === "source") void this.#goTo(findings[message.finding]);
      else void load();
    });
  }

  async #analyse(document: SnapshotDocument, post: (message: ToView) => void): Promise<Report> {
    document.process?.dispose();
    const process = new AnalysisProcess(vscode.Uri.joinPath(this.#extension, "dist", "analysis.js").fsPath);
    document.process = process;
    await process.ask("open", { file: document.uri.fsPath }, (done, step) => post({ kind: "progress", done, step }));
    return process.ask("report", {});
  }

  async #goTo(finding: ReportedFinding | undefined): Promise<void> {
    if (!finding?.location) return;
    const { file, line } = finding.location;
    const position = new vscode.Position(Math.max(0, line - 1), 0);
    try {
      await vscode.window.showTextDocument(vscode.Uri.file(file), {
        viewColumn: vscode.ViewColumn.Beside,
        selection: new vscode.Range(position, position),
      });
    } catch {
      void vscode.window.showWarningMessage(vscode.l10n.t("The file is not here: {0}", file));
    }
  }

  #html(webview: vscode.Webview): string {
    const nonce = randomBytes(16).toString("base64url");
    const script = webview.asWebviewUri(vscode.Uri.joinPath(this.#extension, "dist", "webview.js"));
    const style = webview.asWebviewUri(vscode.Uri.joinPath(this.#extension, "media", "webview.css"));
    const policy = `default-src 'none'; style-src ${webview.cspSource}; script-src 'nonce-${nonce}'`;
    return `<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<link rel="stylesheet" href="${style.toString()}">
<title>Heap snapshot</title>
</head>
<body>
<main id="view" aria-live="polite"></main>
<script nonce="${nonce}" type="module" src="${script.toString()}"></script>
</body>
</html>`;
  }
}
