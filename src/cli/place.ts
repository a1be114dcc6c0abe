import { basename, relative } from "node:path";
import type { SourceLocation } from "../heap/HeapGraph.js";
import { printable } from "../heap/names.js";
import { isUrl } from "../model/scriptNames.js";

/** "dir/file.py:12": relative where the file lies below the working folder, so that terminals make it a link. */
export function placeText(location: SourceLocation): string {
  const inside = isUrl(location.file) ? "" : relative(process.cwd(), location.file);
  const file = inside !== "" && !inside.startsWith("..") ? inside : location.file;
  return printable(location.line > 0 ? `${file}:${location.line}` : file, 1000);
}

/** How this program was called, for commands to copy: `ouroboros`, or `node dist/cli.js` in a checkout. */
export function programText(): string {
  const script = process.argv[1] ?? "";
  return /\.[cm]?[jt]s$/.test(basename(script)) ? `node ${relative(process.cwd(), script)}` : "ouroboros";
}
