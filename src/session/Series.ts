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
