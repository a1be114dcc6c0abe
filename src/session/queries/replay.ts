import type { ReadOptions } from "../../formats/ByteSource.js";
import type { RecordedCounts } from "../../formats/trace/events.js";
import { isTraceSource, readTrace } from "../../formats/trace/reader.js";
import type { PolicyCounts } from "../../model/pymalloc/replay/Policy.js";
import { type MarkState, POLICIES, type PolicyName, Replay } from "../../model/pymalloc/replay/Replay.js";
import { fileSource, openRegular } from "../open.js";

export { POLICIES, type PolicyName };

const END = "end";

/** What a policy has at a mark. */
export interface ReplayPolicyMark {
  readonly label: string;
  /** Arenas that it has from the system. */
  readonly held: number;
  /** Arenas in which a pool is in use. */
  readonly inUse: number;
  /** Most arenas held at once so far. */
  readonly peak: number;
  /** Arenas of that peak that are wholly free now: given back, or free to be given back. */
  readonly freed: number;
  /** Bytes that have gone back to the system since the peak: those of `peak` less `held` arenas. */
  readonly releasedBytes: number;
  /** Pools in use. */
  readonly pools: number;
}

/** One policy over the whole trace. */
export interface ReplayRow {
  readonly policy: PolicyName;
  /** What it does, in a sentence. */
  readonly what: string;
  /** Most arenas held at once. */
  readonly peak: number;
  /** Arenas taken from the system in all. */
  readonly taken: number;
  /** Arenas given back to it in all. */
  readonly reclaimed: number;
  readonly marks: readonly ReplayPolicyMark[];
}

/** What the program had at a mark, whatever the policy. */
export interface ReplayMark {
  readonly label: string;
  /** Line of the trace. */
  readonly line: number;
  /** Blocks in arenas. */
  readonly blocks: number;
  /** Bytes of these blocks, rounded up to their size class. */
  readonly blockBytes: number;
  /** Blocks outside arenas. */
  readonly outside: number;
  /** What the interpreter counted itself there; null where the trace does not tell. */
  readonly recorded: RecordedCounts | null;
  /** In what the policy of the interpreter differs from that, such as "arenas held: 12, the interpreter had 13". */
  readonly differences: readonly string[];
}

export interface ReplayResult {
  /** "3.12.1" */
  readonly version: string;
  readonly poolBytes: number;
  readonly arenaBytes: number;
  /** Allocations, releases and moves in the trace. */
  readonly events: number;
  /** The trace begins with the program, and leaves out no block. */
  readonly complete: boolean;
  /** Releases of blocks that the trace does not know, which were gone over. */
  readonly unknownReleases: number;
  /** Most bytes in blocks at once. */
  readonly peakBytes: number;
  /** The marks of the trace, and one for its end. */
  readonly marks: readonly ReplayMark[];
  /** By policy, in the order of POLICIES. */
  readonly policies: readonly ReplayRow[];
  /** How the policy of the interpreter agrees with the interpreter. Null where it was not replayed, or nothing is told. */
  readonly agreement: ReplayAgreement | null;
}

/** How a prediction agrees with what the trace tells of the interpreter. */
export interface ReplayAgreement {
  /** Marks at which the interpreter's counts stand. */
  readonly marks: number;
  /** Of them: where a count differs. */
  readonly marksDiffering: number;
  /** Events with which an arena was taken or given back. */
  readonly arenaEvents: number;
  /** Of them: after which the policy had taken or given back another number. */
  readonly arenaEventsDiffering: number;
}

const WHAT: Record<PolicyName, string> = {
  stack: "one stack of free pools, arenas never released (CPython 2.3, 2.4)",
  "nearly-full": "nearly full arenas first, empty ones released (CPython since 2.5)",
  best: "the fewest arenas that the blocks fit in; they would have to be moved",
};

/** Options of a replay. */
export interface ReplayOptions extends ReadOptions {
  /** All where none are named. */
  readonly policies?: readonly PolicyName[];
}

/**
 * True if the file is a trace of allocations (docs/TRACE.md), plain or compressed with gzip. False for a file that is
 * not there, or that can't be read.
 */
export async function isTraceFile(path: string): Promise<boolean> {
  try {
    return await withFile(path, isTraceSource);
  } catch {
    return false;
  }
}

/**
 * Replays a trace of allocations under policies of CPython's allocator of small objects.
 * @throws SnapshotError where the file can't be read as a whole; an AbortError where the signal gave up
 */
export async function replay(path: string, options: ReplayOptions = {}): Promise<ReplayResult> {
  const chosen = options.policies;
  const names = POLICIES.filter((name) => chosen === undefined || chosen.includes(name));
  const state = new Replay(names);
  const { events, lines } = await withFile(path, (source) => readTrace(source, state, options));
  state.mark(END, null, lines);
  const { traceHeader, recordedArenas, marks } = state;
  const { arenaBytes, poolBytes, runtime, complete } = traceHeader;
  const shown = marks.map((mark) => markOf(mark));
  return {
    version: runtime.join("."),
    poolBytes,
    arenaBytes,
    events,
    complete,
    unknownReleases: state.unknownReleases,
    peakBytes: state.mostBytes,
    marks: shown,
    policies: names.map((name) => rowOf(name, marks, arenaBytes)),
    agreement: names.includes("nearly-full") ? agreementOf(shown, recordedArenas) : null,
  };
}

async function withFile<T>(path: string, use: (source: ReturnType<typeof fileSource>) => Promise<T>): Promise<T> {
  const handle = await openRegular(path);
  try {
    return await use(fileSource(path, handle, (await handle.stat()).size));
  } finally {
    await handle.close();
  }
}

function rowOf(policy: PolicyName, marks: readonly MarkState[], arenaBytes: number): ReplayRow {
  const last = marks[marks.length - 1].policies[policy]!;
  return {
    policy,
    what: WHAT[policy],
    peak: last.highwater,
    taken: last.taken,
    reclaimed: last.reclaimed,
    marks: marks.map(({ label, policies }) => {
      const { held, inUse, highwater, pools } = policies[policy]!;
      const freed = highwater - inUse;
      return { label, held, inUse, peak: highwater, freed, releasedBytes: (highwater - held) * arenaBytes, pools };
    }),
  };
}

function markOf(mark: MarkState): ReplayMark {
  const { label, line, blocks, blockBytes, outside, recorded } = mark;
  const counts = mark.policies["nearly-full"];
  const differences = recorded && counts ? differencesOf(mark, counts, recorded) : [];
  return { label, line, blocks, blockBytes, outside, recorded, differences };
}

function differencesOf(mark: MarkState, counts: PolicyCounts, recorded: RecordedCounts): string[] {
  const found: string[] = [];
  const compare = (what: string, ours: number, theirs: number | undefined) => {
    if (theirs !== undefined && ours !== theirs) found.push(`${what}: ${ours}, the interpreter had ${theirs}`);
  };
  compare("arenas held", counts.held, recorded.current);
  compare("arenas taken", counts.taken, recorded.total);
  compare("arenas given back", counts.reclaimed, recorded.reclaimed);
  compare("most arenas at once", counts.highwater, recorded.highwater);
  if (!recorded.classes) return found;
  const theirs = new Map(recorded.classes.map((row) => [row.size, row]));
  const ours = new Map(mark.classes.map((row) => [row.size, row]));
  for (const size of [...new Set([...theirs.keys(), ...ours.keys()])].sort((a, b) => a - b)) {
    compare(`pools of ${size} bytes`, ours.get(size)?.pools["nearly-full"] ?? 0, theirs.get(size)?.pools ?? 0);
    compare(`blocks of ${size} bytes`, ours.get(size)?.used ?? 0, theirs.get(size)?.used ?? 0);
  }
  return found;
}

function agreementOf(
  marks: readonly ReplayMark[],
  { compared, differing }: { readonly compared: number; readonly differing: number },
): ReplayAgreement | null {
  const recorded = marks.filter((mark) => mark.recorded !== null);
  if (recorded.length === 0 && compared === 0) return null;
  return {
    marks: recorded.length,
    marksDiffering: recorded.filter(({ differences }) => differences.length > 0).length,
    arenaEvents: compared,
    arenaEventsDiffering: differing,
  };
}
