import type { HeapGraph, NodeIndex, SourceLocation } from "../../heap/HeapGraph.js";
import { sourceOf } from "../../model/source.js";
import type { SourceFiles } from "../SourceFiles.js";

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

/** A step with the source of its object: its own code, else its class. */
export interface LocatedStepRow extends StepRow {
  readonly location?: SourceLocation;
}

/** A step as the command line prints it, with the source of its object where that is known. */
export function locatedStepRow(
  graph: HeapGraph,
  step: { readonly label: string; readonly node: NodeIndex },
  sources: SourceFiles,
): LocatedStepRow {
  const known = sourceOf(graph, step.node);
  const location = known && sources.refine(known);
  return { ...stepRow(graph, step), ...(location && { location }) };
}
