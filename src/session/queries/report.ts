import type { Development, Finding } from "../../detect/Finding.js";
import { renderMessage } from "../../detect/messages.js";
import type { SourceLocation } from "../../heap/HeapGraph.js";
import type { Series } from "../Series.js";
import type { Session } from "../Session.js";
import { SourceFiles } from "../SourceFiles.js";
import { type Info, info } from "./info.js";
import { type LocatedStepRow, locatedStepRow } from "./step.js";

const OBJECTS_SHOWN = 50;

/** A finding with its texts rendered and its nodes as ids. */
export interface ReportedFinding {
  readonly rule: string;
  readonly severity: string;
  readonly title: string;
  readonly why: string;
  readonly count: number;
  readonly bytes: number;
  readonly objects: readonly string[];
  readonly objectsTotal: number;
  readonly fingerprint: string;
  readonly location?: SourceLocation;
  readonly path: readonly LocatedStepRow[];
  readonly fix?: string;
  /** Where several snapshots were compared, and each tells of it. */
  readonly growth?: Development;
}

export interface Report {
  readonly snapshot: Info;
  /** The snapshots that it was compared with, the oldest first. */
  readonly earlier?: readonly Info[];
  /** Most bytes first. */
  readonly findings: readonly ReportedFinding[];
}

/**
 * All findings of a snapshot. `all` lifts the cap on the object lists; `series` adds how the findings developed over
 * the snapshots before it, and what shows by its growth alone.
 */
export function report(session: Session, options: { readonly all?: boolean; readonly series?: Series } = {}): Report {
  const limit = options.all === true ? Infinity : OBJECTS_SHOWN;
  const sources = new SourceFiles(session.graph);
  return {
    snapshot: info(session),
    ...(options.series && { earlier: options.series.earlier.map((summary) => summary.info) }),
    findings: (options.series?.findings ?? session.findings).map((found) => reported(session, found, limit, sources)),
  };
}

function reported({ graph }: Session, found: Finding, limit: number, sources: SourceFiles): ReportedFinding {
  const location = found.location && sources.refine(found.location, found.anchor);
  return {
    rule: found.rule,
    severity: found.severity,
    title: renderMessage(found.title),
    why: renderMessage(found.why),
    count: found.count,
    bytes: found.bytes,
    objects: found.objects.slice(0, limit).map((node) => graph.idText(node)),
    objectsTotal: found.objects.length,
    fingerprint: found.fingerprint,
    ...(location && { location }),
    path: found.path.map((step) => locatedStepRow(graph, step, sources)),
    ...(found.fix && { fix: renderMessage(found.fix) }),
    ...(found.growth && { growth: found.growth }),
  };
}
