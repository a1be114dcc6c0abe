import { printable } from "../heap/names.js";
import { colour as pc } from "./colour.js";

/** A column: its heading, and whether its cells are numbers (set right). */
export interface Column {
  readonly title: string;
  readonly right?: boolean;
  /** Cells longer than this are cut. */
  readonly max?: number;
}

function width(text: string): number {
  return [...text].length;
}

function cut(text: string, max: number): string {
  const letters = [...text];
  return letters.length > max ? `${letters.slice(0, max - 1).join("")}…` : text;
}

/**
 * Lines of a table with aligned columns, two spaces apart, the heading first. Cells are made printable.
 * @param paint colours a finished cell by column; the heading is row -1. By default the heading is dim
 */
export function tableLines(
  columns: readonly Column[],
  rows: readonly (readonly string[])[],
  paint: (text: string, column: number, row: number) => string = (text, _, row) => (row < 0 ? pc.dim(text) : text),
): string[] {
  const cells = [columns.map((c) => c.title), ...rows].map((row) =>
    row.map((text, i) => cut(printable(text, Infinity), columns[i].max ?? Infinity)),
  );
  const widths = columns.map((_, i) => cells.reduce((most, row) => Math.max(most, width(row[i])), 0));
  return cells.map((row, r) => {
    // Without what would be nothing but blanks at the end of the line.
    const end = row.findLastIndex((text) => text !== "") + 1;
    return row
      .slice(0, end)
      .map((text, i) => {
        const gap = " ".repeat(widths[i] - width(text));
        const last = i === end - 1;
        const painted = paint(text, i, r - 1);
        return columns[i].right ? gap + painted : last ? painted : painted + gap;
      })
      .join("  ");
  });
}

/** A text broken at spaces into lines of at most `max` characters; longer words stay whole. */
export function wrapText(text: string, max: number): string[] {
  const lines: string[] = [];
  let line = "";
  for (const word of text.split(" ")) {
    if (line !== "" && width(line) + 1 + width(word) > max) {
      lines.push(line);
      line = word;
    } else {
      line = line === "" ? word : `${line} ${word}`;
    }
  }
  return [...lines, line];
}
