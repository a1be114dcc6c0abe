import { printable } from "../../heap/names.js";
import type { Analysis } from "../../model/Analysis.js";
import { rootPaths } from "../../model/paths.js";
import { type Cache, findCaches } from "../caches.js";
import { type Detector, type Finding, fingerprint } from "../Finding.js";
import type { Message } from "../messages.js";

const UNIFORM_SHARE = 0.9;

/** Containers with many entries that stay for good and have no bound. From one snapshot they are suspects, no more. */
export const unboundedCache: Detector = {
  rule: "unbounded-cache",
  detect: (analysis) =>
    findCaches(analysis)
      .filter(({ bound }) => bound === undefined)
      .map((cache) => suspect(analysis, cache)),
};

function suspect(analysis: Analysis, { node, content, sort, entries, bytes, holder, isTable }: Cache): Finding {
  const alike = entries.commonCount >= entries.count * UNIFORM_SHARE;
  const uniform: Message = {
    id: alike ? "cache.uniform" : "cache.mixed",
    arguments: { type: printable(entries.commonType) },
  };
  const name = printable(holder.name);
  const title: Message =
    sort === "function"
      ? { id: "cache.function-title", arguments: { name, entries: entries.count, bytes } }
      : {
          id: "cache.title",
          arguments: { name, entries: entries.count, bytes, what: { id: `cache.${sort}`, arguments: {} } },
        };
  return {
    rule: "unbounded-cache",
    severity: isTable ? "info" : "warning",
    title,
    why: {
      id: "cache.why",
      arguments: {
        sole: entries.sole,
        entries: entries.count,
        share: Math.round((100 * entries.sole) / entries.count),
        type: printable(analysis.graph.typeName(content)),
        uniform,
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
  };
}
