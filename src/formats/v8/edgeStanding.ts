import { EdgeKind, EDGE_KIND_MASK, Standing, STANDING_MASK } from "../../heap/kinds.js";
import { labelPayload, LabelSort, labelSort } from "../../heap/labels.js";
import type { BytesStringTable } from "../../heap/StringTable.js";
import { EPHEMERON, ephemeronOf, V8_EDGE_SHIFT, V8Edge } from "../../heap/v8.js";
import type { EdgeTable, NodeTable } from "./tables.js";

/**
 * Makes the root's shortcuts edges of their own: they alone say which objects are the program's globals.
 */
export function keepRootShortcuts(nodes: NodeTable, edges: EdgeTable, root: number): void {
  for (let e = nodes.firstEdge[root]; e < nodes.firstEdge[root + 1]; e++) {
    if (edges.edgeClass[e] >> V8_EDGE_SHIFT !== V8Edge.shortcut) continue;
    edges.edgeClass[e] = (V8Edge.shortcut << V8_EDGE_SHIFT) | EdgeKind.strong | Standing.traversed;
  }
}

/**
 * Marks the edges of entries of WeakMaps. An entry has two, from its key and from the table, and either alone does not
 * keep the value: that of the key is taken to, as DevTools does, and that of the table is not.
 */
export function markEphemerons(nodes: NodeTable, edges: EdgeTable, strings: BytesStringTable): void {
  // By string index: the id of the table that the name tells, or 0. Every edge is looked up.
  const tables = new Float64Array(strings.count);
  let found = false;
  for (const index of strings.containing(EPHEMERON)) {
    const name = ephemeronOf(strings.get(index));
    if (name) tables[index] = name.table;
    found ||= name !== undefined;
  }
  if (!found) return;
  const { firstEdge, id } = nodes;
  const { edgeClass, label } = edges;
  for (let node = 0; node < id.length; node++) {
    for (let e = firstEdge[node]; e < firstEdge[node + 1]; e++) {
      if (edgeClass[e] >> V8_EDGE_SHIFT !== V8Edge.internal || labelSort(label[e]) !== LabelSort.internalName) continue;
      const table = tables[labelPayload(label[e])];
      if (table === 0) continue;
      const standing = table === id[node] ? Standing.none : Standing.traversed;
      edgeClass[e] = (edgeClass[e] & ~(EDGE_KIND_MASK | STANDING_MASK)) | EdgeKind.ephemeron | standing;
    }
  }
}
