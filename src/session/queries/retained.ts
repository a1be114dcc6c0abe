import type { NodeIndex } from "../../heap/HeapGraph.js";
import type { Session } from "../Session.js";

/** A node with its sizes in bytes. */
export interface RetainedRow {
  readonly id: string;
  readonly name: string;
  readonly self: number;
  readonly retained: number;
  /** Id of the immediate dominator; null at the top of what is alive, "garbage" at the top of what is not. */
  readonly dominator: string | null;
  /** Edges from the nearest named root, -1 where none reaches it. */
  readonly distance: number;
}

export interface RetainedResult {
  readonly rows: readonly RetainedRow[];
  /** How many objects there are. */
  readonly total: number;
}

/** The nodes that retain most, or those with the given ids. */
export function retained(
  session: Session,
  options: { readonly top: number; readonly ids?: readonly string[] },
): RetainedResult {
  const { graph, analysis } = session;
  const nodes = options.ids
    ? options.ids.map((id) => session.node(id))
    : largest(analysis.ownership.retained.subarray(0, graph.nodeCount), options.top);
  return { rows: nodes.map((node) => retainedRow(session, node)), total: graph.nodeCount };
}

/** One node's row. */
export function retainedRow({ graph, analysis }: Session, node: NodeIndex): RetainedRow {
  const { idom, aliveRoot, garbageRoot, retained: bytes, distance } = analysis.ownership;
  const above = idom[node];
  return {
    id: graph.idText(node),
    name: graph.nodeName(node),
    self: graph.columns.selfSize[node],
    retained: bytes[node],
    dominator: above === garbageRoot ? "garbage" : above >= aliveRoot ? null : graph.idText(above),
    distance: distance[node],
  };
}

/** Lines "id self retained distance" for every node, tab-separated, after a heading. */
export function* retainedLines({ graph, analysis }: Session): Generator<string> {
  const { retained: bytes, distance } = analysis.ownership;
  yield "id\tself\tretained\tdistance\n";
  for (let node = 0; node < graph.nodeCount; node++) {
    yield `${graph.idText(node)}\t${graph.columns.selfSize[node]}\t${bytes[node]}\t${distance[node]}\n`;
  }
}

/** Indices of the `count` largest values, largest first. */
function largest(values: Float64Array, count: number): number[] {
  const best: number[] = [];
  let least = -Infinity;
  for (let i = 0; i < values.length; i++) {
    if (best.length >= count && values[i] <= least) continue;
    best.push(i);
    // Sorted now and then only, so that a long list costs no insertion each time.
    if (best.length >= 2 * count + 16) least = trim(values, best, count);
  }
  trim(values, best, count);
  return best;
}

function trim(values: Float64Array, best: number[], count: number): number {
  best.sort((a, b) => values[b] - values[a] || a - b);
  best.length = Math.min(best.length, count);
  return best.length === 0 ? -Infinity : values[best[best.length - 1]];
}
