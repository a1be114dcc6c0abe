import type { ObjectDetails } from "../../session/queries/object.js";
import { formatCount, plural } from "../format.js";

/** The reference count and where its references come from. */
export function refcountText({ refcount, references, flags }: ObjectDetails): string {
  const { inside, outside } = references;
  if (flags.includes("immortal")) return `immortal: the count never changes; ${formatCount(inside)} from the heap`;
  if (refcount === null) return `unknown; ${formatCount(inside)} from the heap`;
  const from = outside === null ? "" : `, ${formatCount(outside)} from outside`;
  return `${plural(refcount, "reference")}: ${formatCount(inside)} from the heap${from}`;
}

const FLAGS: Readonly<Record<string, string>> = {
  tracked: "tracked by the collector",
  immortal: "immortal",
  hasFinalizer: "its type has a finalizer",
  legacyFinalizer: "its type has a legacy finalizer, which makes cycles uncollectable",
  finalized: "its finalizer has run",
  infrastructure: "part of the interpreter's infrastructure",
  agent: "belongs to the capture itself",
  frozen: "in the permanent generation (gc.freeze)",
  unstarted: "not started yet",
  synthetic: "no Python object: a thread or a running frame",
  detached: "taken out of its document, but something still refers to it",
};

/** Flags as a reader understands them. */
export function flagsText(flags: readonly string[]): string {
  return flags.flatMap((flag) => FLAGS[flag] ?? []).join("; ");
}

/** The collector's generation, or why there is none. */
export function generationText({ generation, flags }: ObjectDetails): string {
  if (generation !== null) return String(generation);
  return flags.includes("tracked") ? "unknown" : "none: the collector doesn't track it";
}

/** From here on DevTools counts what only the engine itself leads to. */
const ENGINE_DISTANCE = 100_000_000;

/** How far an object of a V8 heap is from the roots, as DevTools counts it. */
export function distanceText({ distance }: Pick<ObjectDetails, "distance">): string {
  if (distance < 0) return "no way leads here from a root";
  if (distance < ENGINE_DISTANCE) return `${formatCount(distance)} from the program's global objects`;
  return `${formatCount(distance - ENGINE_DISTANCE)} from the engine's own roots; the program's global objects do not lead here`;
}

/** What each standing of a reference means. */
export const STANDINGS: Readonly<Record<string, string>> = {
  traversed: "The collector sees this reference",
  owned: "Keeps the object alive, but the collector doesn't see it",
  borrowed: "The collector sees it, but it holds no count",
  weak: "Doesn't keep the object alive",
  strong: "Keeps the object alive",
};
