import type { SourceLocation } from "../heap/HeapGraph.js";
import { Flag, Kind } from "../heap/kinds.js";
import { labelText } from "../heap/labels.js";
import { printable } from "../heap/names.js";
import type { Analysis } from "../model/Analysis.js";
import type { CycleFamily } from "../model/cycles.js";
import { suggestCuts } from "../model/cuts/index.js";
import { type HeapEdge, shortestRing } from "../model/ring.js";
import { cycleSource, isLibrary } from "../model/source.js";
import { type Finding, fingerprint, type PathStep, type Severity } from "./Finding.js";
import type { Message } from "./messages.js";
import { cutsFix, noCutWhy } from "./remedies.js";

const NAMES_SHOWN = 3;
// From here on garbage is worth an error even where the collector will get it.
const MANY = 100;
const MUCH_BYTES = 100_000;
const MUCH_SHARE = 0.01;

/** True for a function that holds itself through its own closure: cells in a cycle with functions. */
export function isClosureCycle({ graph }: Analysis, family: CycleFamily): boolean {
  const { kind } = graph.columns;
  const members = family.cycles[0].members;
  return members.some((node) => kind[node] === Kind.cell) && members.some((node) => kind[node] === Kind.function);
}

/** The fingerprint of a family's finding. */
export function familyFingerprint(analysis: Analysis, family: CycleFamily): string {
  const rule = isClosureCycle(analysis, family) ? "closure-cycle" : "object-cycle";
  return fingerprint(rule, family.signature, family.garbage ? "garbage" : "alive");
}

/** The finding for one family of cycles. Its bytes count what else is pinned only where it is garbage already. */
export function cycleFinding(analysis: Analysis, family: CycleFamily, rule: "closure-cycle" | "object-cycle"): Finding {
  const { graph } = analysis;
  const { members } = family.cycles[0];
  const { telling, location, anchor } = cycleSource(graph, members);
  const ring = shortestRing(analysis, members, telling);
  const fix = fixMessage(analysis, members, location !== undefined && isLibrary(location.file));
  const count = family.cycles.length;
  const bytes = family.garbage ? family.bytes + family.pinned : family.bytes;
  const state: Message = { id: family.garbage ? "cycle.garbage" : "cycle.alive", arguments: {} };
  const each: Message = {
    id: family.pinned > 0 ? "cycle.each-pinned" : "cycle.each",
    arguments: { count, objects: members.length, bytes: family.bytes / count, pinned: family.pinned / count },
  };
  const name = functionName(analysis, telling);
  const title: Message =
    rule === "closure-cycle"
      ? { id: "closure-cycle.title", arguments: { count, bytes, state, function: name } }
      : { id: "object-cycle.title", arguments: { count, bytes, state, types: typeNames(analysis, members) } };
  const why: Message =
    rule === "closure-cycle"
      ? { id: "closure-cycle.why", arguments: { function: name, variables: variables(analysis, ring), each } }
      : {
          id: "object-cycle.why",
          arguments: { objects: owners(analysis, members), labels: namedLabels(analysis, ring), each },
        };
  return {
    rule,
    severity: severityOf(analysis, family, bytes, location),
    title,
    why,
    ...(fix && { fix }),
    count,
    bytes,
    objects: family.cycles.flatMap((cycle) => Array.from(cycle.members)),
    fingerprint: familyFingerprint(analysis, family),
    ...(location && { location }),
    ...(anchor && { anchor }),
    path: ringPath(analysis, ring, telling),
  };
}

/**
 * A live cycle is no leak yet. Garbage is one where the collector is off, or where it is much; a little of it with the
 * collector on is everyday Python, and in library code not worth a warning.
 */
function severityOf(
  { graph, ownership }: Analysis,
  family: CycleFamily,
  bytes: number,
  location: SourceLocation | undefined,
): Severity {
  if (!family.garbage) return "info";
  const heap = ownership.retained[ownership.aliveRoot] + ownership.retained[ownership.garbageRoot];
  if (family.cycles.length >= MANY || bytes >= Math.max(MUCH_BYTES, heap * MUCH_SHARE)) return "error";
  if (!location || isLibrary(location.file)) return "info";
  return graph.info.gcEnabled === true ? "warning" : "error";
}

/** What to do about a cycle, or why nothing can be done but to leave it to the collector. */
function fixMessage(analysis: Analysis, members: Uint32Array, library: boolean): Message | undefined {
  const suggestion = suggestCuts(analysis, members);
  const fix = cutsFix(analysis.graph, suggestion.cuts);
  if (!fix) return suggestion.none?.kind === "too-large" ? undefined : noCutWhy(suggestion);
  return library ? { id: "cycle.fix-library", arguments: { fix } } : fix;
}

function functionName({ graph }: Analysis, node: number): string {
  return printable(graph.string(graph.columns.text[node]).split(".").at(-1) ?? "");
}

function typeNames({ graph }: Analysis, members: Uint32Array): string {
  const plain: ReadonlySet<number> = new Set([Kind.dict, Kind.list, Kind.tuple, Kind.cell, Kind.set]);
  const all = new Set<string>();
  const telling = new Set<string>();
  for (const node of members) {
    all.add(graph.typeName(node));
    if (!plain.has(graph.columns.kind[node])) telling.add(graph.typeName(node));
  }
  const names = [...(telling.size > 0 ? telling : all)].map((name) => printable(name));
  const more = names.length > NAMES_SHOWN ? ` and ${names.length - NAMES_SHOWN} more types` : "";
  return names.slice(0, NAMES_SHOWN).join(", ") + more;
}

/** How many of the members are objects for a programmer: an instance and its `__dict__` are one. */
function owners({ graph }: Analysis, members: Uint32Array): number {
  const { kind } = graph.columns;
  const isInstance = members.some((node) => graph.hasFlag(node, Flag.heapType));
  return members.length === 2 && isInstance && members.some((node) => kind[node] === Kind.dict) ? 1 : members.length;
}

function variables(analysis: Analysis, ring: readonly HeapEdge[]): string {
  const names = edgeTexts(analysis, ring).filter((text) => text.startsWith("closure:"));
  return [...new Set(names.map((text) => text.slice("closure:".length)))].join(", ");
}

function namedLabels(analysis: Analysis, ring: readonly HeapEdge[]): string | Message {
  const all = edgeTexts(analysis, ring);
  // What stands in an instance's `__dict__` is its attribute.
  const texts = all
    .map((text, i) => (all.at(i - 1) === ".__dict__" ? text.replace(/^\['(\w+)'\]$/, ".$1") : text))
    .filter((text) => text !== ".__dict__" && text !== "<internal>");
  const shown = [...new Set(texts)].slice(0, NAMES_SHOWN + 1);
  return shown.length > 0 ? shown.join(", ") : { id: "cycle.unnamed", arguments: {} };
}

function edgeTexts({ graph }: Analysis, ring: readonly HeapEdge[]): string[] {
  return ring.map(({ edge }) => printable(labelText(graph, graph.columns.edgeLabel[edge])));
}

function ringPath({ graph }: Analysis, ring: readonly HeapEdge[], start: number): PathStep[] {
  const steps = ring.map(({ edge, to }) => ({ label: labelText(graph, graph.columns.edgeLabel[edge]), node: to }));
  return [{ label: "", node: start }, ...steps];
}
