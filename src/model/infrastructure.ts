import type { HeapGraph } from "../heap/HeapGraph.js";
import { Flag, Kind } from "../heap/kinds.js";
import { LabelSort, labelPayload, labelSort } from "../heap/labels.js";

// What hangs on a type or a module and belongs to it, and a function's globals: they are a module's dict even
// where the module object is gone.
const TYPE_PARTS: ReadonlySet<string> = new Set(["__dict__", "__mro__", "__bases__", "__subclasses__"]);
const FUNCTION_PARTS: ReadonlySet<string> = new Set(["__globals__", "__builtins__"]);

/**
 * The nodes that live cycles are looked for without (docs/MODEL.md): modules and their dicts, types with their
 * dicts, MROs and bases, descriptors, the builtins, the agent, and the nodes that the reader made of threads.
 * Garbage needs no such policy.
 * @returns one byte a node, 1 for infrastructure
 */
export function infrastructure(graph: HeapGraph): Uint8Array {
  const { kind, flags, firstEdge, edgeTo, edgeLabel } = graph.columns;
  const mark = new Uint8Array(graph.nodeCount);
  const typeParts = labelTest(graph, TYPE_PARTS);
  const functionParts = labelTest(graph, FUNCTION_PARTS);
  for (let node = 0; node < graph.nodeCount; node++) {
    const k = kind[node];
    if ((flags[node] & (Flag.agent | Flag.synthetic)) !== 0) mark[node] = 1;
    if (k === Kind.descriptor && (flags[node] & Flag.heapType) === 0) mark[node] = 1;
    if (k !== Kind.module && k !== Kind.type && k !== Kind.function) continue;
    if (k !== Kind.function) mark[node] = 1;
    for (let e = firstEdge[node]; e < firstEdge[node + 1]; e++) {
      if (!(k === Kind.function ? functionParts : typeParts)(edgeLabel[e])) continue;
      const partKind = kind[edgeTo[e]];
      if (partKind === Kind.dict || partKind === Kind.tuple) mark[edgeTo[e]] = 1;
    }
  }
  return mark;
}

/** Tells whether a label is an attribute of one of the names. Each text is decoded once, not once an edge. */
function labelTest(graph: HeapGraph, names: ReadonlySet<string>): (label: number) => boolean {
  const known = new Map<number, boolean>();
  return (label) => {
    let answer = known.get(label);
    if (answer === undefined) {
      answer = labelSort(label) === LabelSort.attribute && names.has(graph.string(labelPayload(label)));
      known.set(label, answer);
    }
    return answer;
  };
}
