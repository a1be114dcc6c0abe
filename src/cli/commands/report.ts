import pc from "picocolors";
import { formatCount } from "../../detect/Finding.js";
import { printable } from "../../heap/names.js";
import { report, type Report, type ReportedFinding } from "../../session/queries/report.js";
import { printJson, printLines } from "../output.js";
import { placeText, programText } from "../place.js";
import { type CommonOptions, openSession } from "../run.js";
import { headline } from "./info.js";

const PATH_STEPS = 12;
const TEXT = 2000;

/** `ouroboros report FILE` */
export async function runReport(file: string, options: CommonOptions): Promise<void> {
  const result = report(await openSession(file), { all: options.all === true });
  await (options.json ? printJson(result) : printLines(reportLines(file, result, options.all === true)));
}

function* reportLines(file: string, result: Report, all: boolean): Generator<string> {
  yield pc.dim(headline(file, result.snapshot));
  for (const note of result.snapshot.notes) yield pc.yellow(`note: ${note}`);
  const shown = all ? result.findings : result.findings.filter((finding) => finding.severity !== "info");
  for (const finding of shown) {
    yield "";
    yield* findingLines(file, finding);
  }
  const rest = result.findings.length - shown.length;
  yield "";
  if (shown.length === 0) yield pc.green("No leak found.");
  if (rest > 0) {
    yield pc.dim(
      `${formatCount(rest)} more worth knowing (cycles that are alive and in use): report --all lists them.`,
    );
  }
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
  yield `  ${printable(finding.title, TEXT)}`;
  yield `  ${pc.dim("why")}   ${printable(finding.why, TEXT)}`;
  if (finding.path.length > 1) yield `  ${pc.dim("path")}  ${pathText(finding)}`;
  if (finding.fix !== undefined) yield `  ${pc.dim("fix")}   ${printable(finding.fix, TEXT)}`;
  yield `  ${pc.dim("see")}   ${pc.dim(`${programText()} object ${printable(file, 1000)} ${finding.objects[0]}`)}`;
}

function pathText({ path }: ReportedFinding): string {
  const steps = path.slice(0, PATH_STEPS).map((step, i) => (i === 0 ? step.name : ` ${step.label} → ${step.name}`));
  return (
    steps.map((step) => printable(step)).join("") +
    (path.length > PATH_STEPS ? ` … ${path.length - PATH_STEPS} more` : "")
  );
}
