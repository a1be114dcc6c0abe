import { printable } from "../../heap/names.js";
import type { Analysis } from "../../model/Analysis.js";
import { rootPaths } from "../../model/paths.js";
import { isStandardLibrary } from "../../model/source.js";
import { type Cache, findCaches } from "../caches.js";
import { developmentMessage, plainDevelopment, slopeText } from "../development.js";
import { type Detector, type Development, type Finding, fingerprint, type Severity } from "../Finding.js";
import type { Holder } from "../holders.js";
import type { Message } from "../messages.js";

const UNIFORM_SHARE = 0.9;
// From so many snapshots on it shows that growth goes on.
const MANY_SNAPSHOTS = 3;

/** Containers with many entries that stay for good and have no bound. From one snapshot they are suspects, no more. */
export const unboundedCache: Detector = {
  rule: "unbounded-cache",
  detect: (analysis) =>
    findCaches(analysis)
      .filter(({ bound }) => bound === undefined)
      .map((cache) => cacheFinding(analysis, cache)),
};

/** The finding for a container; with a development over snapshots it says how that was. */
export function cacheFinding(
  analysis: Analysis,
  { node, content, sort, entries, bytes, holder, isTable }: Cache,
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
    severity: severityOf(growth, holder, isTable),
    title: { id, arguments: { ...shared, what, ...(grown && { slope: slopeText(growth.slope) }) } },
    why: {
      id: "cache.why",
      arguments: {
        sole: entries.sole,
        entries: entries.count,
        share: Math.round((100 * entries.sole) / Math.max(1, entries.count)),
        type: printable(analysis.graph.typeName(content)),
        uniform,
        growth: growth ? developmentMessage(growth) : { id: "cache.one-snapshot", arguments: {} },
      },
    },
    fix: { id: `cache.fix-${sort}`, arguments: {} },
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

/**
 * Two snapshots can be taken while something fills up. From three on it shows: what does not grow is no leak. What the
 * standard library keeps may have a bound of its own.
 */
function severityOf(growth: Development | undefined, { location }: Holder, isTable: boolean): Severity {
  const isKnown = growth !== undefined && growth.counts.length >= MANY_SNAPSHOTS;
  if (growth?.grows) return isKnown && !isStandardLibrary(location?.file ?? "") ? "error" : "warning";
  return isKnown || isTable ? "info" : "warning";
}
