import { basename } from "node:path";
import { formatBytes, formatCount, formatRuntime } from "../../detect/format.js";
import { printable } from "../../heap/names.js";
import type { Session } from "../Session.js";
import { report, type ReportedFinding } from "./report.js";

const TEXT = 2000;
const PATH_STEPS = 12;

/** The report as Markdown, to be pasted into an issue or a message. */
export function reportText(session: Session): string {
  const { snapshot, findings } = report(session);
  const shown = findings.filter((finding) => finding.severity !== "info");
  const size = `${formatCount(snapshot.nodes)} objects, ${formatBytes(snapshot.bytes)}`;
  const taken = snapshot.capturedAt === null ? "" : `, captured ${snapshot.capturedAt}`;
  return [
    `# Heap report: ${code(basename(session.path))}`,
    `${formatRuntime(snapshot)}, ${size}${taken}`,
    ...(shown.length === 0 ? ["None of the rules finds a leak."] : shown.map(section)),
    ...(findings.length > shown.length
      ? [`${findings.length - shown.length} more that are no leak by themselves.`]
      : []),
  ]
    .join("\n\n")
    .concat("\n");
}

function section({ rule, severity, title, why, fix, path, location }: ReportedFinding): string {
  const lines = [`## ${escape(title)}`, "", `- ${severity}: \`${rule}\``];
  if (location) lines.push(`- where: ${code(`${location.file}:${location.line}`)}`);
  lines.push(`- why: ${escape(why)}`);
  if (path.length > 1) lines.push(`- path: ${code(pathText(path))}`);
  if (fix !== undefined) lines.push(`- fix: ${escape(fix)}`);
  return lines.join("\n");
}

function pathText(path: ReportedFinding["path"]): string {
  const steps = path.slice(0, PATH_STEPS).map(({ label, name }, i) => (i === 0 ? name : ` ${label} → ${name}`));
  return steps.join("") + (path.length > PATH_STEPS ? ` … ${path.length - PATH_STEPS} more` : "");
}

/** A text of the snapshot as plain text in Markdown. */
function escape(text: string): string {
  // An underscore that begins a word can't close emphasis, so only those at the end of one are escaped.
  return printable(text, TEXT).replace(/[\\`*[\]<>#|~]|_(?=_*(?!\w))/g, "\\$&");
}

/** A text of the snapshot as code in Markdown: fenced by more backticks than it holds in a row. */
function code(text: string): string {
  const safe = printable(text, TEXT);
  const longest = Math.max(0, ...(safe.match(/`+/g) ?? []).map((run) => run.length));
  const fence = "`".repeat(longest + 1);
  return longest > 0 ? `${fence} ${safe} ${fence}` : `${fence}${safe}${fence}`;
}
