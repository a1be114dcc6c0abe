import { randomBytes } from "node:crypto";
import * as vscode from "vscode";

/** The folders that a view's page may load from. */
export function pageRoots(extension: vscode.Uri): vscode.Uri[] {
  return [vscode.Uri.joinPath(extension, "dist"), vscode.Uri.joinPath(extension, "media")];
}

/** The page that holds a view. It runs the view's script, loads its style sheets, and nothing else. */
export function page(webview: vscode.Webview, extension: vscode.Uri): string {
  const nonce = randomBytes(16).toString("base64url");
  const uri = (...path: string[]) => webview.asWebviewUri(vscode.Uri.joinPath(extension, ...path)).toString();
  const policy = `default-src 'none'; style-src ${webview.cspSource}; script-src 'nonce-${nonce}'`;
  return `<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<link rel="stylesheet" href="${uri("media", "webview.css")}">
<link rel="stylesheet" href="${uri("media", "graph.css")}">
<link rel="stylesheet" href="${uri("media", "arenas.css")}">
<title>Heap snapshot</title>
</head>
<body>
<div id="app"></div>
<script nonce="${nonce}" type="module" src="${uri("dist", "webview.js")}"></script>
</body>
</html>`;
}
