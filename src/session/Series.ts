import type { Finding } from "../detect/Finding.js";
import type { Aggregates } from "../detect/growth/aggregate.js";
import { compare, type Growth } from "../detect/growth/compare.js";
import { countsOf, findGrowth, type FoundCounts } from "../detect/growth/findings.js";
import { type Info, info } from "./queries/info.js";
import { Session } from "./Session.js";

/** What is kept of a snapshot when a later one is looked at: numbers, not its objects. */
export interface SnapshotSummary {
  readonly file: string;
  readonly info: Info;
  readonly aggregates: Aggregates;
  readonly found: FoundCounts;
}

/** The summary of an open snapshot. */
export function summarize(session: Session): SnapshotSummary {
  return {
    file: session.path,
    info: info(session),
    aggregates: session.aggregates,
    found: countsOf(session.findings),
  };
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
    let last: { session?: Session; summary: SnapshotSummary; at: number } | undefined;
    const summaries: { summary: SnapshotSummary; at: number }[] = [];
    for (const file of files) {
      if (last) delete last.session;
      const session = await open(file);
      const entry = { session, summary: summarize(session), at: session.graph.info.capturedAt ?? NaN };
      summaries.push(entry);
      last = entry;
    }
    const known = summaries.every(({ at }) => !Number.isNaN(at));
    // The sort is stable: without times, or with equal ones, the order is the caller's.
    const sorted = known ? [...summaries].sort((a, b) => a.at - b.at) : summaries;
    const newest = sorted[sorted.length - 1];
    const session = last?.summary === newest.summary ? last.session! : await open(newest.summary.file);
    return new Series(
      sorted.slice(0, -1).map(({ summary }) => summary),
      session,
    );
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

function notesOn(infos: readonly Info[]): string[] {
  const notes: string[] = [];
  if (new Set(infos.map(({ pid }) => pid)).size > 1)
    notes.push("The snapshots are of different processes: what differs between them need not have grown.");
  if (new Set(infos.map(({ version }) => version)).size > 1)
    notes.push("The snapshots are of different Python versions: sizes differ by that alone.");
  return notes;
}
