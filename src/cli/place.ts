import { relative } from "node:path";
import type { SourceLocation } from "../heap/HeapGraph.js";
import { printable } from "../heap/names.js";

/** "dir/file.py:12": relative where the file lies below the working folder, so that terminals make it a link. */
export function placeText(location: SourceLocation): string {
  const inside = relative(process.cwd(), location.file);
  const file = inside !== "" && !inside.startsWith("..") ? inside : location.file;
  return printable(location.line > 0 ? `${file}:${location.line}` : file, 1000);
}
