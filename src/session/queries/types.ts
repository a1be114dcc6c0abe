import { typeInfoName } from "../../heap/HeapGraph.js";
import type { Session } from "../Session.js";

/** All instances of one type. */
export interface TypeRow {
  readonly type: string;
  readonly count: number;
  /** Sum of self sizes in bytes. */
  readonly bytes: number;
  /** How many of them are garbage. */
  readonly garbage: number;
}

/** Types with their instances, most bytes first. */
export function types({ graph, analysis }: Session): TypeRow[] {
  const { type, selfSize } = graph.columns;
  const { isGarbage } = analysis.roots;
  const count = new Float64Array(graph.types.length);
  const bytes = new Float64Array(graph.types.length);
  const garbage = new Float64Array(graph.types.length);
  for (let node = 0; node < graph.nodeCount; node++) {
    count[type[node]]++;
    bytes[type[node]] += selfSize[node];
    garbage[type[node]] += isGarbage[node];
  }
  return graph.types
    .map((info, t) => ({ type: typeInfoName(info), count: count[t], bytes: bytes[t], garbage: garbage[t] }))
    .filter((row) => row.count > 0)
    .sort((a, b) => b.bytes - a.bytes || b.count - a.count);
}
