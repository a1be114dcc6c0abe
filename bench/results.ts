import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Row } from "./editor/editor.js";

const RESULTS = join("bench", "RESULTS.md");

/** Rows as a Markdown table. */
export function table(rows: readonly Row[]): string {
  const lines = rows.map(([what, figure, required, met]) => {
    const verdict = met === undefined ? "" : met ? " ✓" : " ✗ missed";
    return `| ${what} | ${figure} | ${required}${verdict} |`;
  });
  return ["| what | median (least to most) | required |", "| --- | --- | --- |", ...lines].join("\n");
}

/**
 * Puts a section's text into bench/RESULTS.md, in place of what stood under its title. The other sections stay as they
 * were measured; all stand in the order of `titles`, and what is none of them goes.
 */
export function writeSection(title: string, text: string, titles: readonly string[]): void {
  const heading = readFileSync(join("bench", "heading.md"), "utf8");
  const before = existsSync(RESULTS) ? readFileSync(RESULTS, "utf8").split(/^## /m).slice(1) : [];
  const sections = new Map(before.map((section) => [section.split("\n", 1)[0], section.trimEnd()]));
  sections.set(title, `${title}\n\n${text}`);
  const kept = titles.flatMap((known) => (sections.has(known) ? [`## ${sections.get(known)}\n`] : []));
  writeFileSync(RESULTS, [heading, ...kept].join("\n"));
}
