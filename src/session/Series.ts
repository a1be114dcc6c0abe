import type { NodeIndex } from "../heap/HeapGraph.js";
import type { Finding } from "../detect/Finding.js";
import type { Aggregates } from "../detect/growth/aggregate.js";
import { compare, type Growth } from "../detect/growth/compare.js";
import { countsOf, findGrowth, type FoundCounts } from "../detect/growth/findings.js";
import { type Info, info } from "./queries/info.js";
import { Flag, Kind } from "../heap/kinds.js";
import { Session } from "./Session.js";

/** What is kept of a snapshot when a later one is looked at: numbers, not its objects. */
export interface SnapshotSummary {
  readonly file: string;
  readonly info: Info;
  readonly aggregates: Aggregates;
  readonly found: FoundCounts;
  /** V8: the highest id that an object has. Later objects get higher ones, and an object keeps its own. */
  readonly lastId?: number;
}

/** The summary of an open snapshot. */
export function summarize(session: Session): SnapshotSummary {
  return {
    file: session.path,
    info: info(session),
    aggregates: session.aggregates,
    found: countsOf(session.findings),
    ...(session.graph.info.runtime === "v8" && { lastId: highestId(session) }),
  };
}

function highestId({ graph }: Session): number {
  const { id, kind, flags } = graph.columns;
  let highest = 0;
  // The ids of what is not in V8's own heap are made from addresses.
  for (let node = 0; node < id.length; node++) {
    if (id[node] > highest && kind[node] !== Kind.other && (flags[node] & Flag.synthetic) === 0) highest = id[node];
  }
  return highest;
}

/** Several snapshots, the oldest first: the last one is open, of those before it the summaries are left. */
export class Series {
  readonly last: Session;
  readonly earlier: readonly SnapshotSummary[];
  /** Why the comparison may mean little. */
  readonly notes: readonly string[];
  #growth: Growth | undefined;
  #findings: readonly Finding[] | undefined;

  constructor(earlier: readonly SnapshotSummary[], last: Session) {
    this.last = last;
    this.earlier = earlier;
    this.notes = notesOn([...earlier.map((summary) => summary.info), info(last)]);
  }

  /**
   * Opens snapshots one after the other, so that no more than one is in memory at a time. They are put in order of
   * their capture.
   * @param open opens one file
   * @throws what `open` throws
   */
  static async open(
    files: readonly string[],
    open: (file: string) => Promise<Session> = (file) => Session.open(file),
  ): Promise<Series> {
    if (files.length === 0) throw new RangeError("a series needs a snapshot");
    const summaries: SnapshotSummary[] = [];
    for (const file of files.slice(0, -1)) summaries.push(summarize(await open(file)));
    const session = await open(files[files.length - 1]);
    const at = ({ info: { capturedAt } }: { readonly info: Info }) => Date.parse(capturedAt ?? "");
    const last = Date.parse(info(session).capturedAt ?? "");
    // Without times the order is the caller's.
    if (Number.isNaN(last) || summaries.some((one) => Number.isNaN(at(one)))) return new Series(summaries, session);
    const earlier = [...summaries].sort((a, b) => at(a) - at(b));
    // The last one, mostly the newest, stays open and needs no summary.
    if (earlier.every((one) => at(one) <= last)) return new Series(earlier, session);
    const newest = earlier.pop()!;
    const sorted = [...earlier, summarize(session)].sort((a, b) => at(a) - at(b));
    return new Series(sorted, await open(newest.file));
  }

  /**
   * Which objects of the last snapshot appeared after the first one and were there in the last but one: those that
   * stayed. By their ids, which only V8 keeps; undefined for other heaps, and for less than three snapshots.
   */
  get stayed(): ((node: NodeIndex) => boolean) | undefined {
    const first = this.earlier.at(0)?.lastId;
    const before = this.earlier.at(-1)?.lastId;
    if (this.earlier.length < 2 || first === undefined || before === undefined) return undefined;
    const { id } = this.last.graph.columns;
    return (node) => id[node] > first && id[node] <= before;
  }

  /** How everything developed that can be compared. */
  get growth(): Growth {
    return (this.#growth ??= compare([...this.earlier.map(({ aggregates }) => aggregates), this.last.aggregates]));
  }

  /** What all rules find in the last snapshot, with growth as evidence; most bytes first. */
  get findings(): readonly Finding[] {
    return (this.#findings ??=
      this.earlier.length === 0
        ? this.last.findings
        : findGrowth(
            this.last.analysis,
            this.last.findings,
            this.last.places,
            this.growth,
            this.earlier.map(({ found }) => found),
          ));
  }
}

/** Why a comparison of snapshots may mean little. */
export function notesOn(infos: readonly Pick<Info, "pid" | "version">[]): string[] {
  const notes: string[] = [];
  if (new Set(infos.map(({ pid }) => pid)).size > 1)
    notes.push("The snapshots are of different processes: what differs between them need not have grown.");
  if (new Set(infos.map(({ version }) => version)).size > 1)
    notes.push("The snapshots are of different Python versions: sizes differ by that alone.");
  return notes;
}
