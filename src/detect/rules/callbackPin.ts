import type { NodeIndex } from "../../heap/HeapGraph.js";
import { Flag, Kind } from "../../heap/kinds.js";
import { printable } from "../../heap/names.js";
import type { Analysis } from "../../model/Analysis.js";
import { rootPaths } from "../../model/paths.js";
import { isStandardLibrary } from "../../model/source.js";
import { type Detector, type Finding, fingerprint } from "../Finding.js";
import { type Holder, holdersOf } from "../holders.js";
import { aliveOf, groupBy, isKeptBy, retainedTogether, targetOfKind } from "../together.js";

const MANY = 20;
const MIN_BYTES = 64_000;
// A callback's function has so many cells to look at.
const ASKED = 5000;
const WRAPPERS = 4;

/** An object that nothing but a callback keeps. */
interface Pinned {
  readonly callback: NodeIndex;
  readonly object: NodeIndex;
  readonly fn: NodeIndex | undefined;
}

/** Objects that only their bound methods, or closures over them, keep alive in a registry of callbacks. */
export const callbackPin: Detector = {
  rule: "callback-pin",
  detect(analysis) {
    const { graph } = analysis;
    const pinned = [...aliveOf(analysis, Kind.method)].flatMap((method): Pinned[] => {
      const fn = targetOfKind(analysis, method, Kind.function);
      const object = targetsOf(analysis, method).find((to) => graph.hasFlag(to, Flag.heapType) && to !== fn);
      if (object === undefined || !isPinned(analysis, object)) return [];
      return [{ callback: outermost(analysis, method), object, fn }];
    });
    for (const cell of aliveOf(analysis, Kind.cell)) {
      const object = targetsOf(analysis, cell).find((to) => graph.hasFlag(to, Flag.heapType));
      if (object === undefined || !isPinned(analysis, object)) continue;
      const callback = functionOf(analysis, cell);
      if (callback !== undefined) pinned.push({ callback, object, fn: callback });
    }
    const holders = holdersOf(analysis);
    const placed = pinned.slice(0, ASKED).flatMap((one) => {
      const holder = holders.of(one.callback);
      const place = holder?.name.replace(/\['[^\]]*'\]/g, "[…]");
      return isRegistry(analysis, one, holder) ? [{ ...one, holder, place: place ?? "" }] : [];
    });
    const groups = groupBy(placed, ({ place, object }) => `${place} ${graph.typeName(object)}`);
    return [...groups.values()].flatMap((group): Finding[] => {
      const objects = [...new Set(group.map(({ object }) => object))];
      const bytes = retainedTogether(analysis, objects);
      if (objects.length < MANY && (objects.length < 2 || bytes < MIN_BYTES)) return [];
      return [finding(analysis, group, objects, bytes)];
    });
  },
};

function targetsOf({ graph }: Analysis, node: NodeIndex): number[] {
  const { firstEdge, edgeTo } = graph.columns;
  return [...edgeTo.subarray(firstEdge[node], firstEdge[node + 1])];
}

/** True for what only methods and cells refer to, beside what it keeps itself. */
function isPinned(analysis: Analysis, object: NodeIndex): boolean {
  const { graph, referrers, references } = analysis;
  const { kind } = graph.columns;
  if (references.outside[object] > 0 || kind[object] === Kind.type || kind[object] === Kind.module) return false;
  let others = 0;
  for (let r = referrers.first[object]; r < referrers.first[object + 1]; r++) {
    const from = referrers.to[r];
    if (kind[from] === Kind.method || kind[from] === Kind.cell) others++;
    else if (!isKeptBy(analysis, from, object)) return false;
  }
  return others > 0;
}

/** What is registered where a method is wrapped: the lambda or the partial that alone refers to it. */
function outermost(analysis: Analysis, method: NodeIndex): NodeIndex {
  const { graph, referrers } = analysis;
  const { kind } = graph.columns;
  let at = method;
  for (let i = 0; i < WRAPPERS; i++) {
    if (referrers.first[at + 1] - referrers.first[at] !== 1) return at;
    const from = referrers.to[referrers.first[at]];
    const next = kind[from] === Kind.cell ? functionOf(analysis, from) : from;
    const isWrapper = kind[from] === Kind.cell || graph.typeName(from).endsWith("functools.partial");
    if (!isWrapper || next === undefined) return at;
    at = next;
  }
  return at;
}

/** The function that closes over a cell, if it is one alone. */
function functionOf({ graph, referrers }: Analysis, cell: NodeIndex): NodeIndex | undefined {
  const { kind } = graph.columns;
  for (let r = referrers.first[cell]; r < referrers.first[cell + 1]; r++) {
    const tuple = referrers.to[r];
    if (kind[tuple] !== Kind.tuple) continue;
    for (let q = referrers.first[tuple]; q < referrers.first[tuple + 1]; q++) {
      if (kind[referrers.to[q]] === Kind.function) return referrers.to[q];
    }
  }
  return undefined;
}

/** True where a callback is an entry of something that is kept for good, or is held by C code (atexit). */
function isRegistry(analysis: Analysis, { callback, object }: Pinned, holder: Holder | undefined): boolean {
  if (!holder) return analysis.references.outside[callback] > 0 && !isKeptBy(analysis, callback, object);
  if (isKeptBy(analysis, callback, object)) return false;
  return holder.where === "instance" || holder.where === "class" || holder.where === "module";
}

function finding(
  analysis: Analysis,
  group: readonly (Pinned & { readonly holder: Holder | undefined; readonly place: string })[],
  objects: readonly NodeIndex[],
  bytes: number,
): Finding {
  const { graph } = analysis;
  const [{ holder, place, fn, object, callback }] = group;
  const name = fn === undefined ? "method" : (graph.string(graph.columns.text[fn]).split(".").at(-1) ?? "");
  const own = fn === undefined ? undefined : graph.location(fn);
  const isUsers = holder?.location && !isStandardLibrary(holder.location.file);
  const location = isUsers ? holder.location : own;
  const type = printable(graph.typeName(object));
  return {
    rule: "callback-pin",
    severity: "warning",
    title: {
      id: holder ? "callbacks.title" : "callbacks.title-outside",
      arguments: { count: objects.length, type, place: printable(place), bytes },
    },
    why: { id: "callbacks.why", arguments: { type, name: printable(name) } },
    fix: { id: holder ? "callbacks.fix" : "callbacks.fix-outside", arguments: {} },
    count: objects.length,
    bytes,
    objects,
    fingerprint: fingerprint("callback-pin", place, type),
    ...(location && { location }),
    ...(isUsers && holder.anchor && { anchor: holder.anchor }),
    path: rootPaths(analysis, callback, 1)[0]?.steps ?? [],
  };
}
