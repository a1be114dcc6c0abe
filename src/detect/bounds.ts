import type { NodeIndex } from "../heap/HeapGraph.js";
import { Kind } from "../heap/kinds.js";
import { labelPayload, LabelSort, labelSort } from "../heap/labels.js";
import type { Analysis } from "../model/Analysis.js";
import type { Holder } from "./holders.js";

/** Why a container can't grow further: the number of entries at which it is full, and what says so. */
export interface Bound {
  readonly limit: number;
  /** `maxlen`, or the name of a number beside the container: `max_cached_results`. */
  readonly by: string;
}

// Names of numbers that say how large something may become.
const LIMIT = /(max|limit|size|capacity|bound|keep|length)/i;
// At most so far above its limit a container is that is emptied after it was exceeded.
const SLACK = 1.05;
/** Labels that are the name of what they lead to. */
const NAMED: ReadonlySet<LabelSort> = new Set([LabelSort.key, LabelSort.attribute, LabelSort.closure]);
// A limit that is far from being reached is none that can be seen at work.
const LEAST_FILLED = 0.5;

/**
 * The bound of a container: its own (`maxlen`, `maxsize`), or a number of the same class, object or module that is
 * called like one and that the entries have reached or are near to.
 */
export function boundOf(
  analysis: Analysis,
  { node, entries, values, holder }: { node: NodeIndex; entries: number; values: string; holder: Holder },
): Bound | undefined {
  const { facts } = analysis.graph;
  const own = facts.limit?.get(node);
  if (own !== undefined)
    return { limit: own, by: analysis.graph.columns.kind[node] === Kind.deque ? "maxlen" : "maxsize" };
  // A bounded cache of functools keeps its values in links, an unbounded one keeps the values.
  if (values === "functools._lru_list_elem") return { limit: entries, by: "maxsize" };
  if (analysis.graph.typeName(node).endsWith("_lru_cache_wrapper")) return undefined;
  for (const [name, number] of numbersBeside(analysis, holder.namespaces)) {
    if (LIMIT.test(name) && entries <= number * SLACK + 1 && entries >= number * LEAST_FILLED) {
      return { limit: number, by: name };
    }
  }
  return undefined;
}

/** Integers under a name in some namespaces: module and class dicts, objects and their dicts. */
function* numbersBeside(
  { graph }: Analysis,
  namespaces: readonly NodeIndex[],
): Generator<[name: string, value: number]> {
  const { firstEdge, edgeTo, edgeLabel, kind } = graph.columns;
  for (const namespace of namespaces) {
    for (let e = firstEdge[namespace]; e < firstEdge[namespace + 1]; e++) {
      if (kind[edgeTo[e]] !== Kind.number) continue;
      const label = edgeLabel[e];
      const name = NAMED.has(labelSort(label)) ? graph.string(labelPayload(label)) : undefined;
      const value = graph.numbers.get(edgeTo[e]);
      if (name !== undefined && value !== undefined && Number.isInteger(value)) yield [name, value];
    }
  }
}
