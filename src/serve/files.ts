import { existsSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

/** The installation's top folder: this code runs from the bundle in dist/, or from the sources. */
function installation(): string {
  const here = dirname(fileURLToPath(import.meta.url));
  return [join(here, ".."), join(here, "..", "..")].find((folder) => existsSync(join(folder, "package.json"))) ?? here;
}

const root = installation();

/** Path of the analysis process's program. */
export const analysisScript = join(root, "dist", "analysis.js");

/** A file that the page loads. */
export interface PageFile {
  readonly path: string;
  readonly type: string;
}

const CSS = "text/css; charset=utf-8";
/** Stylesheets in the order in which the page loads them. */
export const STYLES = ["browser.css", "webview.css", "graph.css", "arenas.css"];
export const SCRIPT = "webview.js";
export const ICON = "icon.png";

/** All files that are served, by their name in the address. Nothing else on the disk is. */
export const pageFiles: ReadonlyMap<string, PageFile> = new Map([
  ...STYLES.map((name): [string, PageFile] => [name, { path: join(root, "media", name), type: CSS }]),
  [ICON, { path: join(root, "media", ICON), type: "image/png" }],
  [SCRIPT, { path: join(root, "dist", SCRIPT), type: "text/javascript; charset=utf-8" }],
]);
