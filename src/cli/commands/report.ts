import { colour as pc } from "../colour.js";
import { formatCount } from "../../detect/format.js";
import { printable } from "../../heap/names.js";
import { report, type Report, type ReportedFinding } from "../../session/queries/report.js";
import { printJson, printLines } from "../output.js";
import { placeText, programText } from "../place.js";
import { wrapText } from "../table.js";
import type { Series } from "../../session/Series.js";
import { type CommonOptions, openSeries } from "../run.js";
import { writeSarif } from "../sarif.js";
import { capturedText, headline } from "./info.js";

const PATH_STEPS = 12;
const TEXT = 2000;

/** `ouroboros report FILE…` */
export async function runReport(
  files: readonly string[],
  options: CommonOptions & { readonly sarif?: string },
): Promise<void> {
  const series = await openSeries(files);
  const all = options.all === true;
  const result = report(series.last, { all, series });
  if (options.sarif !== undefined) await writeSarif(options.sarif, series.last, result, { all });
  await (options.json ? printJson(result) : printLines(reportLines(series, result, all)));
}

function* reportLines(series: Series, result: Report, all: boolean): Generator<string> {
  const file = series.last.path;
  yield pc.dim(headline(file, result.snapshot));
  if (result.earlier && result.earlier.length > 0) yield pc.dim(`compared with ${earlierText(series)}`);
  for (const note of series.notes) yield pc.yellow(`note: ${note}`);
  for (const note of result.snapshot.notes) yield pc.yellow(`note: ${note}`);
  const shown = all ? result.findings : result.findings.filter((finding) => finding.severity !== "info");
  for (const finding of shown) {
    yield "";
    yield* findingLines(file, finding);
  }
  const rest = result.findings.length - shown.length;
  yield "";
  if (shown.length === 0) {
    yield `${pc.green("None of the rules finds a leak.")} ${programText()} retained ${printable(file, 1000)} shows what keeps most bytes.`;
  }
  if (rest > 0) {
    yield pc.dim(
      `${formatCount(rest)} more that are no leak by themselves (cycles in use, single ones of libraries): report --all lists them.`,
    );
  }
}

function earlierText({ earlier }: Series): string {
  const names = earlier.map(({ file, info: { capturedAt } }) =>
    printable(capturedAt === null ? file : `${file} (${capturedText(capturedAt)})`, TEXT),
  );
  return names.join(", ");
}

const SEVERITY: Readonly<Record<string, (text: string) => string>> = {
  error: pc.red,
  warning: pc.yellow,
  info: pc.cyan,
};

function* findingLines(file: string, finding: ReportedFinding): Generator<string> {
  const paint = SEVERITY[finding.severity] ?? String;
  const where = finding.location;
  const place = where ? `${pc.bold(placeText(where))}  ${printable(where.name)}` : pc.bold("no source line known");
  yield `${place}  ${paint(`${finding.severity}: ${finding.rule}`)}`;
  yield* paragraph("", printable(finding.title, TEXT));
  yield* paragraph("why", printable(finding.why, TEXT));
  if (where?.unmapped !== undefined) yield* paragraph("line", `not the original: ${printable(where.unmapped, TEXT)}`);
  if (finding.path.length > 1) yield* paragraph("path", pathText(finding));
  if (finding.fix !== undefined) yield* paragraph("fix", printable(finding.fix, TEXT));
  yield `  ${pc.dim("see")}   ${pc.dim(`${programText()} object ${printable(file, 1000)} ${finding.objects[0]}`)}`;
}

const HANGING = 8;

/** A text under a heading in the margin, broken into lines where the output is a terminal. */
function* paragraph(heading: string, text: string): Generator<string> {
  const indent = heading === "" ? 2 : HANGING;
  const lines = wrapText(text, (process.stdout.columns ?? Infinity) - indent);
  const margin = heading === "" ? "  " : `  ${pc.dim(heading)}${" ".repeat(HANGING - 2 - heading.length)}`;
  for (const [i, line] of lines.entries()) yield `${i === 0 ? margin : " ".repeat(indent)}${line}`;
}

function pathText({ path }: ReportedFinding): string {
  const steps = path.slice(0, PATH_STEPS).map((step, i) => (i === 0 ? step.name : ` ${step.label} → ${step.name}`));
  return (
    steps.map((step) => printable(step)).join("") +
    (path.length > PATH_STEPS ? ` … ${path.length - PATH_STEPS} more` : "")
  );
}
