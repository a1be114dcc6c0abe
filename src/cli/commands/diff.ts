import { colour as pc } from "../colour.js";
import { countTexts, slopeText } from "../../detect/development.js";
import { formatBytes, formatCount } from "../../detect/format.js";
import { AGGREGATES, type AggregateSort } from "../../detect/growth/aggregate.js";
import { printable } from "../../heap/names.js";
import { diff, type Diff, type DiffRow } from "../../session/queries/diff.js";
import { printJson, printLines } from "../output.js";
import { placeText } from "../place.js";
import { type CommonOptions, openSeries, UsageError } from "../run.js";
import { tableLines } from "../table.js";
import { capturedText } from "./info.js";

const SHOWN = 15;
const SERIES_SHOWN = 6;
const TEXT = 1000;

const HEADINGS: Readonly<Record<AggregateSort, readonly [title: string, count: string]>> = {
  containers: ["Containers", "entries"],
  types: ["Types", "objects"],
  families: ["Reference cycles", "cycles"],
  sites: ["Allocation sites", "objects"],
  surpluses: ["References that nothing in the heap explains", "references"],
};

/** `ouroboros diff A B…` */
export async function runDiff(files: readonly string[], options: CommonOptions): Promise<void> {
  if (files.length < 2) throw new UsageError("diff compares two or more snapshots of one process");
  const result = diff(await openSeries(files), { all: options.all === true });
  await (options.json ? printJson(result) : printLines(lines(result, options.all === true)));
}

function* lines(result: Diff, all: boolean): Generator<string> {
  for (const [i, one] of result.snapshots.entries()) {
    const at = one.capturedAt === null ? "" : `${capturedText(one.capturedAt)}  `;
    yield pc.dim(
      `${i + 1}. ${at}${formatCount(one.nodes)} objects, ${formatBytes(one.bytes)}  ${printable(one.file, TEXT)}`,
    );
  }
  for (const note of result.notes) yield pc.yellow(`note: ${note}`);
  let isNothing = true;
  for (const sort of AGGREGATES) {
    const rows = result[sort];
    if (rows.length === 0) continue;
    isNothing = false;
    yield "";
    yield* section(HEADINGS[sort], rows, all);
  }
  if (!isNothing) return;
  yield "";
  yield pc.green("Nothing grows steadily.");
  yield pc.dim("--all lists everything that was compared.");
}

function* section([title, unit]: readonly [string, string], rows: readonly DiffRow[], all: boolean): Generator<string> {
  yield pc.bold(title);
  const shown = all ? rows : rows.slice(0, SHOWN);
  const hasStayed = shown.some(({ stayed }) => stayed !== undefined);
  const columns = [
    { title: unit, max: 60 },
    { title: "each time", right: true },
    { title: "bytes each time", right: true },
    { title: "r²", right: true },
    ...(hasStayed ? [{ title: "stayed", right: true }] : []),
    { title: "name", max: 70 },
    { title: "" },
  ];
  const cells = shown.map((row) => [
    countTexts(row.counts, SERIES_SHOWN).join(" → "),
    signed(slopeText(row.slope)),
    signed(formatBytes(row.bytesSlope)),
    row.r2.toFixed(2),
    ...(hasStayed ? [row.stayed === undefined ? "" : formatCount(row.stayed)] : []),
    row.heldBy === undefined ? row.name : `${row.name}, in ${row.heldBy}`,
    `${row.location ? placeText(row.location) : ""}${row.isNew ? " new" : ""}`,
  ]);
  yield* tableLines(columns, cells);
  if (rows.length > shown.length) yield pc.dim(`… and ${formatCount(rows.length - shown.length)} more: --all`);
}

function signed(text: string): string {
  return text.startsWith("-") || text === "0" || text === "0 bytes" ? text : `+${text}`;
}
