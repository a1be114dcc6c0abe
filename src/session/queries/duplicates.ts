import {
  commonHolder,
  Constants,
  type Copies,
  copiesOf,
  type SharingPolicy,
  sharingPolicies,
  valueText,
} from "../../detect/duplicates.js";
import { groupBy } from "../../detect/together.js";
import { equalStrings } from "../../detect/v8/equalStrings.js";
import { stringPlace } from "../../detect/v8/stringPlace.js";
import type { SourceLocation } from "../../heap/HeapGraph.js";
import { printable } from "../../heap/names.js";
import type { Session } from "../Session.js";
import { SourceFiles } from "../SourceFiles.js";

const ROWS_SHOWN = 200;
const OBJECTS_SHOWN = 50;
const TEXT = 60;

/** Equal objects of one type. All bytes are the objects' own. */
export interface DuplicateRow {
  /** As Python writes it, on one line, long texts cut; the type's name where the snapshot does not tell. */
  readonly value: string;
  readonly type: string;
  readonly count: number;
  /** Bytes of each; missing where they differ, as of texts that carry a second encoding of themselves. */
  readonly bytesEach?: number;
  /** Bytes that would be freed if one object stood for all others. */
  readonly saved: number;
  /** Ids, at most 50 unless all are asked for. */
  readonly objects: readonly string[];
  readonly objectsTotal: number;
  /** What holds most of some of them: `app.ITEMS[…].weights[…]`. */
  readonly heldBy?: string;
  /** Where that is in the source. */
  readonly location?: SourceLocation;
}

/** All values of one type of which there are several objects. */
export interface DuplicateTotal {
  readonly type: string;
  /** Objects. */
  readonly count: number;
  /** Different values among them. */
  readonly values: number;
  /** Bytes that would be freed if one object stood for all equal ones. */
  readonly saved: number;
}

export interface DuplicatesResult {
  /** Most saved bytes first; at most 200 unless all are asked for. */
  readonly rows: readonly DuplicateRow[];
  /** Of all values, listed or not; most saved bytes first. */
  readonly totals: readonly DuplicateTotal[];
  /** What sharing some of them would save; empty for V8, where it is strings alone, and the totals say it. */
  readonly policies: readonly SharingPolicy[];
}

/**
 * Equal immutable objects that are alive (numbers, texts, bytes, tuples of these; of V8's heaps strings), and what
 * sharing them would save.
 */
export function duplicates(session: Session, options: { readonly all?: boolean } = {}): DuplicatesResult {
  const { analysis, graph } = session;
  const all = options.all === true;
  const isV8 = graph.info.runtime === "v8";
  const copies = isV8 ? equalStrings(analysis, 2) : copiesOf(analysis, 2, Constants.all);
  const sources = new SourceFiles(graph);
  const totals = [...groupBy(copies, ({ nodes }) => graph.typeName(nodes[0]))].map(([type, ofType]) => ({
    type: printable(type),
    count: ofType.reduce((sum, { nodes }) => sum + nodes.length, 0),
    values: ofType.length,
    saved: ofType.reduce((sum, { saved }) => sum + saved, 0),
  }));
  const policies = isV8 ? [] : sharingPolicies(analysis, copies);
  copies.sort((a, b) => b.saved - a.saved || b.nodes.length - a.nodes.length);
  return {
    rows: (all ? copies : copies.slice(0, ROWS_SHOWN)).map((group) => duplicateRow(session, group, all, sources)),
    totals: totals.sort((a, b) => b.saved - a.saved),
    policies,
  };
}

function duplicateRow({ analysis, graph }: Session, copies: Copies, all: boolean, sources: SourceFiles): DuplicateRow {
  const { nodes, saved } = copies;
  const { selfSize } = graph.columns;
  const bytes = selfSize[nodes[0]];
  const held = (graph.info.runtime === "v8" ? stringPlace : commonHolder)(analysis, nodes);
  const location = held?.holder.location && sources.refine(held.holder.location, held.holder.anchor);
  return {
    value: valueText(graph, nodes[0], TEXT),
    type: printable(graph.typeName(nodes[0])),
    count: nodes.length,
    ...(nodes.every((node) => selfSize[node] === bytes) && { bytesEach: bytes }),
    saved,
    objects: Array.from(all ? nodes : nodes.subarray(0, OBJECTS_SHOWN), (node) => graph.idText(node)),
    objectsTotal: nodes.length,
    ...(held && { heldBy: printable(held.place) }),
    ...(location && { location }),
  };
}
