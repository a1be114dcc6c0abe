import { formatBytes, formatCount, formatRuntime } from "../../detect/format.js";
import { printable } from "../../heap/names.js";
import { info, type Info } from "../../session/queries/info.js";
import { printJson, printLines } from "../output.js";
import { type CommonOptions, openSession } from "../run.js";

/** `ouroboros info FILE` */
export async function runInfo(file: string, options: CommonOptions): Promise<void> {
  const result = info(await openSession(file));
  await (options.json ? printJson(result) : printLines(infoLines(result)));
}

/** One line that says what a snapshot is. */
export function headline(file: string, result: Info): string {
  const collector = result.gcEnabled === null ? "" : `, collector ${result.gcEnabled ? "on" : "off"}`;
  return `${printable(file)}: ${formatRuntime(result)}, ${formatCount(result.nodes)} objects, ${formatBytes(result.bytes)}${collector}`;
}

function infoLines(result: Info): string[] {
  const facts = Object.entries(result.has);
  const rows: [string, string][] = [
    ["format", result.format],
    ["runtime", `${result.runtime} ${result.version ?? "of an unknown version"}`],
    ["program", printable(result.argv.join(" "), 500)],
    ["captured", `${result.capturedAt ?? "unknown"}, process ${result.pid ?? "unknown"}`],
    ["objects", formatCount(result.nodes)],
    ["references", formatCount(result.edges)],
    ["bytes", formatBytes(result.bytes)],
    ["collector", result.gcEnabled === null ? "unknown" : result.gcEnabled ? "on" : "off"],
    [
      "holds",
      facts
        .filter(([, has]) => has)
        .map(([name]) => name)
        .join(", "),
    ],
    [
      "lacks",
      facts
        .filter(([, has]) => !has)
        .map(([name]) => name)
        .join(", ") || "nothing",
    ],
    ...result.notes.map((note): [string, string] => ["note", note]),
  ];
  return rows.map(([name, value]) => `${name.padEnd(12)}${value}`);
}

/** "2026-11-28 23:50:00", in UTC, of a time of capture. */
export function capturedText(capturedAt: string): string {
  return capturedAt.slice(0, 19).replace("T", " ");
}
