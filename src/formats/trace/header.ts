import { LARGEST_BLOCK } from "../../heap/Pymalloc.js";
import { corrupt, FORMAT, unsupported } from "./errors.js";
import { SnapshotError } from "../errors.js";

const VERSION = 1;
const LEAST_POOL = 1024;
const MOST_POOL = 65536;
const MOST_POOLS = 4096;
const MOST_VERSION_PART = 999;

/** The first line of a trace: which allocator its blocks are for. All sizes are bytes. */
export interface TraceHeader {
  /** Major, minor, micro of the interpreter. */
  readonly runtime: readonly [number, number, number];
  readonly poolBytes: number;
  readonly arenaBytes: number;
  /** By so many bytes block sizes go up: 8 or 16. */
  readonly alignment: number;
  /** At the beginning of each pool, used by no block. */
  readonly header: number;
  /** Requests of more bytes go to malloc (SMALL_REQUEST_THRESHOLD). */
  readonly threshold: number;
  /** Nothing was allocated before the first line, and nothing is left out. */
  readonly complete: boolean;
}

/**
 * Reads the first line of a trace.
 * @param line without its line end
 * @throws SnapshotError not-a-snapshot, unsupported-version or corrupt
 */
export function parseHeader(line: string): TraceHeader {
  const fields = fieldsOf(line);
  const version = fields["version"];
  if (version !== VERSION) throw unsupported(version);
  const runtime = runtimeOf(fields["runtime"]);
  const number = (name: string, isRight: (value: number) => boolean, fallback?: number): number => {
    const value = fields[name] ?? fallback;
    if (typeof value !== "number" || !Number.isInteger(value) || !isRight(value)) {
      throw corrupt(`its header has no sensible "${name}"`, 0);
    }
    return value;
  };
  const poolBytes = number("poolBytes", (n) => n >= LEAST_POOL && n <= MOST_POOL && (n & (n - 1)) === 0);
  const arenaBytes = number(
    "arenaBytes",
    (n) => n % poolBytes === 0 && n >= 4 * poolBytes && n <= MOST_POOLS * poolBytes,
  );
  const alignment = number("alignment", (n) => n === 8 || n === 16);
  const header = number("header", (n) => n > 0 && n <= poolBytes / 4 && n % 8 === 0);
  // A pool of a single block would be full and empty at once, which CPython's lists of pools do not allow for.
  const threshold = number(
    "threshold",
    (n) => n > 0 && n % alignment === 0 && 2 * n <= poolBytes - header && n / alignment <= 255,
    LARGEST_BLOCK,
  );
  return { runtime, poolBytes, arenaBytes, alignment, header, threshold, complete: fields["complete"] === true };
}

function fieldsOf(line: string): Record<string, unknown> {
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch (error) {
    throw notTrace(error);
  }
  if (value === null || typeof value !== "object" || (value as { format?: unknown }).format !== FORMAT)
    throw notTrace();
  return value as Record<string, unknown>;
}

function runtimeOf(value: unknown): readonly [number, number, number] {
  const isPart = (part: unknown) =>
    Number.isInteger(part) && (part as number) >= 0 && (part as number) <= MOST_VERSION_PART;
  if (!Array.isArray(value) || value.length !== 3 || !value.every(isPart)) {
    throw corrupt('its header has no "runtime" of three numbers', 0);
  }
  return value as [number, number, number];
}

/** The file does not begin as a trace does. */
export function notTrace(cause?: unknown): SnapshotError {
  return new SnapshotError("not-a-snapshot", `the first line is not the header of a trace ("format":"${FORMAT}")`, {
    offset: 0,
    advice: "docs/TRACE.md tells how a trace is written.",
    cause,
  });
}
