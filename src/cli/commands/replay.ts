import { formatBytes, formatCount } from "../../detect/format.js";
import { SnapshotError } from "../../formats/errors.js";
import { isTraceFile, POLICIES, type PolicyName, replay, type ReplayResult } from "../../session/queries/replay.js";
import { colour as pc } from "../colour.js";
import { printJson, printLines } from "../output.js";
import { hideProgress, showProgress, UnreadableFileError, UsageError } from "../run.js";
import { tableLines } from "../table.js";

const DIFFERENCES_SHOWN = 10;

/** Options of the replay of a trace. */
export interface ReplayCommandOptions {
  readonly json?: true;
  /** Name of a policy; all where it is missing. */
  readonly policy?: string;
}

/** True if the file is a trace of allocations (docs/TRACE.md), which `runReplay` takes. */
export function isTrace(file: string): Promise<boolean> {
  return isTraceFile(file);
}

/**
 * `ouroboros arenas TRACE`: what policies of the allocator would have held and freed.
 * @throws UsageError for a policy that is not known; UnreadableFileError
 */
export async function runReplay(file: string, options: ReplayCommandOptions): Promise<void> {
  const policies = options.policy === undefined || options.policy === "all" ? POLICIES : [policyNamed(options.policy)];
  let result: ReplayResult;
  try {
    result = await replay(file, { policies, progress: showProgress });
  } catch (error) {
    throw error instanceof SnapshotError ? new UnreadableFileError(file, error) : error;
  } finally {
    hideProgress();
  }
  await (options.json ? printJson(result) : printLines(replayLines(result)));
}

function policyNamed(name: string): PolicyName {
  const found = POLICIES.find((policy) => policy === name);
  if (found === undefined) throw new UsageError(`there is no policy ${name}: take one of ${POLICIES.join(", ")}`);
  return found;
}

/** The result of a replay as tables. */
export function* replayLines(result: ReplayResult): Generator<string> {
  const { version, arenaBytes, poolBytes, events, marks, policies } = result;
  yield `CPython ${version}, arenas of ${formatBytes(arenaBytes)}, pools of ${formatBytes(poolBytes)}, ${formatCount(events)} events, at most ${formatBytes(result.peakBytes)} in blocks`;
  if (!result.complete) {
    yield pc.dim(
      "The trace leaves out blocks of the interpreter, so its own arenas have other numbers." +
        (result.unknownReleases > 0 ? ` ${formatCount(result.unknownReleases)} releases were gone over.` : ""),
    );
  }
  yield "";
  yield* tableLines(
    [
      { title: "mark", max: 30 },
      { title: "blocks", right: true },
      { title: "bytes", right: true },
      { title: "policy" },
      { title: "arenas", right: true },
      { title: "in use", right: true },
      { title: "peak", right: true },
      { title: "freed", right: true },
      { title: "released", right: true },
    ],
    marks.flatMap((mark, m) =>
      policies.map(({ policy, marks: at }, p) => {
        const { held, inUse, peak, freed, releasedBytes } = at[m];
        const [label, blocks, bytes] =
          p === 0 ? [mark.label, formatCount(mark.blocks), formatBytes(mark.blockBytes)] : ["", "", ""];
        return [
          ...[label, blocks, bytes, policy, formatCount(held), formatCount(inUse), formatCount(peak)],
          ...[formatCount(freed), formatBytes(releasedBytes)],
        ];
      }),
    ),
  );
  yield "";
  yield* policies.map(({ policy, what }) => pc.dim(`${policy.padEnd(12)}${what}`));
  yield pc.dim("freed       arenas of the peak in which no pool is in use any more; released: bytes given back");
  yield* agreementLines(result);
}

function* agreementLines({ agreement, marks }: ReplayResult): Generator<string> {
  if (!agreement) return;
  const { arenaEvents, arenaEventsDiffering } = agreement;
  yield "";
  yield "nearly-full beside the interpreter that was recorded:";
  if (agreement.marks > 0) {
    yield `  ${formatCount(agreement.marks - agreement.marksDiffering)} of ${formatCount(agreement.marks)} marks have the interpreter's own counts`;
  }
  if (arenaEvents > 0) {
    yield `  ${formatCount(arenaEvents - arenaEventsDiffering)} of ${formatCount(arenaEvents)} arenas came and went with the same event`;
  }
  for (const { label, differences } of marks) {
    for (const difference of differences.slice(0, DIFFERENCES_SHOWN)) yield `  at ${label}, ${difference}`;
    if (differences.length > DIFFERENCES_SHOWN) {
      yield pc.dim(`  … and ${formatCount(differences.length - DIFFERENCES_SHOWN)} more at ${label}: --json`);
    }
  }
}
