import type { HeapGraph, NodeIndex } from "../../heap/HeapGraph.js";

/** A step of a path: how the object is reached from the one before (empty at first), and the object. */
export interface StepRow {
  readonly id: string;
  readonly label: string;
  readonly name: string;
}

/** A step as the command line prints it. */
export function stepRow(graph: HeapGraph, step: { readonly label: string; readonly node: NodeIndex }): StepRow {
  return { id: graph.idText(step.node), label: step.label, name: graph.nodeName(step.node) };
}
