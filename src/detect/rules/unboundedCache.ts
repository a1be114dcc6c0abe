import { printable } from "../../heap/names.js";
import type { Analysis } from "../../model/Analysis.js";
import { rootPaths } from "../../model/paths.js";
import { isStandardLibrary } from "../../model/source.js";
import { type Cache, type Entries, entriesOf, findCaches, LARGE_SHARE } from "../caches.js";
import { developmentMessage, plainDevelopment, slopeText } from "../development.js";
import { type Detector, type Development, type Finding, fingerprint, type Severity } from "../Finding.js";
import type { Holder } from "../holders.js";
import type { Message } from "../messages.js";
import { groupBy, retainedTogether } from "../together.js";
import type { Care } from "../v8/bounds.js";

const UNIFORM_SHARE = 0.9;
// From so many snapshots on it shows that growth goes on.
const MANY_SNAPSHOTS = 3;

/** Containers with many entries that stay for good and have no bound. From one snapshot they are suspects, no more. */
export const unboundedCache: Detector = {
  rule: "unbounded-cache",
  detect: (analysis, sources) =>
    atOnePlace(analysis, findCaches(analysis, undefined, sources))
      .filter(({ bound, entries }) => bound === undefined && !holdsCallbacks(entries))
      .map((cache) => cacheFinding(analysis, cache)),
};

/** Containers of one name as one, where the name is that of many: `feeds[…].seen`. */
function atOnePlace(analysis: Analysis, caches: readonly Cache[]): Cache[] {
  const groups = groupBy(caches, ({ holder }) => `${holder.where} ${holder.name} ${holder.location?.file ?? ""}`);
  return [...groups.values()].map((group) => {
    const [first] = group;
    if (group.length === 1) return first;
    const nodes = group.map(({ content }) => content);
    return { ...first, entries: entriesOf(analysis, nodes), bytes: retainedTogether(analysis, nodes) };
  });
}

/** The finding for a container; with a development over snapshots it says how that was. */
export function cacheFinding(
  analysis: Analysis,
  { node, content, sort, entries, bytes, holder, isTable, care }: Cache,
  growth?: Development,
): Finding {
  const alike = entries.commonCount >= entries.count * UNIFORM_SHARE;
  const uniform: Message = {
    id: alike ? "cache.uniform" : "cache.mixed",
    arguments: { type: printable(entries.commonType) },
  };
  const name = printable(holder.name);
  const shared = { name, entries: entries.count, bytes };
  const what: Message = { id: `cache.${sort === "function" ? "dict" : sort}`, arguments: {} };
  const grown = growth?.grows === true;
  const id = sort === "function" ? "cache.function-title" : grown ? "cache.title-grows" : "cache.title";
  return {
    rule: "unbounded-cache",
    severity: severityOf(growth, holder, isTable || isCaredFor(analysis, care, bytes)),
    title: { id, arguments: { ...shared, what, ...(grown && { slope: slopeText(growth.slope) }) } },
    why: {
      id: "cache.why",
      arguments: {
        sole: entries.sole,
        entries: entries.count,
        share: Math.round((100 * entries.sole) / Math.max(1, entries.count)),
        type: printable(analysis.graph.typeName(content)),
        uniform,
        growth: growth ? developmentMessage(growth) : oneSnapshot(care),
      },
    },
    fix: { id: analysis.graph.info.runtime === "v8" ? `cache.js.fix-${sort}` : `cache.fix-${sort}`, arguments: {} },
    count: entries.count,
    bytes,
    objects: [node],
    fingerprint: fingerprint("unbounded-cache", holder.where, holder.name),
    ...(holder.location && { location: holder.location }),
    ...(holder.anchor && { anchor: holder.anchor }),
    path: rootPaths(analysis, node, 1)[0]?.steps ?? [],
    ...(growth && { growth: plainDevelopment(growth) }),
  };
}

/** What one snapshot can tell of growth. */
function oneSnapshot(care: Care | undefined): Message {
  if (!care) return { id: "cache.one-snapshot", arguments: {} };
  switch (care.kind) {
    case "taken-out": {
      const { file, line } = care.location;
      const name = file.split(/[\\/]/).at(-1) ?? file;
      return { id: "cache.taken-out", arguments: { file: printable(name), line: String(line) } };
    }
    case "filled-once":
      return { id: "cache.filled-once", arguments: {} };
    default:
      return { id: `cache.by-${care.kind}`, arguments: { name: printable(care.name) } };
  }
}

/** True where it is most likely no leak: what is taken care of is one only where it is a large part of the heap. */
function isCaredFor({ ownership }: Analysis, care: Care | undefined, bytes: number): boolean {
  if (care === undefined) return false;
  const isLarge = bytes >= ownership.retained[ownership.aliveRoot] * LARGE_SHARE;
  return care.kind === "class" || care.kind === "filled-once" || !isLarge;
}

/** Of functions in containers other rules tell. */
function holdsCallbacks({ commonType, commonCount, count }: Entries): boolean {
  return commonType === "Function" && commonCount >= count * UNIFORM_SHARE;
}

/**
 * Two snapshots can be taken while something fills up. From three on it shows: what does not grow is no leak. What the
 * standard library keeps may have a bound of its own.
 */
function severityOf(growth: Development | undefined, { location }: Holder, isTable: boolean): Severity {
  const isKnown = growth !== undefined && growth.counts.length >= MANY_SNAPSHOTS;
  if (growth?.grows) return isKnown && !isStandardLibrary(location?.file ?? "") ? "error" : "warning";
  return isKnown || isTable ? "info" : "warning";
}
