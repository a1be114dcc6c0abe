import type { EdgeIndex, HeapGraph, NodeIndex } from "../../heap/HeapGraph.js";
import { EDGE_KIND_MASK, EdgeKind, Flag } from "../../heap/kinds.js";
import { labelPayload, LabelSort, labelSort } from "../../heap/labels.js";
import { EPHEMERON, internalNameOf, V8Group } from "../../heap/v8.js";
import { isDocuments, rootOf } from "./roots.js";

/** The distance that DevTools begins to count with at what only the engine holds. */
export const SYSTEM_DISTANCE = 100_000_000;

/**
 * Edges from the nearest of the program's roots, which are at 1; what only the engine's own roots reach counts from
 * SYSTEM_DISTANCE on, or from 0 where the snapshot shows no root of the program's. -1 where nothing leads.
 *
 * As DevTools (JSHeapSnapshot.calculateDistances): weak edges are not followed, nor the links from descriptor arrays,
 * which can be another map's, nor a native context's map of functions, nor the first of the two edges to a WeakMap's
 * value, so that it is behind both.
 */
export function v8Distances(graph: HeapGraph): Int32Array {
  const { firstEdge, edgeTo, edgeClass } = graph.columns;
  const distance = new Int32Array(graph.nodeCount).fill(-1);
  const queue = new Uint32Array(graph.nodeCount);
  const ruleOf = skippingRules(graph);
  const isEarlier = earlierOfPairs(graph);
  // A byte a node, which most edges are told by: the greater column would be in no cache.
  const reached = new Uint8Array(graph.nodeCount);
  let length = 0;
  const add = (node: NodeIndex, far: number) => {
    reached[node] = 1;
    distance[node] = far;
    queue[length++] = node;
  };
  const search = () => {
    for (let i = 0; i < length; i++) {
      const node = queue[i];
      const next = distance[node] + 1;
      const end = firstEdge[node + 1];
      const skips = ruleOf(node);
      for (let e = firstEdge[node]; e < end; e++) {
        const target = edgeTo[e];
        if (reached[target] === 1) continue;
        const kind = edgeClass[e] & EDGE_KIND_MASK;
        if (kind === EdgeKind.weak || skips?.(e) || (kind === EdgeKind.ephemeron && isEarlier(e))) continue;
        add(target, next);
      }
    }
  };
  const root = rootOf(graph);
  for (let e = firstEdge[root]; e < firstEdge[root + 1]; e++) {
    const child = edgeTo[e];
    if (graph.hasFlag(child, Flag.synthetic) && !isDocuments(graph, child)) continue;
    if (reached[child] === 0) add(child, 1);
  }
  const hasUserRoots = length > 0;
  search();
  length = 0;
  add(root, hasUserRoots ? SYSTEM_DISTANCE : 0);
  search();
  return distance;
}

/** Which edges of a node are not followed, whatever they are called elsewhere; undefined for most nodes. */
function skippingRules(graph: HeapGraph): (node: NodeIndex) => ((edge: EdgeIndex) => boolean) | undefined {
  const { text, type, edgeLabel } = graph.columns;
  const typeNamed = (name: string) => graph.types.findIndex((one) => one.name === name);
  const [system, array] = [typeNamed(V8Group.system), typeNamed(V8Group.array)];
  const textsOf = (wanted: string) =>
    new Set(graph.strings.containing(wanted).filter((index) => graph.string(index) === wanted));
  const contexts = textsOf("system / NativeContext");
  const descriptors = textsOf("(map descriptors)");
  const isFunctionMap = (edge: EdgeIndex) => internalNameOf(graph, edgeLabel[edge]) === "sloppy_function_map";
  const isDescriptor = (edge: EdgeIndex) => {
    // Behind two fields come triples of key, type and descriptor.
    const index = labelSort(edgeLabel[edge]) === LabelSort.index ? labelPayload(edgeLabel[edge]) : NaN;
    return index >= 2 && index % 3 === 1;
  };
  return (node) => {
    if (type[node] === system) return contexts.has(text[node]) ? isFunctionMap : undefined;
    return type[node] === array && descriptors.has(text[node]) ? isDescriptor : undefined;
  };
}

/** Tells the first of the two edges to a WeakMap's value, in the order in which it is asked, from the second. */
function earlierOfPairs(graph: HeapGraph): (edge: EdgeIndex) => boolean {
  const pending = new Set<string>();
  return (edge) => {
    const name = graph.string(labelPayload(graph.columns.edgeLabel[edge]));
    const pair = name.slice(name.indexOf(EPHEMERON));
    if (pending.delete(pair)) return false;
    pending.add(pair);
    return true;
  };
}
