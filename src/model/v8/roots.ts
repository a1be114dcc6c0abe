import type { HeapGraph, NodeIndex } from "../../heap/HeapGraph.js";
import { Flag } from "../../heap/kinds.js";
import { DOCUMENTS } from "../../heap/v8.js";

/** The node that V8 hangs everything under. */
export function rootOf(graph: HeapGraph): NodeIndex {
  return graph.roots.find(({ engine }) => engine === true)!.node;
}

/** True for the synthetic node of a page's documents. */
export function isDocuments(graph: HeapGraph, node: NodeIndex): boolean {
  return graph.hasFlag(node, Flag.synthetic) && graph.string(graph.columns.text[node]) === DOCUMENTS;
}
