import type { EdgeIndex, HeapGraph, NodeIndex } from "../heap/HeapGraph.js";
import { Kind } from "../heap/kinds.js";
import { LabelSort, labelPayload, labelSort } from "../heap/labels.js";
import type { Analysis } from "./Analysis.js";
import type { KnownCode } from "./simulation/events.js";
import { callbackOf, isAttribute, libraryCallback, libraryEntry } from "./weakrefs/index.js";
import { withCompanions } from "./whatif/cutEdges.js";

const LOCAL = /^_?thread\._local$/;

/** What code of the interpreter and its library does to the heap when objects die. */
export function knownCode(analysis: Analysis): KnownCode {
  const py3 = analysis.graph.info.version[0] === 3;
  const { kind } = analysis.graph.columns;
  return {
    callback: (weakref) => containerEntry(analysis, weakref),
    entries: (node) => (py3 && kind[node] === Kind.type ? subclassEntries(analysis, node) : []),
    held: (node) => {
      if (kind[node] === Kind.type) return py3 ? unseenEntries(analysis, node) : [];
      return LOCAL.test(analysis.graph.typeName(node)) ? localCallbacks(analysis, node) : [];
    },
  };
}

/** The references of a weak container that its callback drops. */
function containerEntry(analysis: Analysis, weakref: NodeIndex): readonly EdgeIndex[] | undefined {
  const library = libraryCallback(analysis.graph, weakref);
  if (library === undefined) return undefined;
  const entry = libraryEntry(analysis, weakref, library);
  // A collection clears the weak references to all its garbage before it calls anything.
  const isGone = analysis.simulation.isDead(library.owner) || !analysis.simulation.refers(library.selfReference);
  if (entry === undefined || library.deferred || isGone) return [];
  const { container: from, kind } = library;
  if (kind === "value-dict")
    return withCompanions(analysis.graph, [{ from, edge: entry.edge }]).map(({ edge }) => edge);
  return entry.valueEdge === undefined ? [entry.edge] : [entry.edge, entry.valueEdge];
}

/** A type's weak references without callback in dicts under the type's own address as key. */
function subclassEntries({ graph, strong, referrers, simulation }: Analysis, type: NodeIndex): EdgeIndex[] {
  const { kind, id, edgeLabel } = graph.columns;
  const found: EdgeIndex[] = [];
  for (const weakref of simulation.weakrefs.of(type)) {
    if (callbackOf(graph, weakref) !== undefined) continue;
    for (let r = referrers.first[weakref]; r < referrers.first[weakref + 1]; r++) {
      const edge = strong.edge[referrers.edge[r]];
      const label = edgeLabel[edge];
      if (kind[referrers.to[r]] !== Kind.dict || labelSort(label) !== LabelSort.nodeKey) continue;
      if (graph.numbers.get(labelPayload(label)) === id[type]) found.push(edge);
    }
  }
  return found;
}

/**
 * The same in tables that are not in the heap, as those of frozen and of some static types are: held once, from
 * outside, where not each base's table is seen.
 */
function unseenEntries(analysis: Analysis, type: NodeIndex): NodeIndex[] {
  const { graph, references, simulation } = analysis;
  if (subclassEntries(analysis, type).length >= basesOf(graph, type)) return [];
  return Array.from(simulation.weakrefs.of(type)).filter(
    (weakref) => references.outside[weakref] === 1 && callbackOf(graph, weakref) === undefined,
  );
}

/** How many bases a type has: the length of `__bases__`, or 1 where that is not in the heap. */
function basesOf(graph: HeapGraph, type: NodeIndex): number {
  const { firstEdge, edgeTo, edgeLabel, kind } = graph.columns;
  const isBases = isAttribute(graph, "__bases__");
  for (let e = firstEdge[type]; e < firstEdge[type + 1]; e++) {
    const target = edgeTo[e];
    if (kind[target] === Kind.tuple && isBases(edgeLabel[e])) return firstEdge[target + 1] - firstEdge[target];
  }
  return 1;
}

/** The callback of its own that a threading.local holds (Modules/_threadmodule.c, wr_callback): not traversed. */
function localCallbacks({ graph, referrers, simulation }: Analysis, local: NodeIndex): NodeIndex[] {
  const { kind } = graph.columns;
  const found: NodeIndex[] = [];
  for (const weakref of simulation.weakrefs.of(local)) {
    for (let r = referrers.first[weakref]; r < referrers.first[weakref + 1]; r++) {
      if (kind[referrers.to[r]] === Kind.builtin) found.push(referrers.to[r]);
    }
  }
  return found;
}
