import { printable } from "../heap/names.js";
import { ICON, SCRIPT, STYLES } from "./files.js";

const ENTITIES: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;",
};

function escaped(text: string): string {
  return printable(text).replace(/[&<>"']/g, (c) => ENTITIES[c]);
}

/** The page that the views run in. */
export function page(fileName: string): string {
  const styles = STYLES.map((name) => `<link rel="stylesheet" href="${name}">`);
  return `<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<link rel="icon" href="${ICON}" type="image/png">
${styles.join("\n")}
<title>${escaped(fileName)} - Ouroboros</title>
</head>
<body>
<div id="app"></div>
<noscript>This page needs JavaScript.</noscript>
<script type="module" src="${SCRIPT}"></script>
</body>
</html>
`;
}
