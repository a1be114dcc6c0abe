import { type Cache, findCaches, LISTED } from "../../detect/caches.js";
import type { Development } from "../../detect/Finding.js";
import type { GrowthRow } from "../../detect/growth/compare.js";
import { cacheOfPlace, containersAt } from "../../detect/growth/findings.js";
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
  // What grows is told of also where it is small, and several containers at one place together.
  const growing = series.last === session ? series.growth.containers.filter(({ grows, last }) => grows && last) : [];
  const together = [...containersAt(analysis, session.places, growing)].flatMap(([place, nodes]) =>
    nodes.length === 0 ? [] : [{ nodes, cache: cacheOfPlace(analysis, session.places, place, nodes) }],
  );
  const known = new Set(found.filter(({ growth }) => growth).map(({ id }) => id));
  const small = together
    .filter(({ cache }) => !known.has(graph.idText(cache.node)))
    .map(({ cache }) => cacheRow(session, cache, rows, sources));
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
  // The row is of all containers at the place, of which this can be one; and of all snapshots.
  const isWhole = row?.counts.includes(entries.count) === true;
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
    ...(row && isWhole && { growth: plainDevelopment(row) }),
  };
}
