import type { NodeIndex, SourceLocation } from "../../heap/HeapGraph.js";
import { labelText } from "../../heap/labels.js";
import { printable } from "../../heap/names.js";
import type { CycleFamily } from "../../model/cycles.js";
import { innerEdges, shortestRing } from "../../model/ring.js";
import { cycleSource } from "../../model/source.js";
import type { Session } from "../Session.js";
import { SourceFiles } from "../SourceFiles.js";
import { cutRows, mergeCuts, type MergedCut } from "./cutRows.js";
import type { EdgeRow } from "./cycles.js";

const FAMILIES_SHOWN = 5000;
const EXAMPLES_SHOWN = 200;
const EDGES_SHOWN = 200;
const TYPES_NAMED = 3;

/** A family of cycles in a list. Bytes are sums over the family. */
export interface FamilySummary {
  /** Its position among the families: what `family` and a picture are asked with. */
  readonly family: number;
  /** What the cycles are of: "function _iterencode", "Node, Owner". */
  readonly name: string;
  readonly count: number;
  /** Objects in one cycle. */
  readonly objects: number;
  readonly bytes: number;
  /** Bytes that only these cycles keep, beside their own. */
  readonly pinned: number;
  readonly garbage: boolean;
  readonly location?: SourceLocation;
}

export interface FamilyList {
  /** Most bytes (own and pinned) first, at most 5,000. */
  readonly families: readonly FamilySummary[];
  readonly total: number;
  /** Live cycles that the infrastructure policy leaves out. */
  readonly infrastructure: { readonly sccs: number; readonly largest: number };
}

/** One family in full. */
export interface FamilyDetails extends FamilySummary {
  readonly signature: string;
  /** An object of each cycle, the one that tells most; at most 200. */
  readonly examples: readonly { readonly id: string; readonly name: string; readonly cycle: number }[];
  /** References of the first cycle, the shortest ring first, at most 200. */
  readonly edges: readonly (EdgeRow & { readonly fromName: string; readonly toName: string })[];
  readonly edgesTotal: number;
  /** References whose removal ends the first cycle; those that read the same are one. */
  readonly cuts: readonly MergedCut[];
  /** What to do about all of them, in one text. */
  readonly fix?: string;
  /** Why there are no cuts. */
  readonly noCuts?: string;
  /** That other cuts may take less effort, where the search ended at its limits. */
  readonly cutsNote?: string;
}

/** A family that is not there. */
export class UnknownFamilyError extends Error {
  constructor(family: number, count: number) {
    super(`there is no family ${family}: the snapshot has ${count} families of cycles, counted from 0`);
    this.name = "UnknownFamilyError";
  }
}

/** The families of cycles in a list. */
export function families(session: Session): FamilyList {
  const { families: all, leftOut } = session.analysis;
  const sources = new SourceFiles(session.graph);
  return {
    families: all.slice(0, FAMILIES_SHOWN).map((family, i) => summary(session, family, i, sources)),
    total: all.length,
    infrastructure: leftOut,
  };
}

/**
 * One family in full.
 * @throws UnknownFamilyError
 */
export function family(session: Session, index: number): FamilyDetails {
  const { graph, analysis } = session;
  const found = analysis.families[index];
  if (!found) throw new UnknownFamilyError(index, analysis.families.length);
  const { members } = found.cycles[0];
  const ring = shortestRing(analysis, members, cycleSource(graph, members).telling);
  const inRing = new Set(ring.map(({ edge }) => edge));
  const edges = [...ring, ...innerEdges(analysis, members).filter(({ edge }) => !inRing.has(edge))];
  const row = (from: NodeIndex, to: NodeIndex, label: string) => ({
    from: graph.idText(from),
    to: graph.idText(to),
    label: printable(label),
    fromName: graph.nodeName(from),
    toName: graph.nodeName(to),
  });
  const { cuts, ...rest } = cutRows(analysis, members);
  return {
    ...summary(session, found, index, new SourceFiles(graph)),
    signature: found.signature,
    examples: found.cycles.slice(0, EXAMPLES_SHOWN).map((cycle, i) => {
      const { telling } = cycleSource(graph, cycle.members);
      return { id: graph.idText(telling), name: graph.nodeName(telling), cycle: i };
    }),
    edges: edges
      .slice(0, EDGES_SHOWN)
      .map(({ from, to, edge }) => row(from, to, labelText(graph, graph.columns.edgeLabel[edge]))),
    edgesTotal: edges.length,
    cuts: mergeCuts(graph, cuts).map((cut) => ({ ...cut, label: printable(cut.label) })),
    ...rest,
  };
}

function summary({ graph }: Session, found: CycleFamily, index: number, sources: SourceFiles): FamilySummary {
  const { members } = found.cycles[0];
  const { telling, location: known, anchor } = cycleSource(graph, members);
  const location = known && sources.refine(known, anchor);
  return {
    family: index,
    name: familyName(graph.nodeName(telling), graph.typeName.bind(graph), members),
    count: found.cycles.length,
    objects: members.length,
    bytes: found.bytes,
    pinned: found.pinned,
    garbage: found.garbage,
    ...(location && { location }),
  };
}

/** The telling member, and the other types of the cycle. */
function familyName(telling: string, typeName: (node: NodeIndex) => string, members: Uint32Array): string {
  const others = new Set<string>();
  for (const node of members) {
    const type = printable(typeName(node));
    if (!telling.startsWith(type)) others.add(type);
    if (others.size > TYPES_NAMED) break;
  }
  const named = [...others].slice(0, TYPES_NAMED).join(", ");
  return others.size === 0 ? telling : `${telling} with ${named}${others.size > TYPES_NAMED ? ", …" : ""}`;
}
