import { colour as pc } from "../colour.js";
import { slopeText } from "../../detect/development.js";
import { formatBytes, formatCount } from "../../detect/format.js";
import { type CacheRow, caches } from "../../session/queries/caches.js";
import { printJson, printLines } from "../output.js";
import { placeText } from "../place.js";
import { type CommonOptions, openSeries } from "../run.js";
import { tableLines } from "../table.js";

const SHOWN = 30;

/** `ouroboros caches FILE…` */
export async function runCaches(files: readonly string[], options: CommonOptions): Promise<void> {
  const series = await openSeries(files);
  const rows = caches(series.last, files.length > 1 ? series : undefined);
  await (options.json ? printJson(rows) : printLines(lines(rows, options.all === true)));
}

function* lines(rows: readonly CacheRow[], all: boolean): Generator<string> {
  if (rows.length === 0) {
    yield "No container with 10 entries or more is held for good under a name, beside the standard library's.";
    return;
  }
  const shown = all ? rows : rows.slice(0, SHOWN);
  const columns = [
    { title: "entries", right: true },
    { title: "idle", right: true },
    { title: "bytes", right: true },
    { title: "growth" },
    { title: "bound" },
    { title: "id" },
    { title: "name", max: 70 },
    { title: "" },
  ];
  const cells = shown.map((row) => [
    formatCount(row.entries),
    `${Math.round(row.idleShare * 100)}%`,
    formatBytes(row.bytes),
    growthText(row),
    row.bound ? `${formatCount(row.bound.limit)} (${row.bound.by})` : "",
    row.id,
    `${row.name} (${row.type})`,
    row.location ? placeText(row.location) : "",
  ]);
  yield* tableLines(columns, cells);
  if (rows.length > shown.length) yield pc.dim(`… and ${formatCount(rows.length - shown.length)} more: --all`);
  yield pc.dim(
    "idle: values that nothing but the container keeps. bound: what limits the entries, where that is known.",
  );
}

function growthText({ growth }: CacheRow): string {
  if (!growth) return "";
  return growth.grows ? `+${slopeText(growth.slope)} each time` : "steady";
}
