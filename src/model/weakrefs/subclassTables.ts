import type { HeapGraph, NodeIndex } from "../../heap/HeapGraph.js";
import { Kind } from "../../heap/kinds.js";
import { LabelSort, labelPayload, labelSort } from "../../heap/labels.js";
import { isStrong } from "../edges.js";
import { callbackOf } from "./callback.js";
import { isAttribute } from "./labels.js";

/**
 * The tables in which classes keep weak references to their subclasses (`tp_subclasses`: a dict by address, in 2.7 a
 * list). That of a static type is held by the interpreter alone, where the capture can't name it; it is known by what it
 * holds: plain weak references and nothing else.
 *
 * A class that dies takes itself out of the tables, so what is in them is never dead: a reference to nothing leads to a
 * static type that is in no snapshot.
 * @param isWeak one byte a node, 1 for weak references
 */
export function subclassTables(graph: HeapGraph, isWeak: Uint8Array): ReadonlySet<NodeIndex> {
  const { firstEdge, edgeTo, edgeLabel, kind } = graph.columns;
  const isTableLabel = isAttribute(graph, "__subclasses__");
  const held = new Uint8Array(graph.nodeCount);
  const tables = new Set<NodeIndex>();
  for (let node = 0; node < graph.nodeCount; node++) {
    for (let e = firstEdge[node]; e < firstEdge[node + 1]; e++) {
      if (isStrong(graph, e)) held[edgeTo[e]] = 1;
      if (kind[node] === Kind.type && isTableLabel(edgeLabel[e])) tables.add(edgeTo[e]);
    }
  }
  for (let node = 0; node < graph.nodeCount; node++) {
    const isTable = kind[node] === Kind.dict || kind[node] === Kind.list;
    if (held[node] === 0 && isTable && holdsWeakReferences(graph, isWeak, node)) tables.add(node);
  }
  return tables;
}

/** True where all elements, or all values under numbers, are weak references without a callback. */
function holdsWeakReferences(graph: HeapGraph, isWeak: Uint8Array, table: NodeIndex): boolean {
  const { firstEdge, edgeTo, edgeLabel, kind } = graph.columns;
  let entries = 0;
  for (let e = firstEdge[table]; e < firstEdge[table + 1]; e++) {
    const sort = labelSort(edgeLabel[e]);
    if (sort === LabelSort.keyOf) continue;
    const byNumber = sort === LabelSort.nodeKey && kind[labelPayload(edgeLabel[e])] === Kind.number;
    if (!byNumber && sort !== LabelSort.index) return false;
    if (isWeak[edgeTo[e]] === 0 || callbackOf(graph, edgeTo[e]) !== undefined) return false;
    entries++;
  }
  return entries > 0;
}
