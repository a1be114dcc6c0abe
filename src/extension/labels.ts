import { printable } from "../heap/names.js";

/** A text of a snapshot or of the disk made fit for a label of the editor, where `$(name)` would become an icon. */
export function withoutIcons(text: string): string {
  return printable(text).replace(/\$\(/g, "\\$(");
}
