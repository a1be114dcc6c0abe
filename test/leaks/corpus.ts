import { execFile } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { report, type ReportedFinding } from "../../src/session/queries/report.js";
import { Session } from "../../src/session/Session.js";
import { type Python, pythons } from "../rig/pythons.js";

const run = promisify(execFile);
const here = dirname(fileURLToPath(import.meta.url));
const agentFolder = join(here, "..", "..", "src", "capture", "python");
const DEBIAN = "/usr/bin/python3";

/** A leaking program with an innocent twin, and what a good report says of it. */
export interface Program {
  readonly rule: string;
  /** `traceback-pin/token_guard` */
  readonly name: string;
  readonly path: string;
  /** Versions such as "3.8", or "debian": the system's own, with its packages. */
  readonly pythons: readonly string[];
  /** Debian packages that it needs. */
  readonly needs: readonly string[];
  /** Identifiers of which the report must mention one. */
  readonly names: readonly string[];
  /** Lines to which a report should lead. */
  readonly lines: readonly number[];
}

export type Variant = "leak" | "twin";

/** All programs, by rule and name. */
export function programs(): Program[] {
  const rules = readdirSync(here, { withFileTypes: true }).filter((entry) => entry.isDirectory());
  return rules.flatMap(({ name: rule }) =>
    readdirSync(join(here, rule))
      .filter((file) => file.endsWith(".py"))
      .sort()
      .map((file) => program(rule, file)),
  );
}

function program(rule: string, file: string): Program {
  const path = join(here, rule, file);
  const source = readFileSync(path, "utf8");
  const field = (name: string) => new RegExp(`^${name}: (.*)$`, "m").exec(source)?.[1]?.trim() ?? "";
  if (field("rule") !== rule) throw new Error(`${path} says that it is of the rule ${field("rule")}`);
  const list = (text: string) => text.split(/[\s,]+/).filter((word) => word !== "");
  return {
    rule,
    name: `${rule}/${file.replace(/\.py$/, "")}`,
    path,
    pythons: list(field("pythons")),
    needs: list(field("needs")),
    names: list(field("names")),
    lines: source.split("\n").flatMap((line, i) => (line.includes("# <- here") ? [i + 1] : [])),
  };
}

/** The interpreters of a program that are on this machine. */
export function interpretersOf({ pythons: wanted }: Program): Python[] {
  const found = pythons();
  return wanted.flatMap((version) => {
    const python = found.find(({ name, path }) =>
      version === "debian" ? path.startsWith(dirname(DEBIAN)) : name.startsWith(`${version}.`),
    );
    return python ? [python] : [];
  });
}

/** What is reported of a program after one round of its work. */
export async function findingsOf(
  { path }: Program,
  variant: Variant,
  python: Python,
): Promise<readonly ReportedFinding[]> {
  const folder = mkdtempSync(join(tmpdir(), "ouroboros-leaks-"));
  try {
    const snapshot = join(folder, "1.pyheapsnapshot");
    const env = { ...process.env, PYTHONPATH: agentFolder, PYTHONDONTWRITEBYTECODE: "1", PYTHONHASHSEED: "0" };
    await run(python.path, [path, variant, snapshot], { env, cwd: folder, timeout: 120_000 });
    return report(await Session.open(snapshot)).findings;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** True for what a user would act on. */
export function isAlarm({ severity }: ReportedFinding): boolean {
  return severity !== "info";
}

/** How well a finding tells what a program's leak is. */
export function judge({ names, lines, path }: Program, finding: ReportedFinding): { named: boolean; placed: boolean } {
  const { title, why, fix, location, path: steps } = finding;
  const text = [title, why, fix, location?.name, ...steps.flatMap(({ name, label }) => [name, label])].join(" ");
  return {
    named: names.some((name) => text.includes(name)),
    placed: location !== undefined && location.file === path && lines.includes(location.line),
  };
}
