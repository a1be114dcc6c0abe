import { labelText } from "../../heap/labels.js";
import type { SourceLocation } from "../../heap/HeapGraph.js";
import type { CycleFamily } from "../../model/cycles.js";
import { innerEdges, shortestRing } from "../../model/ring.js";
import { cycleSource } from "../../model/source.js";
import type { Session } from "../Session.js";
import { SourceFiles } from "../SourceFiles.js";
import { type CutRows, cutRows } from "./cutRows.js";

const CYCLES_SHOWN = 50;
const EDGES_SHOWN = 200;

/** An edge by the ids of its ends. */
export interface EdgeRow {
  readonly from: string;
  readonly to: string;
  readonly label: string;
}

/** A family of cycles of one shape. Bytes are sums over the family; edges and cuts are those of the first cycle. */
export interface FamilyRow extends CutRows {
  readonly signature: string;
  readonly count: number;
  readonly bytes: number;
  /** Bytes that only these cycles keep, beside their own. */
  readonly pinned: number;
  readonly garbage: boolean;
  /** One list of ids a cycle, at most 50 cycles unless all are asked for. */
  readonly objects: Iterable<Iterable<string>>;
  readonly edges: readonly EdgeRow[];
  readonly location?: SourceLocation;
}

export interface CyclesResult {
  readonly families: readonly FamilyRow[];
  readonly infrastructure: { readonly sccs: number; readonly largest: number };
}

/** All families of cycles, most bytes first. */
export function cycles(session: Session, options: { readonly all?: boolean } = {}): CyclesResult {
  const { families, leftOut } = session.analysis;
  const sources = new SourceFiles(session.graph);
  return {
    families: families.map((family) => familyRow(session, family, options.all === true, sources)),
    infrastructure: leftOut,
  };
}

function familyRow(session: Session, family: CycleFamily, all: boolean, sources: SourceFiles): FamilyRow {
  const { graph, analysis } = session;
  const { members } = family.cycles[0];
  const { telling, location: known, anchor } = cycleSource(graph, members);
  const location = known && sources.refine(known, anchor);
  const shown = all ? family.cycles : family.cycles.slice(0, CYCLES_SHOWN);
  // The shortest ring through the telling member first: it reads as a story.
  const ring = shortestRing(analysis, members, telling);
  const inRing = new Set(ring.map(({ edge }) => edge));
  const edges = [...ring, ...innerEdges(analysis, members).filter(({ edge }) => !inRing.has(edge))];
  return {
    signature: family.signature,
    count: family.cycles.length,
    bytes: family.bytes,
    pinned: family.pinned,
    garbage: family.garbage,
    objects: shown.map((cycle) => session.ids(cycle.members)),
    edges: (all ? edges : edges.slice(0, EDGES_SHOWN)).map(({ from, to, edge }) => ({
      from: graph.idText(from),
      to: graph.idText(to),
      label: labelText(graph, graph.columns.edgeLabel[edge]),
    })),
    ...(location && { location }),
    ...cutRows(analysis, members),
  };
}
