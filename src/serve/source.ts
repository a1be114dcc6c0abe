import { createReadStream } from "node:fs";
import { stat } from "node:fs/promises";
import { createInterface } from "node:readline";
import type { SourceLocation } from "../heap/HeapGraph.js";
import { printable } from "../heap/names.js";
import { isGenerated, isOfRuntime, isUrl } from "../model/scriptNames.js";
import type { SourceFile } from "../session/queries/sourceFile.js";

const PATH = 1000;
const LINE = 160;
const LARGEST = 4_000_000;
// Some file systems keep times to two seconds.
const TIME_SLACK_S = 2;

/**
 * What to tell of a place in the source where no editor can be opened: the line's text, and where it stands.
 * Says so where the file is not here, or is not the one that the snapshot was taken with.
 */
export async function describeSource(location: SourceLocation, recorded: SourceFile): Promise<string> {
  const { path, size, modified } = recorded;
  const shown = printable(path, PATH);
  if (/^<.*>$/s.test(path) || isGenerated(path)) {
    return `${shown} has no file: its code is part of the interpreter, or was made as it ran.`;
  }
  if (isOfRuntime(path)) return `${shown} is part of Node.js; there is no file to show.`;
  const place = location.line > 0 ? `${shown}:${location.line}` : shown;
  const found = isUrl(path) ? undefined : await stat(path).catch(() => undefined);
  if (!found?.isFile()) return `${place} is not on this computer.${scriptText(location)}`;
  const text = found.size <= LARGEST ? await lineOf(path, location.line).catch(() => undefined) : undefined;
  const quoted = text?.trim() ? ` (${printable(text.trim(), LINE)})` : "";
  const changed =
    (size !== null && size !== found.size) ||
    (modified !== null && Math.abs(modified - found.mtimeMs / 1000) > TIME_SLACK_S);
  const warning = changed ? ". It has changed since the snapshot was taken, so the line may be off." : "";
  const unmapped = location.unmapped === undefined ? "" : `. Not the original: ${printable(location.unmapped, PATH)}`;
  return `Open in your editor: ${place}${quoted}${warning}${unmapped}`;
}

/** Where the script has what a source map leads away from it. */
function scriptText({ generated }: SourceLocation): string {
  if (!generated) return "";
  return ` It was made into ${printable(`${generated.file}:${generated.line}:${generated.column ?? 1}`, PATH)}.`;
}

async function lineOf(path: string, line: number): Promise<string | undefined> {
  const input = createReadStream(path, "utf8");
  try {
    let at = 0;
    for await (const text of createInterface({ input, crlfDelay: Infinity })) {
      if (++at === line) return text;
    }
    return undefined;
  } finally {
    input.destroy();
  }
}
