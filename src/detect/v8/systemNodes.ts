import type { NodeIndex } from "../../heap/HeapGraph.js";
import { V8Group } from "../../heap/v8.js";
import type { Analysis } from "../../model/Analysis.js";
import { stringIndices } from "../../model/v8/labels.js";

/** The objects of the engine's own that have a name, such as `system / WeakCell`. */
export function* systemNodes({ graph }: Analysis, name: string): Generator<NodeIndex> {
  const { type, text } = graph.columns;
  const system = graph.types.findIndex((one) => one.name === V8Group.system);
  const texts = stringIndices(graph, name);
  if (texts.size === 0) return;
  for (let node = 0; node < graph.nodeCount; node++) if (type[node] === system && texts.has(text[node])) yield node;
}
