import { createReadStream } from "node:fs";
import { stat } from "node:fs/promises";
import { createInterface } from "node:readline";
import type { SourceLocation } from "../heap/HeapGraph.js";
import { printable } from "../heap/names.js";
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
  const place = `${printable(recorded.path, PATH)}:${location.line}`;
  if (/^<.*>$/.test(recorded.path)) return `${place}: this code was not read from a file.`;
  const found = await stat(recorded.path).catch(() => undefined);
  if (!found?.isFile()) return `${place}: the file is not on this computer.`;
  const changed =
    (recorded.size !== null && recorded.size !== found.size) ||
    (recorded.modified !== null && Math.abs(recorded.modified - found.mtimeMs / 1000) > TIME_SLACK_S);
  const text = found.size <= LARGEST ? await lineOf(recorded.path, location.line).catch(() => undefined) : undefined;
  const quoted = text?.trim() ? `: ${printable(text.trim(), LINE)}` : "";
  return changed
    ? `${place}${quoted} (the file has changed since the capture, so the line may be another one)`
    : `${place}${quoted}`;
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
