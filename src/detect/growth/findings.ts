import type { NodeIndex } from "../../heap/HeapGraph.js";
import { Kind } from "../../heap/kinds.js";
import type { Analysis } from "../../model/Analysis.js";
import { type Cache, cacheAt, entriesOf, isContainer, sortOf } from "../caches.js";
import { developmentMessage, plainDevelopment } from "../development.js";
import type { Development, Finding } from "../Finding.js";
import type { Holder } from "../holders.js";
import { surplusFinding } from "../rules/refcountSurplus.js";
import { cacheFinding } from "../rules/unboundedCache.js";
import { surplusOf } from "../surplus.js";
import { retainedTogether, targetOfKind } from "../together.js";
import type { Growth, GrowthRow } from "./compare.js";
import type { Places } from "./places.js";
import { trendOf } from "./trend.js";

// What grows by less is not worth a finding of its own.
const LEAST_ENTRIES = 10;
const LEAST_BYTES = 1000;
const NOWHERE = -1;

/** How often each finding of a snapshot occurs, by fingerprint. */
export type FoundCounts = ReadonlyMap<string, number>;

/** The counts of findings, for a comparison with later snapshots. */
export function countsOf(findings: readonly Finding[]): FoundCounts {
  return new Map(findings.map((found) => [found.fingerprint, found.count]));
}

/**
 * Findings of the last of several snapshots, with how each developed; and what shows by its growth alone: containers
 * that grow, and references that nothing explains. Most bytes first.
 * @param earlier findings of the snapshots before, the oldest first
 */
export function findGrowth(
  analysis: Analysis,
  findings: readonly Finding[],
  places: Places,
  growth: Growth,
  earlier: readonly FoundCounts[],
): Finding[] {
  const rows = new Map([...growth.families, ...growth.surpluses].map((row) => [row.key, row]));
  const grown = grownContainers(analysis, places, growth.containers);
  const surpluses = grownSurpluses(analysis, growth.surpluses);
  const told = new Set([...grown, ...surpluses].map(({ fingerprint }) => fingerprint));
  const rest = findings.flatMap((found) => {
    if (told.has(found.fingerprint)) return [];
    if (found.rule === "unbounded-cache") return [cacheDeveloped(analysis, found, places, growth.containers)];
    const row = rows.get(found.fingerprint);
    const development =
      row ??
      developmentOf(
        earlier.map((counts) => counts.get(found.fingerprint)),
        found.count,
      );
    return [development ? developed(found, development) : found];
  });
  return [...rest, ...grown, ...surpluses].sort((a, b) => b.bytes - a.bytes);
}

/** Unknown where a snapshot before does not tell of it: there it may have been below what is worth a finding. */
function developmentOf(before: readonly (number | undefined)[], now: number): Development | undefined {
  const known = before.flatMap((count) => count ?? []);
  if (known.length < before.length) return undefined;
  const counts = [...known, now];
  return { counts, ...trendOf(counts) };
}

function developed(found: Finding, development: Development): Finding {
  const growth = plainDevelopment(development);
  return {
    ...found,
    why: { id: "growth.with", arguments: { why: found.why, development: developmentMessage(growth) } },
    growth,
  };
}

/** A suspect of the last snapshot that does not grow, or is bounded by what it is kept in. */
function cacheDeveloped(analysis: Analysis, found: Finding, places: Places, rows: readonly GrowthRow[]): Finding {
  const [node] = found.objects;
  // functools.lru_cache keeps its results in a dict of the wrapper.
  const content = isContainer(analysis, node) ? node : targetOfKind(analysis, node, Kind.dict);
  const place = content === undefined ? NOWHERE : places.of(content);
  const name = place === NOWHERE ? undefined : places.name(place);
  const row = name === undefined ? undefined : rows.find(({ key }) => key === name);
  const cache = row && content !== undefined ? cacheAt(analysis, content) : undefined;
  return row && cache ? cacheFinding(analysis, cache, row) : found;
}

function grownContainers(analysis: Analysis, places: Places, rows: readonly GrowthRow[]): Finding[] {
  const growing = rows.filter(isWorthTelling);
  const nodesAt = containersAt(analysis, places, growing);
  const placeOf = new Map([...nodesAt.keys()].map((place) => [places.name(place), place]));
  const grown = growing.flatMap((row) => {
    const place = placeOf.get(row.key);
    const nodes = place === undefined ? [] : nodesAt.get(place)!;
    if (place === undefined || nodes.length === 0 || hasGrowingOwner(places, place, nodesAt)) return [];
    const cache = cacheOfPlace(analysis, places, place, nodes);
    // What a weak container holds is kept elsewhere, and told there.
    const isWeak = /^weakref(\.|$)/.test(cache.entries.commonType);
    return !cache.bound && !isWeak ? [{ row, cache }] : [];
  });
  // A container inside another one that is told, by another name.
  const { graph, ownership } = analysis;
  const contents = new Set(grown.map(({ cache }) => cache.content));
  const isInner = (node: NodeIndex) => {
    for (let at = ownership.idom[node]; at < graph.nodeCount; at = ownership.idom[at])
      if (contents.has(at)) return true;
    return false;
  };
  const outer = grown.filter(({ cache }) => !isInner(cache.node));
  return outer.map(({ row, cache }) => cacheFinding(analysis, cache, row));
}

/** The containers at the places of some rows, by place. */
export function containersAt(
  analysis: Analysis,
  places: Places,
  rows: readonly GrowthRow[],
): ReadonlyMap<number, readonly NodeIndex[]> {
  const keys = new Set(rows.map(({ key }) => key));
  const found = new Map<number, NodeIndex[]>();
  if (keys.size === 0) return found;
  for (let place = 0; place < places.count; place++) if (keys.has(places.name(place))) found.set(place, []);
  for (let node = 0; node < analysis.graph.nodeCount; node++) {
    if (isContainer(analysis, node) && !places.isNamespace(node)) found.get(places.of(node))?.push(node);
  }
  return found;
}

function isWorthTelling({ grows, counts, bytes, last }: GrowthRow): boolean {
  const rise = (series: readonly number[]) => series[series.length - 1] - series[0];
  return grows && last !== undefined && (rise(counts) >= LEAST_ENTRIES || rise(bytes) >= LEAST_BYTES);
}

function hasGrowingOwner(places: Places, place: number, growing: ReadonlyMap<number, unknown>): boolean {
  for (let at = places.parent(place); at !== NOWHERE; at = places.parent(at)) if (growing.has(at)) return true;
  return false;
}

/** The containers at a place, as one. */
export function cacheOfPlace(analysis: Analysis, places: Places, place: number, nodes: readonly NodeIndex[]): Cache {
  const { graph } = analysis;
  const first = cacheAt(analysis, nodes[0]);
  if (first && nodes.length === 1) return first;
  const name = places.name(place);
  const holder = first ? { ...first.holder, name } : runningHolder(analysis, places, place);
  // An entry of an entry stands at the same place.
  const bytes = retainedTogether(analysis, nodes);
  return {
    node: nodes[0],
    content: nodes[0],
    sort: sortOf(graph.columns.kind[nodes[0]]),
    isTable: false,
    ...first,
    entries: entriesOf(analysis, nodes),
    bytes,
    holder,
  };
}

/** What a variable of a running function holds. */
function runningHolder({ graph }: Analysis, places: Places, place: number): Holder {
  const name = places.name(place);
  const location = graph.location(places.owner(place));
  const variable = /local variable (\w+)/.exec(name)?.[1];
  return {
    where: "running",
    name,
    location,
    namespaces: [],
    ...(variable !== undefined && { anchor: { kind: "variable" as const, name: variable } }),
  };
}

function grownSurpluses(analysis: Analysis, rows: readonly GrowthRow[]): Finding[] {
  const byType = new Map(rows.map((row) => [row.name, row]));
  return surplusOf(analysis).flatMap((surplus) => {
    const row = byType.get(surplus.type);
    return row?.grows ? [surplusFinding(analysis, surplus, row)] : [];
  });
}
