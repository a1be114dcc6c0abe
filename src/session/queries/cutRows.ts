import { cutCode } from "../../detect/cutCode.js";
import { renderMessage } from "../../detect/messages.js";
import { cutIdiom, cutsFix, cutWhy, noCutWhy } from "../../detect/remedies.js";
import type { HeapGraph } from "../../heap/HeapGraph.js";
import type { Analysis } from "../../model/Analysis.js";
import { suggestCuts } from "../../model/cuts/index.js";
import type { EdgeRow } from "./cycles.js";

/** A reference to cut, by the ids of its ends. */
export interface CutRow extends EdgeRow {
  /** Why it holds the cycle together. */
  readonly why: string;
  /** What to do about it, in the source's own names. */
  readonly idiom: string;
  /** A line of Python that does it, where one can be told. */
  readonly code?: string;
}

/** References whose removal ends a cycle. */
export interface CutRows {
  readonly cuts: readonly CutRow[];
  /** All their idioms in one text. */
  readonly fix?: string;
  /** Why there are no cuts. */
  readonly noCuts?: string;
  /** That other cuts may take less effort, where the search ended at its limits. */
  readonly cutsNote?: string;
}

/** Suggested cuts of one cycle, as the command line and the views show them. */
export function cutRows(analysis: Analysis, members: Uint32Array): CutRows {
  const { graph } = analysis;
  const suggestion = suggestCuts(analysis, members);
  const fix = cutsFix(graph, suggestion.cuts);
  const none = noCutWhy(suggestion);
  return {
    cuts: suggestion.cuts.map((cut) => {
      const code = cutCode(graph, cut);
      return {
        from: graph.idText(cut.from),
        to: graph.idText(cut.to),
        label: cut.label,
        why: renderMessage(cutWhy(cut)),
        idiom: renderMessage(cutIdiom(graph, cut)),
        ...(code !== undefined && { code }),
      };
    }),
    ...(fix && { fix: renderMessage(fix) }),
    ...(none && { noCuts: renderMessage(none) }),
    ...(!suggestion.exact && { cutsNote: renderMessage({ id: "cut.not-proven", arguments: {} }) }),
  };
}

/** Names of both ends, for a list. */
export interface MergedCut extends CutRow {
  readonly fromName: string;
  readonly toName: string;
  /** How many references the text stands for; the first one's ends are given. */
  readonly count: number;
}

/** Cuts that read the same, as one each. */
export function mergeCuts(graph: HeapGraph, cuts: readonly CutRow[]): MergedCut[] {
  const merged = new Map<string, MergedCut>();
  const name = (id: string) => graph.nodeName(graph.nodeOfId(id)!);
  for (const cut of cuts) {
    const key = `${cut.label}\0${cut.why}\0${cut.idiom}`;
    const known = merged.get(key);
    const fresh = known ?? { ...cut, fromName: name(cut.from), toName: name(cut.to) };
    merged.set(key, { ...fresh, count: (known?.count ?? 0) + 1 });
  }
  return [...merged.values()];
}
