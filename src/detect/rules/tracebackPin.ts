import type { NodeIndex, SourceLocation } from "../../heap/HeapGraph.js";
import { Kind } from "../../heap/kinds.js";
import { printable } from "../../heap/names.js";
import type { Analysis } from "../../model/Analysis.js";
import { rootPaths } from "../../model/paths.js";
import { isLibrary, isStandardLibrary } from "../../model/source.js";
import { type Detector, type Finding, fingerprint } from "../Finding.js";
import { type Holder, holdersOf } from "../holders.js";
import { aliveOf, groupBy, leastWorth, retainedTogether, targetOfKind } from "../together.js";

const MIN_BYTES = 64_000;
const MIN_HEAP_SHARE = 0.005;
// So many tracebacks are asked what holds them.
const ASKED = 2000;
const FUNCTIONS_NAMED = 3;

interface Held {
  readonly traceback: NodeIndex;
  readonly holder: Holder;
  /** The holder's name without the keys of entries. */
  readonly place: string;
}

/** Exceptions that are kept for good, and with their tracebacks the variables of the functions that they went through. */
export const tracebackPin: Detector = {
  rule: "traceback-pin",
  detect(analysis) {
    const heads = [...firstTracebacks(analysis)];
    if (heads.length === 0) return [];
    const least = leastWorth(analysis, MIN_BYTES, MIN_HEAP_SHARE);
    const holders = holdersOf(analysis);
    const held = heads.slice(0, ASKED).flatMap((traceback): Held[] => {
      const holder = holders.of(traceback);
      if (!holder) return [];
      return [{ traceback, holder, place: holder.name.replace(/\['[^\]]*'\]/g, "[…]").replace(/(\[…\])+/g, "[…]") }];
    });
    return [...groupBy(held, ({ place }) => place).values()].flatMap((group) => {
      const bytes = retainedTogether(
        analysis,
        group.map(({ traceback }) => traceback),
      );
      return bytes < least ? [] : [pinned(analysis, group, bytes)];
    });
  },
};

/** Tracebacks that no other one leads to. */
function* firstTracebacks(analysis: Analysis): Generator<NodeIndex> {
  const { referrers, graph } = analysis;
  for (const node of aliveOf(analysis, Kind.traceback)) {
    const from = referrers.to.subarray(referrers.first[node], referrers.first[node + 1]);
    if (!from.some((referrer) => graph.columns.kind[referrer] === Kind.traceback)) yield node;
  }
}

/** The functions whose frames tracebacks keep, those that keep most bytes first. */
function functionsOf(analysis: Analysis, heads: readonly NodeIndex[]): { name: string; location?: SourceLocation }[] {
  const { graph, ownership } = analysis;
  const bytes = new Map<string, { name: string; location?: SourceLocation; bytes: number }>();
  for (const head of heads) {
    const seen = new Set<NodeIndex>();
    for (let at: NodeIndex | undefined = head; at !== undefined && !seen.has(at);) {
      seen.add(at);
      const frame = targetOfKind(analysis, at, Kind.frame);
      if (frame !== undefined) {
        const location = graph.location(frame);
        const name = graph.string(graph.columns.text[frame]).split(".").at(-1) ?? "";
        const known = bytes.get(name)?.bytes ?? 0;
        bytes.set(name, { name, ...(location && { location }), bytes: known + ownership.retained[frame] });
      }
      at = targetOfKind(analysis, at, Kind.traceback);
    }
  }
  return [...bytes.values()].filter(({ name }) => name !== "").sort((a, b) => b.bytes - a.bytes);
}

function pinned(analysis: Analysis, group: readonly Held[], bytes: number): Finding {
  const { graph } = analysis;
  const [{ holder, place, traceback }] = group;
  const functions = functionsOf(
    analysis,
    group.map((held) => held.traceback),
  );
  const own = functions.find(({ location }) => location && !isLibrary(location.file)) ?? functions[0];
  const location = holder.location && !isStandardLibrary(holder.location.file) ? holder.location : own?.location;
  const named = functions.slice(0, FUNCTIONS_NAMED).map(({ name }) => `${printable(name)}()`);
  return {
    rule: "traceback-pin",
    severity: "warning",
    title: {
      id: "traceback.title",
      arguments: { count: group.length, bytes, place: printable(place.replace(/\.__traceback__$/, "")) },
    },
    why: { id: "traceback.why", arguments: { functions: named.join(", ") } },
    fix: { id: graph.info.version[0] < 3 ? "traceback.fix-2" : "traceback.fix", arguments: {} },
    count: group.length,
    bytes,
    objects: group.map((held) => held.traceback),
    fingerprint: fingerprint("traceback-pin", place),
    ...(location && { location }),
    ...(location === holder.location && holder.anchor && { anchor: holder.anchor }),
    path: rootPaths(analysis, traceback, 1)[0]?.steps ?? [],
  };
}
