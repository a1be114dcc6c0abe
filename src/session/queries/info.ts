import type { RuntimeInfo } from "../../heap/HeapGraph.js";
import type { Session } from "../Session.js";

/** What a snapshot is. */
export interface Info {
  readonly format: string;
  readonly runtime: string;
  /** "3.11.7", or null where the file does not tell it. */
  readonly version: string | null;
  readonly nodes: number;
  readonly edges: number;
  /** Sum of self sizes. */
  readonly bytes: number;
  /** ISO 8601, or null. */
  readonly capturedAt: string | null;
  readonly pid: number | null;
  readonly argv: readonly string[];
  readonly gcEnabled: boolean | null;
  readonly redacted: boolean;
  readonly has: RuntimeInfo["has"];
  readonly notes: readonly string[];
}

/** Tells what the snapshot is and which facts it holds. */
export function info({ graph }: Session): Info {
  const { info: facts } = graph;
  return {
    format: facts.format,
    runtime: facts.runtime,
    version: facts.version.every((part) => part === 0) ? null : facts.version.join("."),
    nodes: graph.nodeCount,
    edges: graph.edgeCount,
    bytes: graph.columns.selfSize.reduce((sum, size) => sum + size, 0),
    capturedAt: facts.capturedAt === null ? null : new Date(facts.capturedAt * 1000).toISOString(),
    pid: facts.pid,
    argv: facts.argv,
    gcEnabled: facts.gcEnabled,
    redacted: facts.redacted,
    has: facts.has,
    notes: facts.notes,
  };
}
