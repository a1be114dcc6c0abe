import { feedbackEdges } from "../graph/index.js";
import type { NodeIndex } from "../heap/HeapGraph.js";
import { Kind } from "../heap/kinds.js";
import { LabelSort, labelPayload, labelSort, labelText } from "../heap/labels.js";
import type { Analysis } from "./Analysis.js";

/** A reference whose removal helps to end a cycle. */
export interface Cut {
  /** Edge index in `analysis.strong`. */
  readonly edge: number;
  readonly from: NodeIndex;
  readonly to: NodeIndex;
  readonly label: string;
  readonly remedy: Remedy;
}

/** What a programmer can do about a reference, and the name that it has in the source (or the container's type). */
export interface Remedy {
  readonly kind:
    "clear-cell" | "clear-local" | "delete-exception" | "drop-traceback" | "weak-attribute" | "remove-entry";
  readonly name: string;
}

const NOT_CHANGEABLE = Infinity;

/**
 * What it costs a programmer to end a reference, from 1 (one line: empty a variable after its last use) upwards.
 * Interpreter internals can't be cut.
 */
function effort(analysis: Analysis, edge: number, from: NodeIndex, to: NodeIndex, instanceDict: boolean): number {
  const { graph, strong } = analysis;
  const { kind } = graph.columns;
  const label = graph.columns.edgeLabel[strong.edge[edge]];
  switch (labelSort(label)) {
    case LabelSort.closure:
      return 1;
    case LabelSort.local:
      return kind[to] === Kind.cell ? NOT_CHANGEABLE : 1;
    case LabelSort.key:
      return instanceDict ? 2 : 3;
    case LabelSort.index:
    case LabelSort.nodeKey:
      return kind[from] === Kind.tuple ? NOT_CHANGEABLE : 3;
    case LabelSort.attribute: {
      if (kind[from] === Kind.cell) return 1;
      const name = graph.string(labelPayload(label));
      if (name === "__traceback__") return 1;
      return /^__\w+__$/.test(name) || kind[from] !== Kind.instance ? NOT_CHANGEABLE : 2;
    }
    default:
      return kind[from] === Kind.set || kind[from] === Kind.deque ? 3 : NOT_CHANGEABLE;
  }
}

function remedy(analysis: Analysis, edge: number, from: NodeIndex, to: NodeIndex): Remedy {
  const { graph, strong } = analysis;
  const label = graph.columns.edgeLabel[strong.edge[edge]];
  const name = graph.string(labelPayload(label));
  switch (labelSort(label)) {
    case LabelSort.closure:
      return { kind: "clear-cell", name };
    case LabelSort.local:
      return { kind: graph.columns.kind[to] === Kind.exception ? "delete-exception" : "clear-local", name };
    case LabelSort.key:
      return { kind: "weak-attribute", name };
    case LabelSort.attribute:
      return { kind: name === "__traceback__" ? "drop-traceback" : "weak-attribute", name };
    default:
      return { kind: "remove-entry", name: graph.typeName(from) };
  }
}

/**
 * References inside a cycle that together end it, cheapest for a programmer first. Empty where nothing can be changed.
 * @param members node indices of the cycle, ascending
 */
export function suggestCuts(analysis: Analysis, members: Uint32Array): Cut[] {
  const { graph, strong } = analysis;
  const instanceDicts = new Set<number>();
  const inside = new Set<number>(members);
  const source = new Map<number, number>();
  for (const node of members) {
    for (let e = strong.first[node]; e < strong.first[node + 1]; e++) {
      if (!inside.has(strong.to[e])) continue;
      source.set(e, node);
      if (labelText(graph, graph.columns.edgeLabel[strong.edge[e]]) === ".__dict__") instanceDicts.add(strong.to[e]);
    }
  }
  const chosen = feedbackEdges(strong, Array.from(members), (edge) => {
    const from = source.get(edge)!;
    return effort(analysis, edge, from, strong.to[edge], instanceDicts.has(from));
  });
  return chosen.map((edge) => {
    const from = source.get(edge)!;
    const to = strong.to[edge];
    const label = labelText(graph, graph.columns.edgeLabel[strong.edge[edge]]);
    return { edge, from, to, label, remedy: remedy(analysis, edge, from, to) };
  });
}
