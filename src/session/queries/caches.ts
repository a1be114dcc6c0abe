import { cacheAt, type Cache, CACHE_KINDS, findCaches, LISTED } from "../../detect/caches.js";
import type { Development } from "../../detect/Finding.js";
import type { GrowthRow } from "../../detect/growth/compare.js";
import { plainDevelopment } from "../../detect/development.js";
import type { SourceLocation } from "../../heap/HeapGraph.js";
import { printable } from "../../heap/names.js";
import type { Series } from "../Series.js";
import type { Session } from "../Session.js";
import { SourceFiles } from "../SourceFiles.js";

/** A container that is held for good. */
export interface CacheRow {
  /** As a programmer would write it: `app.CACHE`. */
  readonly name: string;
  readonly id: string;
  /** The container's type; of functools.lru_cache the wrapper's. */
  readonly type: string;
  readonly entries: number;
  /** Entries whose values nothing else keeps alive: they are there for the container alone. */
  readonly idle: number;
  /** `idle` as a share of the entries, 0 to 1. */
  readonly idleShare: number;
  /** The type of most values, and how many values have it. */
  readonly commonType: string;
  readonly commonCount: number;
  /** Bytes that only the container keeps. */
  readonly bytes: number;
  /** The number of entries at which it is full and what says so, where that is known. */
  readonly bound: { readonly limit: number; readonly by: string } | null;
  readonly location?: SourceLocation;
  /** Its entries over the snapshots, where several were compared. */
  readonly growth?: Development;
}

/**
 * Containers with 10 entries and 4,000 bytes or more that stay for good under a name, most bytes first; bounded ones
 * too. Over several snapshots those that grow come first.
 */
export function caches(session: Session, series?: Series): CacheRow[] {
  const { analysis, graph } = session;
  const sources = new SourceFiles(graph);
  const rows = new Map((series?.growth.containers ?? []).map((row) => [row.key, row]));
  const found = findCaches(analysis, LISTED).map((cache) => cacheRow(session, cache, rows, sources));
  if (!series) return found;
  const known = new Set(found.map(({ id }) => id));
  // What grows is told of also where it is small. Objects of the rows are those of the newest snapshot.
  const growing = series.last === session ? series.growth.containers : [];
  const small = growing.flatMap((row) => {
    if (!row.grows || !row.last || !CACHE_KINDS.has(graph.columns.kind[row.last.example])) return [];
    const cache = cacheAt(analysis, row.last.example);
    return cache && !known.has(graph.idText(cache.node)) ? [cacheRow(session, cache, rows, sources)] : [];
  });
  const grows = ({ growth }: CacheRow) => Number(growth?.grows === true);
  return [...found, ...small].sort((a, b) => grows(b) - grows(a) || b.bytes - a.bytes);
}

function cacheRow(
  { graph, places }: Session,
  { node, content, entries, bytes, holder, bound }: Cache,
  rows: ReadonlyMap<string, GrowthRow>,
  sources: SourceFiles,
): CacheRow {
  const location = holder.location && sources.refine(holder.location, holder.anchor);
  const place = rows.size > 0 ? places.of(content) : -1;
  const row = place < 0 ? undefined : rows.get(places.name(place));
  return {
    name: printable(holder.name),
    id: graph.idText(node),
    type: printable(graph.typeName(node)),
    entries: entries.count,
    idle: entries.sole,
    idleShare: entries.count === 0 ? 0 : entries.sole / entries.count,
    commonType: printable(entries.commonType),
    commonCount: entries.commonCount,
    bytes,
    bound: bound ?? null,
    ...(location && { location }),
    ...(row && { growth: plainDevelopment(row) }),
  };
}
