import type { HeapGraph, NodeIndex } from "../../heap/HeapGraph.js";
import { Kind } from "../../heap/kinds.js";
import { LabelSort, labelPayload, labelSort } from "../../heap/labels.js";

/**
 * Visits an object's attributes: slots, inline values and members, then the entries of its `__dict__`.
 * @param visit gets the string index of the name and the value; true ends the visit
 */
export function visitAttributes(
  graph: HeapGraph,
  node: NodeIndex,
  visit: (name: number, value: NodeIndex) => boolean | void,
): void {
  const { firstEdge, edgeTo, edgeLabel, kind } = graph.columns;
  let dict: NodeIndex | undefined;
  for (let e = firstEdge[node]; e < firstEdge[node + 1]; e++) {
    if (labelSort(edgeLabel[e]) !== LabelSort.attribute) continue;
    const name = labelPayload(edgeLabel[e]);
    if (kind[edgeTo[e]] === Kind.dict && graph.string(name) === "__dict__") dict = edgeTo[e];
    else if (visit(name, edgeTo[e])) return;
  }
  if (dict === undefined) return;
  for (let e = firstEdge[dict]; e < firstEdge[dict + 1]; e++) {
    if (labelSort(edgeLabel[e]) === LabelSort.key && visit(labelPayload(edgeLabel[e]), edgeTo[e])) return;
  }
}

/** The value of an attribute of an object itself, not of its class; undefined where it has none. */
export function attributeOf(graph: HeapGraph, node: NodeIndex, name: string): NodeIndex | undefined {
  let found: NodeIndex | undefined;
  visitAttributes(graph, node, (index, value) => {
    if (graph.string(index) === name) found = value;
    return found !== undefined;
  });
  return found;
}

/** The value of a closure's variable, or undefined. */
export function closureVariable(graph: HeapGraph, closure: NodeIndex, name: string): NodeIndex | undefined {
  const { firstEdge, edgeTo, edgeLabel, kind } = graph.columns;
  for (let e = firstEdge[closure]; e < firstEdge[closure + 1]; e++) {
    const cells = edgeTo[e];
    if (kind[cells] !== Kind.tuple) continue;
    for (let c = firstEdge[cells]; c < firstEdge[cells + 1]; c++) {
      const cell = edgeTo[c];
      if (kind[cell] !== Kind.cell) continue;
      for (let v = firstEdge[cell]; v < firstEdge[cell + 1]; v++) {
        const label = edgeLabel[v];
        if (labelSort(label) === LabelSort.closure && graph.string(labelPayload(label)) === name) return edgeTo[v];
      }
    }
  }
  return undefined;
}
