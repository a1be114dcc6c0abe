import { createWriteStream } from "node:fs";
import { finished } from "node:stream/promises";
import { colour as pc } from "../colour.js";
import { formatBytes, formatCount } from "../../detect/format.js";
import { retained, retainedLines, type RetainedResult } from "../../session/queries/retained.js";
import { SYSTEM_DISTANCE } from "../../model/v8/distances.js";
import { printJson, printLines, writePieces } from "../output.js";
import { type CommonOptions, openSession, UsageError } from "../run.js";
import { tableLines } from "../table.js";

/** `ouroboros retained FILE` */
export async function runRetained(
  file: string,
  options: CommonOptions & {
    readonly top: number;
    readonly ids: readonly string[];
    readonly type?: string;
    readonly tsv?: string;
  },
): Promise<void> {
  const session = await openSession(file);
  if (options.tsv !== undefined) {
    const out = createWriteStream(options.tsv);
    const done = finished(out);
    try {
      await Promise.race([done, writePieces(out, retainedLines(session)).then(() => out.end())]);
      await done;
    } catch (error) {
      throw new UsageError(`can't write ${options.tsv}: ${(error as Error).message}`);
    }
    if (!options.json) return;
  }
  const result = retained(session, {
    top: options.top,
    ...(options.ids.length > 0 && { ids: options.ids }),
    ...(options.type !== undefined && { type: options.type }),
  });
  await (options.json ? printJson(result) : printLines(lines(result, DISTANCE_FROM[session.graph.info.runtime])));
}

const DISTANCE_FROM = {
  cpython: "sys.modules, a thread or another named root",
  v8: `the program's global objects; from ${formatCount(SYSTEM_DISTANCE)} on from the engine's own roots`,
} as const;

function lines(result: RetainedResult, distanceFrom: string): string[] {
  const columns = [
    { title: "retained", right: true },
    { title: "self", right: true },
    { title: "distance", right: true },
    { title: "id" },
    { title: "name", max: 50 },
    { title: "held as", max: 70 },
  ];
  const rows = result.rows.map((row) => [
    formatBytes(row.retained),
    formatBytes(row.self),
    row.distance < 0 ? "-" : String(row.distance),
    row.id,
    row.name,
    row.held,
  ]);
  return [
    ...tableLines(columns, rows, (text, column, row) => (row < 0 ? pc.dim(text) : column === 0 ? pc.bold(text) : text)),
    pc.dim(`${result.rows.length} of ${formatCount(result.total)} objects. distance: references from ${distanceFrom}`),
  ];
}
