import {
  feedbackGroups,
  filterEdges,
  innerEdges,
  type InnerEdges,
  stronglyConnectedComponents,
} from "../../graph/index.js";
import { Kind } from "../../heap/kinds.js";
import { labelText } from "../../heap/labels.js";
import { typeInfoName } from "../../heap/HeapGraph.js";
import type { Analysis } from "../Analysis.js";
import { changeOf } from "./changes.js";
import { CycleNames } from "./CycleNames.js";
import { placeOf, remedyOf } from "./describe.js";
import type { Cut, CutSuggestion, NoCut, RemedyKind } from "./Remedy.js";

/** Cuts of a larger cycle are not looked for: they would take long, and nobody reads the list. */
export const CUT_LIMIT = 20_000;

/** A place in the source: the references that come from it are ended by one change. */
interface Place {
  readonly key: string;
  readonly kind: RemedyKind;
  effort: number;
  references: number;
}

/**
 * References that together end a cycle, with the least effort for a programmer; or why there are none.
 *
 * The effort of a set of references is the sum over the places in the source that they come from, each counted once,
 * however many references it makes: an attribute of a class, a variable of a function, a container under a name. Of
 * the chosen places no more references are named than it takes. Exact and bounded as `feedbackGroups` says; of places
 * that cost the same those with fewer references come first, then by name.
 * @param members node indices of the cycle, ascending
 */
export function suggestCuts(analysis: Analysis, members: Uint32Array): CutSuggestion {
  if (analysis.graph.info.runtime === "v8") return { cuts: [], none: { kind: "traced" }, exact: true };
  if (members.length > CUT_LIMIT) return { cuts: [], none: { kind: "too-large", limit: CUT_LIMIT }, exact: true };
  const { graph, cyclic: strong } = analysis;
  const inner = innerEdges(strong, members);
  const names = new CycleNames(analysis, members, inner);
  const kinds: (RemedyKind | undefined)[] = [];
  const placeOfEdge = new Map<number, Place>();
  const places = new Map<string, Place>();
  const sourceOf = new Map<number, number>();
  for (let i = 0; i < inner.edge.length; i++) {
    const e = inner.edge[i];
    const from = members[inner.from[i]];
    const label = graph.columns.edgeLabel[strong.edge[e]];
    const change = changeOf(graph, names, from, strong.to[e], label);
    kinds.push(change?.kind);
    if (!change) continue;
    const key = placeOf(graph, names, { kind: change.kind, from, to: strong.to[e], label });
    let place = places.get(key);
    if (!place) places.set(key, (place = { key, kind: change.kind, effort: change.effort, references: 0 }));
    place.effort = Math.max(place.effort, change.effort);
    place.references++;
    placeOfEdge.set(e, place);
    sourceOf.set(e, from);
  }
  // The numbers are the order in which places are preferred. It must not depend on addresses.
  const ranked = [...places.values()].sort(
    (a, b) => a.effort - b.effort || a.references - b.references || (a.key < b.key ? -1 : 1),
  );
  const rank = new Map(ranked.map((place, i) => [place, i]));
  const rankOf = (edge: number) => {
    const place = placeOfEdge.get(edge);
    return place ? rank.get(place)! : -1;
  };
  const found = feedbackGroups(strong, members, rankOf, (i) => ranked[i].effort);
  if (!found) return { cuts: [], none: whyNone(analysis, members, inner, kinds), exact: true };
  const edges = [...found.edges].sort((a, b) => rankOf(a) - rankOf(b) || a - b);
  return {
    exact: found.exact,
    cuts: edges.map((edge): Cut => {
      const [from, to] = [sourceOf.get(edge)!, strong.to[edge]];
      const label = graph.columns.edgeLabel[strong.edge[edge]];
      const { kind } = placeOfEdge.get(edge)!;
      const remedy = remedyOf(analysis, names, { kind, from, to, label });
      return { edge, from, to, label: labelText(graph, label), remedy };
    }),
  };
}

/** What forms a cycle that no code can end: a class, or else the first such reference. */
function whyNone(
  { graph, cyclic: strong }: Analysis,
  members: Uint32Array,
  inner: InnerEdges,
  kinds: readonly (RemedyKind | undefined)[],
): NoCut {
  const fixed = filterEdges(inner, (i) => kinds[i] === undefined);
  const { component } = stronglyConnectedComponents(fixed);
  const tied = Array.from(fixed.edge).filter((i) => component[inner.from[i]] === component[inner.to[i]]);
  const { kind, text, type, edgeLabel } = graph.columns;
  for (const i of tied) {
    const node = members[inner.from[i]];
    if (kind[node] === Kind.type) return { kind: "class", name: graph.string(text[node]).split(".").at(-1) ?? "" };
  }
  const [first] = tied;
  return {
    kind: "internal",
    type: typeInfoName(graph.types[type[members[inner.from[first]]]]),
    label: labelText(graph, edgeLabel[strong.edge[inner.edge[first]]]),
  };
}
