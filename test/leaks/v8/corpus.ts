import { execFile } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { dirname, join, parse } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { report, type ReportedFinding } from "../../../src/session/queries/report.js";
import { Session } from "../../../src/session/Session.js";
import { isAlarm, type Variant } from "../corpus.js";
import { countPlanted } from "./planted.js";

const run = promisify(execFile);
const here = dirname(fileURLToPath(import.meta.url));
const require = createRequire(import.meta.url);
const SANE = "sane";
const BROWSER = "detached-dom";

/** A leaking JavaScript program with an innocent twin, and what a good report says of it. */
export interface Program {
  readonly rule: string;
  /** `timer-pile/ping_intervals` */
  readonly name: string;
  /** The script. */
  readonly path: string;
  /** The page that loads the script, for programs of a browser. */
  readonly page: string | undefined;
  readonly variants: readonly Variant[];
  /** Packages of node_modules that it needs. */
  readonly needs: readonly string[];
  /** Identifiers of which the report must mention one. */
  readonly names: readonly string[];
  /** Lines to which a report should lead. */
  readonly lines: readonly number[];
  /** What its snapshot holds many of: the name of a class, or after a quotation mark the beginning of texts. */
  readonly planted: string;
  /** A second round of the work leaves more of it. */
  readonly grows: boolean;
}

/** Takes snapshots of one program, one after each round of its work. Throws where the program fails. */
export interface Runtime {
  /** `Node 22.23.1`, `Chromium` */
  readonly name: string;
  snapshots(program: Program, variant: Variant, paths: readonly string[]): Promise<void>;
}

/** What one run of a program has shown. */
export interface Outcome {
  readonly findings: readonly ReportedFinding[];
  /** How much of what was planted each snapshot holds. */
  readonly planted: readonly number[];
}

/** How a finding stands to the leak of a program. */
export interface Judgement {
  /** It mentions one of the program's names. */
  readonly named: boolean;
  /** It leads to a marked line. */
  readonly placed: boolean;
  /** It is about the program's own code or objects. */
  readonly own: boolean;
}

/** All programs that leak in one variant, by rule and name. */
export function programs(): Program[] {
  return folders().flatMap((rule) => (rule === SANE ? [] : programsOf(rule)));
}

/** Programs without a leak, whose reports are shown in full. */
export function sanePrograms(): Program[] {
  return programsOf(SANE);
}

/** Packages that a program needs and that are not there. */
export function missingOf({ needs }: Program): string[] {
  return needs.filter((name) => {
    try {
      return require.resolve(name) === "";
    } catch {
      return true;
    }
  });
}

/** A Node that runs programs; `path` is its executable. */
export function nodeRuntime(name: string, path: string): Runtime {
  return {
    name,
    async snapshots(program, variant, paths) {
      const variants = program.rule === SANE ? [] : [variant];
      // What a test runner sets for itself is not for the program.
      const env = { ...process.env, NODE_OPTIONS: "", NODE_NO_WARNINGS: "1" };
      await run(path, [program.path, ...variants, ...paths], { env, cwd: dirname(paths[0]), timeout: 120_000 });
    },
  };
}

/** What is reported of a program after one round of its work, and what its snapshots hold after each of `rounds`. */
export async function outcomeOf(program: Program, variant: Variant, runtime: Runtime, rounds = 1): Promise<Outcome> {
  const folder = mkdtempSync(join(tmpdir(), "ouroboros-leaks-"));
  try {
    const paths = Array.from({ length: rounds }, (_, round) => join(folder, `${round + 1}.heapsnapshot`));
    await runtime.snapshots(program, variant, paths);
    const { findings } = report(await Session.open(paths[0]));
    return { findings, planted: paths.map((path) => countPlanted(path, program.planted)) };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** How well a finding tells what a program's leak is. */
export function judge({ names, lines, path }: Program, finding: ReportedFinding): Judgement {
  const { title, why, fix, location, path: steps } = finding;
  const text = [title, why, fix, location?.name, ...steps.flatMap(({ name, label }) => [name, label])].join(" ");
  const named = names.some((name) => new RegExp(`(?<![\\w$])${name}(?![\\w$])`).test(text));
  const inside = location !== undefined && plainPath(location.file) === path;
  return { named, placed: inside && lines.includes(location.line), own: named || inside };
}

/** The findings that say that a program leaks what it does leak. */
export function hitsOf(program: Program, { findings }: Outcome): ReportedFinding[] {
  return findings.filter(
    (finding) => finding.rule === program.rule && isAlarm(finding) && judge(program, finding).named,
  );
}

/** The alarms, of any rule, about the code or the objects of a program that leaks nothing; of a sane one all alarms. */
export function falseAlarms(program: Program, { findings }: Outcome): ReportedFinding[] {
  return findings.filter((finding) => isAlarm(finding) && (program.rule === SANE || judge(program, finding).own));
}

function folders(): string[] {
  return readdirSync(here, { withFileTypes: true }).flatMap((entry) => (entry.isDirectory() ? [entry.name] : []));
}

function programsOf(rule: string): Program[] {
  return readdirSync(join(here, rule))
    .filter((file) => /\.[cm]?js$/.test(file))
    .sort()
    .map((file) => programOf(rule, file));
}

function programOf(rule: string, file: string): Program {
  const path = join(here, rule, file);
  const source = readFileSync(path, "utf8");
  const field = (name: string) => new RegExp(`^${name}: (.*)$`, "m").exec(source)?.[1]?.trim() ?? "";
  const list = (text: string) => text.split(/[\s,]+/).filter((word) => word !== "");
  if (rule !== SANE && field("rule") !== rule) throw new Error(`${path} says that it is of the rule ${field("rule")}`);
  const { name } = parse(file);
  const variants = list(field("variants")) as Variant[];
  return {
    rule,
    name: `${rule}/${name}`,
    path,
    page: rule === BROWSER ? join(here, rule, `${name}.html`) : undefined,
    variants: variants.length > 0 ? variants : rule === SANE ? ["twin"] : ["leak", "twin"],
    needs: list(field("needs")),
    names: list(field("names")),
    lines: markedLines(source.split("\n")),
    planted: field("planted"),
    grows: field("grows") !== "no",
  };
}

/** A mark alone in its line, where the formatter puts it after a brace, is for the line above. */
function markedLines(lines: readonly string[]): number[] {
  return lines.flatMap((line, i) => {
    if (!line.includes("// <- here")) return [];
    return line.trim() === "// <- here" ? [i] : [i + 1];
  });
}

function plainPath(file: string): string {
  if (!file.startsWith("file:")) return file;
  return fileURLToPath(file.replace(/[?#].*$/, ""));
}
