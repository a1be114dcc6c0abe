/** What a heap may have. A limit that is left out is none. */
export interface Budget {
  /** Findings of severity error. */
  readonly maxErrors?: number;
  /** Findings of severity warning. */
  readonly maxWarnings?: number;
  /** Cycles that are garbage, over all families. */
  readonly maxGarbageCycles?: number;
  /** Bytes of garbage cycles and of what only they keep. */
  readonly maxGarbageBytes?: number;
  /** Bytes of the whole heap. */
  readonly maxHeapBytes?: number;
  /** Findings of containers, cycles or references that grow over the snapshots. */
  readonly maxGrowing?: number;
  /** Rise of the whole heap from one snapshot to the next, in bytes. */
  readonly maxGrowthBytes?: number;
  /** Findings that are accepted, by fingerprint, with the reason. */
  readonly allow: ReadonlyMap<string, string>;
}

/** Findings that were there when the baseline was written, by fingerprint, with their titles, or the reasons that somebody wrote in. */
export type Baseline = ReadonlyMap<string, string>;

/** A budget or a baseline that can't be used. */
export class BudgetError extends Error {
  constructor(file: string, problem: string) {
    super(`${file}: ${problem}`);
    this.name = "BudgetError";
  }
}

/** All limits, in the order in which they are checked. */
export const LIMITS = [
  "maxErrors",
  "maxWarnings",
  "maxGarbageCycles",
  "maxGarbageBytes",
  "maxHeapBytes",
  "maxGrowing",
  "maxGrowthBytes",
] as const;
export type Limit = (typeof LIMITS)[number];

const FINGERPRINT = /^[0-9a-f]{16}$/;

/**
 * Reads a budget from JSON text: limits, and `allow`, a list of fingerprints or of `{fingerprint, reason}`.
 * @throws BudgetError, also for a name that is no limit: misspelt, it would limit nothing
 */
export function parseBudget(file: string, text: string): Budget {
  const json = parseObject(file, text);
  const limits: { [L in Limit]?: number } = {};
  for (const [name, value] of Object.entries(json)) {
    if (name === "allow") continue;
    const limit = LIMITS.find((known) => known === name);
    if (!limit)
      throw new BudgetError(file, `there is no limit ${JSON.stringify(name)}; there are ${LIMITS.join(", ")}`);
    if (typeof value !== "number" || !Number.isFinite(value) || value < 0)
      throw new BudgetError(file, `${name} must be a number, 0 or more`);
    limits[limit] = value;
  }
  return { ...limits, allow: parseAllowed(file, json["allow"]) };
}

function parseAllowed(file: string, list: unknown): ReadonlyMap<string, string> {
  if (list === undefined) return new Map();
  if (!Array.isArray(list)) throw new BudgetError(file, "allow must be a list of fingerprints");
  return new Map(
    list.map((entry: unknown): [string, string] => {
      const { fingerprint, reason } = (
        typeof entry === "object" && entry !== null ? entry : { fingerprint: entry }
      ) as {
        fingerprint?: unknown;
        reason?: unknown;
      };
      return [checkFingerprint(file, fingerprint), typeof reason === "string" ? reason : "allowed by the budget"];
    }),
  );
}

/**
 * Reads a baseline as `baselineText` writes it.
 * @throws BudgetError
 */
export function parseBaseline(file: string, text: string): Baseline {
  const { findings } = parseObject(file, text) as { findings?: unknown };
  if (!Array.isArray(findings)) throw new BudgetError(file, "this is no baseline; check --write-baseline makes one");
  return new Map(
    findings.map((entry: { fingerprint?: unknown; title?: unknown; reason?: unknown } | null): [string, string] => {
      const why = [entry?.reason, entry?.title].find((text) => typeof text === "string");
      return [checkFingerprint(file, entry?.fingerprint), why ?? ""];
    }),
  );
}

/** The text of a baseline that accepts these findings: one a line, so that a review shows what came and went. */
export function baselineText(
  findings: readonly { readonly fingerprint: string; readonly rule: string; readonly title: string }[],
): string {
  const known = new Map(findings.map((found) => [found.fingerprint, found]));
  const lines = [...known.values()]
    .sort((a, b) => (a.fingerprint < b.fingerprint ? -1 : 1))
    .map(({ fingerprint, rule, title }) => `    ${JSON.stringify({ fingerprint, rule, title })}`);
  return `{\n  "findings": [\n${lines.join(",\n")}\n  ]\n}\n`;
}

function parseObject(file: string, text: string): Record<string, unknown> {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (error) {
    throw new BudgetError(file, `this is not JSON: ${(error as Error).message}`);
  }
  if (typeof json !== "object" || json === null || Array.isArray(json))
    throw new BudgetError(file, "this must be one JSON object");
  return json as Record<string, unknown>;
}

function checkFingerprint(file: string, value: unknown): string {
  if (typeof value === "string" && FINGERPRINT.test(value)) return value;
  throw new BudgetError(
    file,
    `${JSON.stringify(value) ?? "nothing"} is no fingerprint; \`report --json\` prints them, 16 hexadecimal digits`,
  );
}
