import type { HeapGraph, NodeIndex } from "../../heap/HeapGraph.js";
import { EDGE_KIND_MASK, EdgeKind, Flag } from "../../heap/kinds.js";
import { labelPayload, LabelSort, labelSort } from "../../heap/labels.js";
import { ephemeronOf, internalNameOf, V8Group } from "../../heap/v8.js";
import { isDocuments, rootOf } from "./essential.js";

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
  const isSkipped = skippedEdges(graph);
  let length = 0;
  const search = () => {
    for (let i = 0; i < length; i++) {
      const node = queue[i];
      const next = distance[node] + 1;
      const end = firstEdge[node + 1];
      for (let e = firstEdge[node]; e < end; e++) {
        const kind = edgeClass[e] & EDGE_KIND_MASK;
        if (kind === EdgeKind.weak || distance[edgeTo[e]] >= 0 || isSkipped(node, e)) continue;
        distance[edgeTo[e]] = next;
        queue[length++] = edgeTo[e];
      }
    }
  };
  const root = rootOf(graph);
  for (let e = firstEdge[root]; e < firstEdge[root + 1]; e++) {
    const child = edgeTo[e];
    if (graph.hasFlag(child, Flag.synthetic) && !isDocuments(graph, child)) continue;
    if (distance[child] < 0) queue[length++] = child;
    distance[child] = 1;
  }
  const hasUserRoots = length > 0;
  search();
  distance[root] = hasUserRoots ? SYSTEM_DISTANCE : 0;
  queue[0] = root;
  length = 1;
  search();
  return distance;
}

function skippedEdges(graph: HeapGraph): (node: NodeIndex, edge: number) => boolean {
  const { text, type, edgeClass, edgeLabel } = graph.columns;
  const typeNamed = (name: string) => graph.types.findIndex((one) => one.name === name);
  const [system, array] = [typeNamed(V8Group.system), typeNamed(V8Group.array)];
  const textsOf = (wanted: string) =>
    new Set(graph.strings.containing(wanted).filter((index) => graph.string(index) === wanted));
  const contexts = textsOf("system / NativeContext");
  const descriptors = textsOf("(map descriptors)");
  const pending = new Set<string>();
  return (node, edge) => {
    const label = edgeLabel[edge];
    if (type[node] === system && contexts.has(text[node])) {
      if (internalNameOf(graph, label) === "sloppy_function_map") return true;
    } else if (type[node] === array && descriptors.has(text[node])) {
      // Behind two fields come triples of key, type and descriptor.
      const index = labelSort(label) === LabelSort.index ? labelPayload(label) : NaN;
      return index >= 2 && index % 3 === 1;
    }
    if ((edgeClass[edge] & EDGE_KIND_MASK) !== EdgeKind.ephemeron) return false;
    const { pair } = ephemeronOf(graph.string(labelPayload(label)))!;
    if (pending.delete(pair)) return false;
    pending.add(pair);
    return true;
  };
}
