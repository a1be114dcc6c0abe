import type { NodeIndex, SourceLocation } from "../../heap/HeapGraph.js";
import {
  EDGE_KIND_MASK,
  EdgeKind,
  Flag,
  Kind,
  NO_GENERATION,
  Standing,
  STANDING_MASK,
  UNKNOWN_REFCOUNT,
} from "../../heap/kinds.js";
import { labelText } from "../../heap/labels.js";
import { pathExpression, rootName, rootPaths } from "../../model/paths.js";
import { sourceOf } from "../../model/source.js";
import type { Session } from "../Session.js";
import { SourceFiles } from "../SourceFiles.js";
import { retainedRow } from "./retained.js";

const NEIGHBOURS_SHOWN = 100;
const PATHS = 1;

/** A reference from or to an object. */
export interface NeighbourRow {
  readonly id: string;
  readonly name: string;
  readonly label: string;
  /** traversed, owned, borrowed or weak */
  readonly standing: string;
}

/** Everything about one object. Sizes in bytes. */
export interface ObjectDetails {
  readonly id: string;
  readonly name: string;
  readonly type: string;
  readonly kind: string;
  readonly self: number;
  readonly retained: number;
  readonly dominator: string | null;
  readonly distance: number;
  /** null where unknown */
  readonly refcount: number | null;
  readonly references: { readonly inside: number; readonly outside: number | null };
  readonly garbage: boolean;
  readonly generation: number | null;
  readonly flags: readonly string[];
  /** Why it is a root, or the empty string. */
  readonly root: string;
  readonly location?: SourceLocation;
  readonly path: string | null;
  readonly referrers: readonly NeighbourRow[];
  readonly referrersTotal: number;
  readonly referents: readonly NeighbourRow[];
  readonly referentsTotal: number;
  readonly weakrefs: readonly string[];
}

/** All about the object with an id. `all` lifts the cap on referrers and referents. */
export function object(session: Session, id: string, options: { readonly all?: boolean } = {}): ObjectDetails {
  const { graph, analysis } = session;
  const node = session.node(id);
  const { columns } = graph;
  const limit = options.all === true ? Infinity : NEIGHBOURS_SHOWN;
  const row = retainedRow(session, node);
  const outside = analysis.references.outside[node];
  const known = sourceOf(graph, node);
  const location = known && new SourceFiles(graph).refine(known);
  const path = rootPaths(analysis, node, PATHS)[0];
  const { referrers, strong } = analysis;
  const holders: NeighbourRow[] = [];
  for (let r = referrers.first[node]; r < referrers.first[node + 1] && holders.length < limit; r++) {
    holders.push(neighbour(session, referrers.to[r], strong.edge[referrers.edge[r]]));
  }
  const held: NeighbourRow[] = [];
  // Lists and tuples are traversed backwards; people count forwards.
  const first = columns.firstEdge[node];
  const end = columns.firstEdge[node + 1];
  const backwards = columns.kind[node] === Kind.list || columns.kind[node] === Kind.tuple;
  for (let i = 0; i < end - first && held.length < limit; i++) {
    const e = backwards ? end - 1 - i : first + i;
    held.push(neighbour(session, columns.edgeTo[e], e));
  }
  return {
    ...row,
    type: graph.typeName(node),
    kind: graph.kindName(node),
    refcount: columns.refcount[node] === UNKNOWN_REFCOUNT ? null : columns.refcount[node],
    references: { inside: analysis.references.inside[node], outside: outside < 0 ? null : outside },
    garbage: analysis.roots.isGarbage[node] === 1,
    generation: columns.generation[node] === NO_GENERATION ? null : columns.generation[node],
    flags: Object.entries(Flag)
      .filter(([, bit]) => graph.hasFlag(node, bit))
      .map(([name]) => name),
    root: rootName(analysis, node),
    ...(location && { location }),
    path: path ? pathExpression(analysis, path) : null,
    referrers: holders,
    referrersTotal: referrers.first[node + 1] - referrers.first[node],
    referents: held,
    referentsTotal: columns.firstEdge[node + 1] - columns.firstEdge[node],
    weakrefs: weakrefsTo(session, node),
  };
}

function neighbour({ graph }: Session, other: NodeIndex, edge: number): NeighbourRow {
  const { edgeClass, edgeLabel } = graph.columns;
  return {
    id: graph.idText(other),
    name: graph.nodeName(other),
    label: labelText(graph, edgeLabel[edge]),
    standing: standingName(edgeClass[edge]),
  };
}

function standingName(edgeClass: number): string {
  if ((edgeClass & EDGE_KIND_MASK) === EdgeKind.weak) return "weak";
  const standing = edgeClass & STANDING_MASK;
  return standing === Standing.owned ? "owned" : standing === Standing.borrowed ? "borrowed" : "traversed";
}

function weakrefsTo({ graph }: Session, node: NodeIndex): string[] {
  const found: string[] = [];
  for (let i = 0; i < graph.weakrefs.length; i += 2) {
    if (graph.weakrefs[i] === node) found.push(graph.idText(graph.weakrefs[i + 1]));
  }
  return found;
}
