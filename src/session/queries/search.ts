import { typeInfoName } from "../../heap/HeapGraph.js";
import { Kind } from "../../heap/kinds.js";
import type { Session } from "../Session.js";
import { type RetainedRow, retainedRow } from "./retained.js";

/** Objects that fit a search. */
export interface SearchResult {
  /** Best first: an id that is equal, then names and types that are equal, begin with the text, contain it. */
  readonly rows: readonly (RetainedRow & { readonly type: string })[];
  /** How many objects fit. */
  readonly total: number;
}

const NONE = 255;
const EQUAL = 0;
const BEGINS = 1;
const CONTAINS = 2;
// Data comes behind what a programmer has named.
const NAMED: ReadonlySet<number> = new Set([Kind.function, Kind.type, Kind.module, Kind.instance, Kind.code]);

/**
 * Finds objects by id, by the name of their type (upper and lower case alike) or by their own text: a function's name,
 * a str's value (upper and lower case apart).
 */
export function search(session: Session, text: string, limit: number): SearchResult {
  const { graph, analysis } = session;
  const wanted = text.trim();
  if (wanted === "") return { rows: [], total: 0 };
  const row = (node: number) => ({ ...retainedRow(session, node), type: graph.typeName(node) });
  const same = graph.nodeOfId(wanted);
  const { type, text: texts, kind } = graph.columns;
  const typeRank = Uint8Array.from(graph.types, (info) => rankOfType(typeInfoName(info), wanted.toLowerCase()));
  const textRank = new Uint8Array(graph.strings.count + 1).fill(NONE);
  for (const index of graph.strings.containing(wanted)) textRank[index] = rankOfName(graph.string(index), wanted);
  const { retained } = analysis.ownership;
  const best: { readonly node: number; readonly rank: number }[] = [];
  const trim = () => {
    best.sort((a, b) => a.rank - b.rank || retained[b.node] - retained[a.node] || a.node - b.node);
    best.length = Math.min(best.length, limit);
  };
  let total = same === undefined ? 0 : 1;
  for (let node = 0; node < graph.nodeCount; node++) {
    const found = Math.min(typeRank[type[node]] ?? NONE, textRank[texts[node]] ?? NONE);
    if (found === NONE || node === same) continue;
    total++;
    best.push({ node, rank: 2 * found + (NAMED.has(kind[node]) ? 0 : 1) });
    if (best.length > 4 * limit + 1000) trim();
  }
  trim();
  const nodes = [...(same === undefined ? [] : [same]), ...best.map(({ node }) => node)].slice(0, limit);
  return { rows: nodes.map(row), total };
}

function rank(text: string, wanted: string): number {
  return text === wanted ? EQUAL : text.startsWith(wanted) ? BEGINS : CONTAINS;
}

function rankOfType(name: string, wanted: string): number {
  const lower = name.toLowerCase();
  return lower.includes(wanted) ? rankOfName(lower, wanted) : NONE;
}

/** `Page` finds app.Page as it finds Page, and `inner` the function outer.<locals>.inner. */
function rankOfName(name: string, wanted: string): number {
  return Math.min(rank(name, wanted), rank(name.slice(name.lastIndexOf(".") + 1), wanted));
}
