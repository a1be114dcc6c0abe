import { type SarifOptions, sarifLog, sarifSource } from "../session/queries/sarif.js";
import type { Report } from "../session/queries/report.js";
import type { Session } from "../session/Session.js";
import { VERSION } from "./version.js";
import { writeText } from "./run.js";

/**
 * Writes findings as a SARIF 2.1.0 file; files below the current folder are named relative to it. What is no leak
 * by itself (severity info) is left out unless `all` asks for it.
 * @throws UsageError where the file can't be written
 */
export async function writeSarif(
  file: string,
  session: Session,
  report: Report,
  options: Pick<SarifOptions, "baseline"> & { readonly all?: boolean } = {},
): Promise<void> {
  const { all = false, ...rest } = options;
  const findings = all ? report.findings : report.findings.filter(({ severity }) => severity !== "info");
  const source = sarifSource(session, { ...report, findings });
  const log = sarifLog([source], { version: VERSION, root: process.cwd(), ...rest });
  await writeText(file, `${JSON.stringify(log, undefined, 2)}\n`);
}
