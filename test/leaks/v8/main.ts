import { basename } from "node:path";
import type { ReportedFinding } from "../../../src/session/queries/report.js";
import { ensureChromium } from "../../editor/setup.mjs";
import { ensureV8Peers } from "../../rig/v8Peers.mjs";
import { isAlarm, type Variant } from "../corpus.js";
import { chromiumRuntime } from "./chromium.js";
import {
  falseAlarms,
  hitsOf,
  judge,
  missingOf,
  nodeRuntime,
  outcomeOf,
  type Outcome,
  type Program,
  programs,
  type Runtime,
  sanePrograms,
} from "./corpus.js";

/** What is run, and how much is printed of it. */
export interface V8Options {
  /** Beginnings of names of programs; none: all. */
  readonly names: readonly string[];
  /** Beginning of a Node's version, such as "22"; undefined: this one and those that the tests fetch. */
  readonly node: string | undefined;
  /** Print all findings, not just those that are missing or wrong. */
  readonly verbose: boolean;
}

interface Total {
  found: number;
  placed: number;
  missed: number;
  twins: number;
  false: number;
}

const totals = new Map<string, Total>();
/** What is wrong with the corpus itself. */
const faults: string[] = [];

/** Runs the leaking JavaScript programs and their twins on each runtime and prints what was found of each rule. */
export async function runV8({ names, node, verbose }: V8Options): Promise<void> {
  const chosen = ({ name }: Program) => names.length === 0 || names.some((start) => name.startsWith(start));
  const all = [...programs(), ...sanePrograms()].filter(chosen);
  for (const runtime of await nodes(node)) {
    for (const program of all.filter(({ page }) => page === undefined)) await tell(program, runtime, verbose);
  }
  const pages = all.filter(({ page }) => page !== undefined);
  if (pages.length > 0 && node === undefined) await inBrowser(pages, verbose);
  for (const [rule, total] of [...totals].sort()) {
    print(
      `${rule}: found ${total.found} (${total.placed} at a marked line), missed ${total.missed}, ` +
        `false ${total.false} of ${total.twins} innocent runs`,
    );
  }
  for (const fault of faults) print(`CORPUS: ${fault}`);
  if (faults.length > 0) process.exitCode = 1;
}

async function nodes(wanted: string | undefined): Promise<Runtime[]> {
  const peers = await ensureV8Peers();
  const found = [nodeRuntime(`Node ${process.versions.node}`, process.execPath)];
  for (const [name, path] of Object.entries(peers.nodes)) {
    found.push(nodeRuntime(`Node ${name.replace("node", "")}`, path));
  }
  const chosen = found.filter(({ name }) => wanted === undefined || name.startsWith(`Node ${wanted}`));
  if (chosen.length === 0) throw new Error(`No Node ${wanted} here; there are ${found.map(({ name }) => name).join()}`);
  return chosen;
}

async function inBrowser(pages: readonly Program[], verbose: boolean): Promise<void> {
  const path = ensureChromium();
  if (path === undefined) return print("No Chromium was found, set CHROMIUM to its path: its programs are left out");
  const runtime = await chromiumRuntime(path);
  try {
    for (const program of pages) await tell(program, runtime, verbose);
  } finally {
    await runtime.close();
  }
}

async function tell(program: Program, runtime: Runtime, verbose: boolean): Promise<void> {
  const missing = missingOf(program);
  if (missing.length > 0) return print(`${program.name}: left out, it needs ${missing.join()}`);
  const total = totals.get(program.rule) ?? { found: 0, placed: 0, missed: 0, twins: 0, false: 0 };
  totals.set(program.rule, total);
  const outcomes: Partial<Record<Variant, Outcome>> = {};
  for (const variant of program.variants) {
    const outcome = await outcomeOf(program, variant, runtime, 2);
    outcomes[variant] = outcome;
    const said = variant === "leak" ? countLeak(program, outcome, total) : countTwin(program, outcome, total);
    print(`${program.name} ${runtime.name} ${variant}: ${said} (holds ${outcome.planted.join(", then ")})`);
    for (const finding of outcome.findings) {
      const wanted = verbose || program.rule === "sane" || (isAlarm(finding) && said !== "found");
      if (wanted) print(`    ${describe(finding)}`);
    }
  }
  check(program, runtime, outcomes);
}

function countLeak(program: Program, outcome: Outcome, total: Total): string {
  const hits = hitsOf(program, outcome);
  total[hits.length > 0 ? "found" : "missed"]++;
  if (hits.length === 0) return "MISSED";
  if (!hits.some((finding) => judge(program, finding).placed)) return "found, not at its line";
  total.placed++;
  return "found";
}

function countTwin(program: Program, outcome: Outcome, total: Total): string {
  const alarms = falseAlarms(program, outcome);
  total.twins++;
  if (alarms.length === 0) return "quiet";
  total.false++;
  return `FALSE: ${alarms.map(({ rule }) => rule).join()}`;
}

/** That the leak is in the snapshot of the one and not in that of the other, whatever the rules make of it. */
function check({ name, grows }: Program, runtime: Runtime, { leak, twin }: Partial<Record<Variant, Outcome>>): void {
  if (!leak || !twin) return;
  if (leak.planted[0] < 10 * Math.max(1, twin.planted[0])) {
    faults.push(`${name} ${runtime.name}: the leak holds ${leak.planted[0]}, its twin ${twin.planted[0]}`);
  }
  if (grows && leak.planted[1] < 1.5 * leak.planted[0]) {
    faults.push(`${name} ${runtime.name}: the leak holds ${leak.planted.join(", then ")}`);
  }
  if (twin.planted[1] > 1.2 * twin.planted[0] + 1) {
    faults.push(`${name} ${runtime.name}: the twin grows: ${twin.planted.join(", then ")}`);
  }
}

function describe({ severity, rule, location, title, count, bytes }: ReportedFinding): string {
  const place = location ? ` ${basename(location.file)}:${location.line}` : "";
  return `${severity} ${rule}${place}: ${title.slice(0, 200)} [${count}, ${bytes} bytes]`;
}

function print(line: string): void {
  process.stdout.write(`${line}\n`);
}
