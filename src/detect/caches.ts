import type { NodeIndex } from "../heap/HeapGraph.js";
import { Kind } from "../heap/kinds.js";
import { LabelSort, labelSort, nameOfLabel } from "../heap/labels.js";
import type { Analysis } from "../model/Analysis.js";
import { isLibrary, isStandardLibrary } from "../model/source.js";
import { containerClassOf, entriesOf as v8EntriesOf } from "../model/v8/entries.js";
import { type Bound, boundOf } from "./bounds.js";
import { type Holder, holdersOf } from "./holders.js";
import { NO_SOURCES, type Sources } from "./Sources.js";
import { type Care, careOf } from "./v8/bounds.js";
import { holdsPlainData, v8Entries } from "./v8/entries.js";

const CACHE_KINDS: ReadonlySet<number> = new Set([Kind.dict, Kind.list, Kind.set, Kind.deque]);
const PLAIN: ReadonlySet<number> = new Set([Kind.str, Kind.bytes, Kind.number, Kind.none]);
/** With so large a share of the heap a few entries are enough. */
export const LARGE_SHARE = 0.05;
// A container that holds little beside another one is not told beside that.
const SAME_SHARE = 0.8;

/** What a container holds. */
export interface Entries {
  readonly count: number;
  /** Values that only the container keeps alive. */
  readonly sole: number;
  readonly commonType: string;
  readonly commonCount: number;
}

/** A container that stays for good and holds much. */
export interface Cache {
  /** The container, or the wrapper that functools.lru_cache has made. */
  readonly node: NodeIndex;
  /** The container itself. */
  readonly content: NodeIndex;
  readonly sort: "dict" | "list" | "set" | "function";
  readonly entries: Entries;
  /** Bytes that only it keeps. */
  readonly bytes: number;
  readonly holder: Holder;
  /** A library's, with nothing but texts and numbers in it: most likely a table. */
  readonly isTable: boolean;
  /** Why it can't grow further, where that is known. */
  readonly bound?: Bound;
  /** What speaks for it that it does not grow for ever, where a bound can't be read (V8). */
  readonly care?: Care;
}

/** What a container must have to be told of. */
export interface CacheLimits {
  /** Entries. */
  readonly entries: number;
  /** With a twentieth of the heap, so many entries are enough. */
  readonly fewEntries: number;
  /** Bytes that only it keeps, at least. */
  readonly bytes: number;
  /** And this share of the heap. */
  readonly heapShare: number;
  /** Share of its entries that nothing else keeps. */
  readonly soleShare: number;
}

/** What makes a container worth a finding. */
const SUSPECT: CacheLimits = { entries: 100, fewEntries: 8, bytes: 64_000, heapShare: 0.01, soleShare: 0.5 };

/** What makes a container worth a row in a list. */
export const LISTED: CacheLimits = { entries: 10, fewEntries: 8, bytes: 4000, heapShare: 0, soleShare: 0 };

/**
 * Containers with many entries that only they keep, held for good under a name; most bytes first. Those of the
 * standard library are left out: they are tables, or have a bound of their own (re, functools, linecache).
 */
export function findCaches(analysis: Analysis, limits: CacheLimits = SUSPECT, sources = NO_SOURCES): Cache[] {
  const { graph, ownership, roots, infrastructure } = analysis;
  const alive = ownership.retained[ownership.aliveRoot];
  const least = Math.max(limits.bytes, alive * limits.heapShare);
  const found: Cache[] = [];
  const named = new Set(graph.roots.map(({ node }) => node));
  for (let content = 0; content < graph.nodeCount; content++) {
    if (!isContainer(analysis, content) || infrastructure[content] === 1 || roots.isGarbage[content] === 1) continue;
    const bytes = ownership.retained[content];
    // An object of JavaScript's with a few large properties is no cache.
    const isObject = graph.columns.kind[content] === Kind.instance;
    const fewest = bytes < alive * LARGE_SHARE || isObject ? limits.entries : limits.fewEntries;
    // sys.modules, gc.garbage and the like are the interpreter's own.
    if (named.has(content) || bytes < least || !hasRoomFor(analysis, content, fewest)) continue;
    const entries = entriesOf(analysis, [content]);
    if (entries.count < fewest || entries.sole < entries.count * limits.soleShare) continue;
    const cache = cacheAt(analysis, content, entries, sources);
    if (cache && isInsideWeak(analysis, cache.holder)) continue;
    if (cache && !isStandardLibrary(cache.holder.location?.file ?? "")) found.push(cache);
  }
  return withoutRepeats(analysis, found).sort((a, b) => b.bytes - a.bytes);
}

/** True for what can be a cache. */
export function isContainer({ graph }: Analysis, node: NodeIndex): boolean {
  return graph.info.runtime === "v8"
    ? containerClassOf(graph, node) !== undefined
    : CACHE_KINDS.has(graph.columns.kind[node]);
}

/** False where a look at its edges is enough to see that it has fewer entries. */
function hasRoomFor({ graph }: Analysis, container: NodeIndex, entries: number): boolean {
  const { firstEdge } = graph.columns;
  const elsewhere = graph.info.runtime === "v8" && ["Map", "Set"].includes(containerClassOf(graph, container) ?? "");
  return elsewhere || firstEdge[container + 1] - firstEdge[container] >= entries;
}

/** A container as a cache, whatever it holds; undefined where it is not held for good. */
export function cacheAt(
  analysis: Analysis,
  content: NodeIndex,
  entries: Entries = entriesOf(analysis, [content]),
  sources: Sources = NO_SOURCES,
): Cache | undefined {
  const { graph, ownership } = analysis;
  const isV8 = graph.info.runtime === "v8";
  const wrapper = wrapperOf(analysis, content);
  const node = wrapper ?? content;
  const held = holdersOf(analysis).of(node);
  const holder = held && wrapper !== undefined ? atFunction(analysis, held, wrapper) : held;
  if (!holder) return undefined;
  const bound = boundOf(analysis, { node, entries: entries.count, values: entries.commonType, holder });
  const sort = wrapper !== undefined ? "function" : sortOf(graph.columns.kind[content]);
  const holdsPlain = isV8 ? holdsPlainData : holdsPlainValues;
  const isTable = isLibrary(holder.location?.file ?? "") && holdsPlain(analysis, content);
  const bytes = ownership.retained[content];
  const care = isV8 && !bound ? careOf(analysis, holder, sources) : undefined;
  return { node, content, sort, entries, bytes, holder, isTable, ...(bound && { bound }), ...(care && { care }) };
}

// A thing in it goes when nothing else keeps it.
const WEAK_CONTAINER = /^(weakref|_weakrefset)\.Weak(Set|KeyDictionary|ValueDictionary)$/;

/** True for the container that a weak container keeps its weak references in. */
function isInsideWeak({ graph }: Analysis, { name, namespaces }: Holder): boolean {
  return name.endsWith(".data") && namespaces.some((node) => WEAK_CONTAINER.test(graph.typeName(node)));
}

function holdsPlainValues({ graph }: Analysis, container: NodeIndex): boolean {
  const { firstEdge, edgeTo, kind } = graph.columns;
  const isPlain = (node: NodeIndex): boolean => PLAIN.has(kind[node]);
  for (let e = firstEdge[container]; e < firstEdge[container + 1]; e++) {
    const to = edgeTo[e];
    const parts = edgeTo.subarray(firstEdge[to], firstEdge[to + 1]);
    if (!isPlain(to) && !(kind[to] === Kind.tuple && parts.every((part) => isPlain(part) || kind[part] === Kind.tuple)))
      return false;
  }
  return true;
}

/** What a container is like, by its kind. */
export function sortOf(kind: number): "dict" | "list" | "set" {
  // A plain object of JavaScript's is a dict by the way it is used.
  return kind === Kind.dict || kind === Kind.instance ? "dict" : kind === Kind.set ? "set" : "list";
}

/** The wrapper whose results a dict holds, if functools.lru_cache has made it. */
function wrapperOf({ graph, referrers, strong }: Analysis, dict: NodeIndex): NodeIndex | undefined {
  for (let r = referrers.first[dict]; r < referrers.first[dict + 1]; r++) {
    const label = graph.columns.edgeLabel[strong.edge[referrers.edge[r]]];
    const isCache = nameOfLabel(graph, label, LabelSort.attribute) === "cache";
    if (isCache && graph.typeName(referrers.to[r]).endsWith("_lru_cache_wrapper")) return referrers.to[r];
  }
  return undefined;
}

/** The holder of a wrapper, with the line of the function whose results it keeps. */
function atFunction({ graph }: Analysis, { anchor: _, ...holder }: Holder, wrapper: NodeIndex): Holder {
  const { firstEdge, edgeTo, kind } = graph.columns;
  for (let e = firstEdge[wrapper]; e < firstEdge[wrapper + 1]; e++) {
    const location = kind[edgeTo[e]] === Kind.function ? graph.location(edgeTo[e]) : undefined;
    if (location) return { ...holder, location };
  }
  return holder;
}

/** True for a reference to an entry: a dict subclass's own attributes and its hold on the keys are none. */
export function isEntry(label: number): boolean {
  const sort = labelSort(label);
  return sort !== LabelSort.keyOf && sort !== LabelSort.attribute;
}

/** How many entries a container has. */
export function entryCount({ graph }: Analysis, container: NodeIndex): number {
  let count = 0;
  if (graph.info.runtime === "v8") {
    for (const _ of v8EntriesOf(graph, container)) count++;
    return count;
  }
  const { firstEdge, edgeLabel } = graph.columns;
  for (let e = firstEdge[container]; e < firstEdge[container + 1]; e++) if (isEntry(edgeLabel[e])) count++;
  return count;
}

/** What containers hold, together. */
export function entriesOf(analysis: Analysis, containers: readonly NodeIndex[]): Entries {
  const { graph, ownership } = analysis;
  if (graph.info.runtime === "v8") return v8Entries(analysis, containers);
  const { firstEdge, edgeTo, edgeLabel } = graph.columns;
  let count = 0;
  let sole = 0;
  const types = new Map<string, number>();
  for (const node of containers) {
    for (let e = firstEdge[node]; e < firstEdge[node + 1]; e++) {
      if (!isEntry(edgeLabel[e])) continue;
      count++;
      if (ownership.idom[edgeTo[e]] === node) sole++;
      const type = graph.typeName(edgeTo[e]);
      types.set(type, (types.get(type) ?? 0) + 1);
    }
  }
  const [commonType, commonCount] = [...types].sort((a, b) => b[1] - a[1])[0] ?? ["", 0];
  return { count, sole, commonType, commonCount };
}

/**
 * Of two containers of which the outer one keeps the inner one: the inner one if that is nearly all of the outer one,
 * else the outer one.
 */
function withoutRepeats({ graph, ownership }: Analysis, caches: readonly Cache[]): Cache[] {
  const byNode = new Map(caches.flatMap((cache) => [cache.node, cache.content].map((node) => [node, cache] as const)));
  const left = new Set(caches);
  for (const inner of caches) {
    let node = ownership.idom[inner.node];
    while (node < graph.nodeCount) {
      const outer = byNode.get(node);
      if (outer && outer !== inner) {
        left.delete(inner.bytes >= SAME_SHARE * outer.bytes ? outer : inner);
        break;
      }
      node = ownership.idom[node];
    }
  }
  return [...left];
}
