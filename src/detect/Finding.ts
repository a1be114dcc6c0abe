import type { NodeIndex, SourceLocation } from "../heap/HeapGraph.js";
import type { Analysis } from "../model/Analysis.js";
import type { Anchor } from "../model/source.js";
import type { Message } from "./messages.js";
import type { Sources } from "./Sources.js";

/** error: certain from the snapshot alone; warning: likely; info: worth knowing. */
export type Severity = "error" | "warning" | "info";

/** A step of an evidence path: how the node is reached (empty for the first), and the node. */
export interface PathStep {
  readonly label: string;
  readonly node: NodeIndex;
}

/** How something developed over snapshots of one process, the oldest first. */
export interface Development {
  /** One number a snapshot. */
  readonly counts: readonly number[];
  /** Rise from one snapshot to the next, by least squares. */
  readonly slope: number;
  /** How much of the change a straight line explains, 0 to 1. */
  readonly r2: number;
  /** It rises, and goes on rising at the end. */
  readonly grows: boolean;
}

/** Something worth telling a person. */
export interface Finding {
  /** Name of the rule, as in docs/RULES.md. */
  readonly rule: string;
  readonly severity: Severity;
  readonly title: Message;
  readonly why: Message;
  readonly fix?: Message;
  /** How many times it occurs. */
  readonly count: number;
  /** Bytes that would be had back. */
  readonly bytes: number;
  readonly objects: readonly NodeIndex[];
  /** Stable over edits: no addresses, no line numbers. */
  readonly fingerprint: string;
  readonly location?: SourceLocation;
  /** What to look for in the file for a better line: where a class or a variable is defined. */
  readonly anchor?: Anchor;
  readonly path: readonly PathStep[];
  /** Where several snapshots were compared, and each tells of it. */
  readonly growth?: Development;
}

/** A rule: looks at one heap and says what it found. */
export interface Detector {
  readonly rule: string;
  /** @param sources texts of the program, for what a snapshot alone can't tell */
  detect(analysis: Analysis, sources?: Sources): Finding[];
}

/** A short hash for fingerprints: 64 bits of FNV-1a twice, as hex. */
export function fingerprint(...parts: string[]): string {
  const text = parts.join("\0");
  let a = 0x811c9dc5;
  let b = 0x01000193;
  for (let i = 0; i < text.length; i++) {
    a = Math.imul(a ^ text.charCodeAt(i), 0x01000193);
    b = Math.imul(b ^ text.charCodeAt(i), 0x85ebca6b);
  }
  return [a, b].map((x) => (x >>> 0).toString(16).padStart(8, "0")).join("");
}
