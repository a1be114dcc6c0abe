import { readFile } from "node:fs/promises";
import { colour as pc } from "../colour.js";
import { formatBytes, formatCount } from "../../detect/format.js";
import { printable } from "../../heap/names.js";
import { baselineText, type Limit, parseBaseline, parseBudget } from "../../session/budget.js";
import { check, GARBAGE_LIMITS, type CheckedFinding, type CheckResult } from "../../session/queries/check.js";
import { printJson, printLines } from "../output.js";
import { placeText } from "../place.js";
import { type CommonOptions, openSeries, UsageError, writeText } from "../run.js";
import { writeSarif } from "../sarif.js";

const TEXT = 2000;
const FOUND_SHOWN = 20;

export interface CheckOptions extends CommonOptions {
  readonly budget?: string;
  readonly baseline?: string;
  readonly writeBaseline?: string;
  readonly sarif?: string;
}

/** `ouroboros check FILE… --budget FILE`; ends with exit code 1 exactly when the budget is broken. */
export async function runCheck(files: readonly string[], options: CheckOptions): Promise<void> {
  if (options.budget === undefined && options.writeBaseline === undefined)
    throw new UsageError('check needs --budget FILE: a JSON file such as {"maxErrors": 0}');
  const budget =
    options.budget === undefined
      ? { allow: new Map<string, string>() }
      : parseBudget(options.budget, await read(options.budget));
  const baseline =
    options.baseline === undefined ? undefined : parseBaseline(options.baseline, await read(options.baseline));
  const series = await openSeries(files);
  const result = check(series, budget, { all: options.all === true, ...(baseline && { baseline }) });
  if (options.writeBaseline !== undefined) {
    await writeText(options.writeBaseline, baselineText(result.findings.filter(isAccepted)));
  }
  if (options.sarif !== undefined) {
    const known = new Map([...(baseline ?? []), ...budget.allow]);
    await writeSarif(options.sarif, series.last, result, { all: options.all === true, baseline: known });
  }
  await (options.json ? printJson(result) : printLines(lines(result, series.notes, options)));
  if (!result.ok) process.exitCode = 1;
}

/** What a baseline takes: the others count towards no limit. */
function isAccepted({ severity }: CheckedFinding): boolean {
  return severity !== "info";
}

async function read(file: string): Promise<string> {
  try {
    return await readFile(file, "utf8");
  } catch (error) {
    throw new UsageError(`can't read ${printable(file, TEXT)}: ${(error as Error).message}`);
  }
}

const LIMIT_TEXTS: Readonly<Record<Limit, string>> = {
  maxErrors: "findings of severity error",
  maxWarnings: "findings of severity warning",
  maxGarbageCycles: "cycles that are garbage",
  maxGarbageBytes: "bytes of garbage cycles",
  maxHeapBytes: "bytes of the whole heap",
  maxGrowing: "findings that grow",
  maxGrowthBytes: "bytes that the heap grows by with each snapshot",
};

function* lines(result: CheckResult, notes: readonly string[], options: CheckOptions): Generator<string> {
  for (const note of [...result.snapshot.notes, ...notes]) yield pc.yellow(`note: ${note}`);
  for (const { limit, allowed, actual } of result.broken) {
    const value = (number: number) => (limit.endsWith("Bytes") ? formatBytes(number) : formatCount(number));
    yield pc.red(`${limit}: ${value(actual)}, allowed ${value(allowed)} (${LIMIT_TEXTS[limit]})`);
  }
  const blamed = new Set(result.broken.flatMap(({ findings }) => findings));
  const shown = result.findings.filter(({ status, fingerprint }) => status === "new" && blamed.has(fingerprint));
  for (const found of shown.slice(0, FOUND_SHOWN)) yield* findingLines(found);
  if (shown.length > FOUND_SHOWN) yield pc.dim(`  … and ${formatCount(shown.length - FOUND_SHOWN)} more: --json`);
  const unchecked = (limits: readonly Limit[]) => limits.join(" and ");
  const ofGarbage = result.unchecked.filter((limit) => GARBAGE_LIMITS.includes(limit));
  const ofGrowth = result.unchecked.filter((limit) => !GARBAGE_LIMITS.includes(limit));
  if (ofGrowth.length > 0) {
    yield pc.yellow(
      `Not checked: ${unchecked(ofGrowth)}. It takes two snapshots or more of one process: check FIRST SECOND …`,
    );
  }
  if (ofGarbage.length > 0) {
    yield pc.yellow(`Not checked: ${unchecked(ofGarbage)}. V8 frees cycles as it goes: its heaps hold no garbage.`);
  }
  const counts = (status: CheckedFinding["status"]) =>
    result.findings.filter((found) => found.status === status).length;
  const tell = (count: number, one: string, many: string) =>
    count === 0 ? [] : [pc.dim(`${formatCount(count)} ${count === 1 ? one : many}`)];
  yield* tell(
    counts("baselined"),
    "finding of the baseline is not counted.",
    "findings of the baseline are not counted.",
  );
  yield* tell(
    counts("allowed"),
    "finding that the budget allows is not counted.",
    "findings that the budget allows are not counted.",
  );
  yield* tell(
    result.gone.length,
    "of the baseline is not found any more: --write-baseline makes a new one.",
    "of the baseline are not found any more: --write-baseline makes a new one.",
  );
  yield* tell(
    result.allowedGone.length,
    "that the budget allows is not found (any more).",
    "that the budget allows are not found (any more).",
  );
  if (options.writeBaseline !== undefined) {
    const accepted = result.findings.filter(isAccepted).length;
    yield `${formatCount(accepted)} finding${accepted === 1 ? "" : "s"} written to ${printable(options.writeBaseline, TEXT)}.`;
  }
  if (options.budget === undefined) return;
  yield result.ok ? pc.green("The heap keeps to its budget.") : pc.red("The budget is broken.");
}

function* findingLines(found: CheckedFinding): Generator<string> {
  const place = found.location ? `${placeText(found.location)}  ` : "";
  yield `  ${place}${printable(found.title, TEXT)}`;
  yield `  ${pc.dim(`${found.rule}  ${found.fingerprint}`)}`;
  if (found.fix !== undefined) yield `  ${pc.dim(`fix: ${printable(found.fix, TEXT)}`)}`;
}
