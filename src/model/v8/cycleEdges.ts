import { type DerivedCsr, filterEdges } from "../../graph/index.js";
import type { HeapGraph } from "../../heap/HeapGraph.js";
import { Flag, Kind } from "../../heap/kinds.js";
import { labelPayload, LabelSort, labelSort } from "../../heap/labels.js";
import type { StringTable } from "../../heap/StringTable.js";
import { V8Edge, v8EdgeOf, V8Group } from "../../heap/v8.js";
import { isStrong } from "../edges.js";

/** Links of V8's own that stand for something the program wrote: a closure's variables, the content of a container. */
const OF_PROGRAM: readonly string[] = [
  ...["context", "previous", "table", "elements", "properties"],
  ...["bound_function", "bound_this", "bound_arguments", "receiver", "parameters_and_registers"],
  ...["reactions_or_result", "promise_or_capability", "fulfill_handler", "reject_handler", "next"],
];
/** Every function with a prototype is in a circle with it, and every object leads to one: nobody made that. */
const OF_CLASSES: readonly string[] = ["__proto__", "constructor", "prototype"];
/** What the engine keeps for itself. */
const OF_ENGINE: ReadonlySet<string> = new Set([V8Group.system, V8Group.code, "(object shape)", "(symbol)"]);

/**
 * The references over which cycles are looked for in a V8 heap (docs/MODEL.md): properties, elements, variables of
 * closures, and those internal links that stand for them, between objects that a program can see and the parts of
 * these; no maps, code, prototypes and constructors. `edge` leads back to the heap's edges.
 */
export function cycleEdges(graph: HeapGraph): DerivedCsr {
  const { firstEdge, edgeTo, edgeClass, edgeLabel, flags, type, kind } = graph.columns;
  const wanted = namesIn(graph.strings, OF_PROGRAM);
  const ofClasses = namesIn(graph.strings, OF_CLASSES);
  const engines = graph.types.map(({ name }) => OF_ENGINE.has(name));
  const isPart = (node: number) =>
    (flags[node] & Flag.synthetic) !== 0 || (engines[type[node]] && kind[node] !== Kind.context);
  const all = { nodeCount: graph.nodeCount, first: firstEdge, to: edgeTo };
  return filterEdges(all, (edge, from, to) => {
    if (!isStrong(graph, edge) || isPart(from) || isPart(to)) return false;
    const label = edgeLabel[edge];
    switch (v8EdgeOf(edgeClass[edge])) {
      case V8Edge.context:
      case V8Edge.element:
      case V8Edge.hidden:
        return true;
      case V8Edge.property:
        return labelSort(label) !== LabelSort.attribute || !ofClasses.has(labelPayload(label));
      case V8Edge.internal:
        // The entries of a container's table are told by their position.
        return wanted.has(labelPayload(label)) || /^\d/.test(graph.string(labelPayload(label)));
      default:
        return false;
    }
  });
}

function namesIn(strings: StringTable, names: readonly string[]): ReadonlySet<number> {
  return new Set(names.flatMap((name) => strings.containing(name).filter((index) => strings.get(index) === name)));
}
