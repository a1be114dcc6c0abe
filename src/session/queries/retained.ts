import { type NodeIndex, typeInfoName } from "../../heap/HeapGraph.js";
import { heldAs } from "../../model/paths.js";
import { type Session, UnknownTypeError } from "../Session.js";

/** A node with its sizes in bytes. */
export interface RetainedRow {
  readonly id: string;
  readonly name: string;
  /** How the nearest referrer that says so names it: `module app.CACHE`, `__dict__ of app.Service`; or empty. */
  readonly held: string;
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
  options: { readonly top: number; readonly ids?: readonly string[]; readonly type?: string },
): RetainedResult {
  const { graph, analysis } = session;
  const ofType = options.type === undefined ? undefined : typeTest(session, options.type);
  const nodes = options.ids
    ? options.ids.map((id) => session.node(id))
    : largest(analysis.ownership.retained.subarray(0, graph.nodeCount), options.top, ofType);
  return { rows: nodes.map((node) => retainedRow(session, node)), total: graph.nodeCount };
}

/** One node's row. */
export function retainedRow({ graph, analysis }: Session, node: NodeIndex): RetainedRow {
  const { idom, aliveRoot, garbageRoot, retained: bytes, distance } = analysis.ownership;
  const above = idom[node];
  return {
    id: graph.idText(node),
    name: graph.nodeName(node),
    held: heldAs(analysis, node),
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

/**
 * Tells whether a node is of a type, by its name as `types` prints it.
 * @throws UnknownTypeError
 */
function typeTest({ graph }: Session, name: string): (node: NodeIndex) => boolean {
  const wanted = new Set<number>();
  graph.types.forEach((type, t) => {
    if (typeInfoName(type) === name) wanted.add(t);
  });
  if (wanted.size === 0) throw new UnknownTypeError(name);
  return (node) => wanted.has(graph.columns.type[node]);
}

/** Indices of the `count` largest values, largest first. */
function largest(values: Float64Array, count: number, wanted?: (node: NodeIndex) => boolean): number[] {
  const best: number[] = [];
  let least = -Infinity;
  for (let i = 0; i < values.length; i++) {
    if ((best.length >= count && values[i] <= least) || (wanted && !wanted(i))) continue;
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
