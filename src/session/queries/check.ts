import { trendOf } from "../../detect/growth/trend.js";
import { type Baseline, type Budget, type Limit, LIMITS } from "../budget.js";
import type { Series } from "../Series.js";
import { type Info, info } from "./info.js";
import { report, type ReportedFinding } from "./report.js";

/** A limit that was exceeded. */
export interface Broken {
  readonly limit: Limit;
  readonly allowed: number;
  readonly actual: number;
  /** Fingerprints of the findings that count, most bytes first; empty for limits of the heap as a whole. */
  readonly findings: readonly string[];
}

/** A finding, and why it does not count where it doesn't. */
export interface CheckedFinding extends ReportedFinding {
  readonly status: "new" | "baselined" | "allowed";
}

/** Whether a heap keeps to its budget. */
export interface CheckResult {
  readonly ok: boolean;
  readonly snapshot: Info;
  readonly broken: readonly Broken[];
  /** Most bytes first. */
  readonly findings: readonly CheckedFinding[];
  /** Fingerprints of the baseline that were not found any more. */
  readonly gone: readonly string[];
  /** Fingerprints that the budget allows and that were not found. */
  readonly allowedGone: readonly string[];
  /** Limits of the budget that nothing can break: one snapshot alone those of growth, a heap of V8 those of garbage. */
  readonly unchecked: readonly Limit[];
}

/**
 * Checks the last snapshot of a series against a budget. Findings of the baseline, and those that the budget allows,
 * count towards no limit; limits of the whole heap know no exceptions.
 */
export function check(
  series: Series,
  budget: Budget,
  options: { readonly baseline?: Baseline; readonly all?: boolean } = {},
): CheckResult {
  const { baseline = new Map<string, string>() } = options;
  const { snapshot, findings: reported } = report(series.last, { series, all: options.all === true });
  const findings = reported.map((found): CheckedFinding => {
    const { fingerprint } = found;
    return {
      ...found,
      status: budget.allow.has(fingerprint) ? "allowed" : baseline.has(fingerprint) ? "baselined" : "new",
    };
  });
  const fresh = findings.filter(({ status }) => status === "new");
  const found = new Set(findings.map(({ fingerprint }) => fingerprint));
  const broken = LIMITS.flatMap((limit): Broken[] => {
    const allowed = budget[limit];
    if (allowed === undefined) return [];
    const { actual, counted } = MEASURES[limit](fresh, series);
    return actual <= allowed
      ? []
      : [{ limit, allowed, actual, findings: counted.map(({ fingerprint }) => fingerprint) }];
  });
  return {
    ok: broken.length === 0,
    snapshot,
    broken,
    findings,
    gone: [...baseline.keys()].filter((fingerprint) => !found.has(fingerprint)),
    allowedGone: [...budget.allow.keys()].filter((fingerprint) => !found.has(fingerprint)),
    unchecked: [
      ...(series.earlier.length > 0 ? [] : GROWTH_LIMITS),
      ...(snapshot.runtime === "v8" ? GARBAGE_LIMITS : []),
    ].filter((limit) => budget[limit] !== undefined),
  };
}

const GROWTH_LIMITS: readonly Limit[] = ["maxGrowing", "maxGrowthBytes"];
/** Limits of cycles that are garbage, of which a snapshot of V8 has none: it is taken behind a collection. */
export const GARBAGE_LIMITS: readonly Limit[] = ["maxGarbageCycles", "maxGarbageBytes"];

interface Measured {
  readonly actual: number;
  readonly counted: readonly CheckedFinding[];
}

type Measure = (findings: readonly CheckedFinding[], series: Series) => Measured;

const countOf =
  (counts: (found: CheckedFinding) => boolean): Measure =>
  (findings) => {
    const counted = findings.filter(counts);
    return { actual: counted.length, counted };
  };

const garbageOf =
  (value: (found: CheckedFinding) => number): Measure =>
  (findings, { last }) => {
    const garbage = new Set(last.garbageFingerprints);
    const counted = findings.filter(({ fingerprint }) => garbage.has(fingerprint));
    return { actual: counted.reduce((sum, found) => sum + value(found), 0), counted };
  };

const ofHeap =
  (value: (bytes: readonly number[]) => number): Measure =>
  (_, { last, earlier }) => {
    return { actual: value([...earlier.map((one) => one.info.bytes), info(last).bytes]), counted: [] };
  };

const MEASURES: Readonly<Record<Limit, Measure>> = {
  maxErrors: countOf(({ severity }) => severity === "error"),
  maxWarnings: countOf(({ severity }) => severity === "warning"),
  maxGarbageCycles: garbageOf(({ count }) => count),
  maxGarbageBytes: garbageOf(({ bytes }) => bytes),
  maxHeapBytes: ofHeap((bytes) => bytes[bytes.length - 1]),
  maxGrowing: countOf(({ growth }) => growth?.grows === true),
  maxGrowthBytes: ofHeap((bytes) => trendOf(bytes).slope),
};
