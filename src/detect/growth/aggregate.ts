import { typeInfoName, type NodeIndex } from "../../heap/HeapGraph.js";
import type { Analysis } from "../../model/Analysis.js";
import { cycleSource, isLibrary } from "../../model/source.js";
import { entryCount, isContainer } from "../caches.js";
import { familyFingerprint } from "../cycles.js";
import { surplusFingerprint, surplusOf } from "../surplus.js";
import type { Places } from "./places.js";

/** What is counted over snapshots. */
export const AGGREGATES = ["containers", "types", "families", "sites", "surpluses"] as const;
export type AggregateSort = (typeof AGGREGATES)[number];

/** Objects that belong together in every snapshot of a process, whatever their addresses. */
export interface Aggregate {
  readonly name: string;
  /** Entries of containers, instances of a type, cycles of a family, objects of a site, unexplained references. */
  readonly count: number;
  /** Self sizes of instances and of a site's objects; what containers keep; a family's and what it pins; else 0. */
  readonly bytes: number;
  /** One of the objects. */
  readonly example: NodeIndex;
  /** Which family or site it is. */
  readonly index?: number;
}

/** A snapshot's aggregates by a key that is the same in every snapshot: a path, a type's name, a finding's fingerprint. */
export type Aggregates = Readonly<Record<AggregateSort, ReadonlyMap<string, Aggregate>>>;

class Tally {
  readonly map = new Map<string, { name: string; count: number; bytes: number; example: NodeIndex; index?: number }>();

  add(key: string, name: string, count: number, bytes: number, example: NodeIndex, index?: number): void {
    const known = this.map.get(key);
    if (known) {
      known.count += count;
      known.bytes += bytes;
    } else {
      this.map.set(key, { name, count, bytes, example, ...(index !== undefined && { index }) });
    }
  }
}

/**
 * What one snapshot holds, counted by container (by its path from a module, a class, a function or a frame), type,
 * family of cycles, allocation site, and references that nothing explains (by the type of their object). What is
 * garbage is counted with the families alone: how much of it there is depends on when the collector ran last.
 */
export function aggregate(analysis: Analysis, places: Places): Aggregates {
  return {
    containers: containers(analysis, places),
    types: types(analysis),
    families: families(analysis),
    sites: sites(analysis),
    surpluses: surpluses(analysis),
  };
}

function containers(analysis: Analysis, places: Places): Tally["map"] {
  const { graph, ownership } = analysis;
  const tally = new Tally();
  // By number first: there are many containers, and few places.
  const count = new Float64Array(places.count);
  const bytes = new Float64Array(places.count);
  const example = new Int32Array(places.count).fill(-1);
  for (let node = 0; node < graph.nodeCount; node++) {
    const place = places.of(node);
    if (place < 0 || !isContainer(analysis, node) || places.isNamespace(node)) continue;
    count[place] += entryCount(analysis, node);
    // An entry of an entry stands at the same place: its bytes are the outer one's already.
    const owner = ownership.idom[node];
    if (owner >= graph.nodeCount || places.of(owner) !== place) bytes[place] += ownership.retained[node];
    if (example[place] < 0) example[place] = node;
  }
  for (let place = 0; place < places.count; place++) {
    if (example[place] < 0) continue;
    const name = places.name(place);
    tally.add(name, name, count[place], bytes[place], example[place]);
  }
  return tally.map;
}

function types({ graph, roots }: Analysis): Tally["map"] {
  const { type, selfSize } = graph.columns;
  const count = new Float64Array(graph.types.length);
  const bytes = new Float64Array(graph.types.length);
  const example = new Uint32Array(graph.types.length);
  for (let node = 0; node < graph.nodeCount; node++) {
    if (roots.isGarbage[node] === 1) continue;
    count[type[node]]++;
    bytes[type[node]] += selfSize[node];
    example[type[node]] = node;
  }
  const tally = new Tally();
  graph.types.forEach((info, t) => {
    const name = typeInfoName(info);
    if (count[t] > 0) tally.add(name, name, count[t], bytes[t], example[t]);
  });
  return tally.map;
}

function families(analysis: Analysis): Tally["map"] {
  const { families: all, graph } = analysis;
  const tally = new Tally();
  all.forEach((family, index) => {
    const { garbage, cycles, bytes, pinned } = family;
    const { telling } = cycleSource(graph, cycles[0].members);
    const name = `${graph.nodeName(telling)}${garbage ? ", garbage" : ""}`;
    tally.add(familyFingerprint(analysis, family), name, cycles.length, bytes + pinned, telling, index);
  });
  return tally.map;
}

/** By the innermost call of the program's own code, else the innermost one. */
function sites({ graph, roots }: Analysis): Tally["map"] {
  const tally = new Tally();
  const { site, stacks } = graph.facts;
  if (!site || !stacks) return tally.map;
  const lines = stacks.map((stack) => {
    const place = stack.find(({ file }) => !isLibrary(file)) ?? stack[0];
    return place ? `${place.file}:${place.line}` : "?";
  });
  site.nodes.forEach((node, i) => {
    if (roots.isGarbage[node] === 1) return;
    const stack = site.values[i];
    tally.add(lines[stack], lines[stack], 1, graph.columns.selfSize[node], node, stack);
  });
  return tally.map;
}

function surpluses(analysis: Analysis): Tally["map"] {
  const tally = new Tally();
  for (const { type, surplus, most } of surplusOf(analysis)) {
    tally.add(surplusFingerprint(type), type, surplus, 0, most);
  }
  return tally.map;
}
