import type { HeapGraph, NodeIndex } from "../../heap/HeapGraph.js";
import { LabelSort, labelSort } from "../../heap/labels.js";
import { isTraversed } from "../edges.js";
import { isAttribute } from "./labels.js";

/**
 * The callback of a weak reference or proxy: its `__callback__`, or where that name is not known (proxies, and all
 * before 3.4) the last reference without a name. A subclass's instance, such as `weakref.KeyedRef`, refers to slots, a
 * dict and its type besides, and visits what the base type holds after these (subtype_traverse, Objects/typeobject.c).
 * @returns undefined where it has none; a dead reference has none any more once the callback was called
 */
export function callbackOf(graph: HeapGraph, weakref: NodeIndex): NodeIndex | undefined {
  const { firstEdge, edgeTo, edgeLabel } = graph.columns;
  const isCallback = isAttribute(graph, "__callback__");
  let unnamed: NodeIndex | undefined;
  for (let e = firstEdge[weakref]; e < firstEdge[weakref + 1]; e++) {
    if (!isTraversed(graph, e)) continue;
    const label = edgeLabel[e];
    if (labelSort(label) === LabelSort.internal) unnamed = edgeTo[e];
    else if (isCallback(label)) return edgeTo[e];
  }
  return unnamed;
}
