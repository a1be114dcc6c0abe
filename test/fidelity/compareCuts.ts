import type { HeapGraph, NodeIndex } from "../../src/heap/HeapGraph.js";
import { Flag, Kind } from "../../src/heap/kinds.js";
import type { Analysis } from "../../src/model/Analysis.js";
import { findReferences } from "../../src/model/whatif/cutEdges.js";
import { loggedEvents, nameOf, rising } from "./compare.js";
import type { RealCut } from "./run.js";

/** How a cut, as the model plays it through, stands to the real one. Objects as "died (or lived) 0x… type". */
export interface CutComparison {
  readonly wrongNow: readonly string[];
  readonly wrongLater: readonly string[];
  /** The same finalizers and callbacks in the same order at once; not told where the source itself dies. */
  readonly sameOrder: boolean | undefined;
  readonly modelled: readonly string[];
  readonly real: readonly string[];
  readonly died: number;
  readonly doubts: readonly string[];
}

/** Plays a cut through and compares. Only tracked objects are compared: only those can be listed by the program. */
export function compareCut(analysis: Analysis, real: RealCut): CutComparison {
  const { graph } = analysis;
  const from = graph.nodeOfAddress(real.from);
  const to = graph.nodeOfAddress(real.to);
  if (from === undefined || to === undefined) throw new Error("the cut reference is not in the snapshot");
  const reference = findReferences(graph, { from, to, label: real.label ?? undefined })[0];
  const result = analysis.cutter.cut([reference], { resurrecting: rising(graph) });
  const now = new Set(result.now);
  const later = new Set(result.later);
  const unreachable = new Set(analysis.verdict.unreachable);
  // A collection stops tracking tuples and dicts that hold nothing trackable.
  const mayBeUntracked = (node: NodeIndex) =>
    !later.has(node) &&
    !unreachable.has(node) &&
    [Kind.tuple, Kind.dict].some((kind) => kind === graph.columns.kind[node]);
  const log = loggedEvents(graph, result.eventsNow);
  return {
    wrongNow: differences(graph, now, real.now, () => false),
    wrongLater: differences(graph, later, real.later, mayBeUntracked),
    sameOrder: now.has(from)
      ? undefined
      : log.length === real.logNow.length && log.every((e, i) => e === real.logNow[i]),
    modelled: log.map((entry) => `${entry < 0 ? "callback" : "finalizer"} ${nameOf(graph, Math.abs(entry))}`),
    real: real.logNow.map((entry) => `${entry < 0 ? "callback" : "finalizer"} ${nameOf(graph, Math.abs(entry))}`),
    died: now.size + later.size,
    doubts: result.doubts,
  };
}

function differences(
  graph: HeapGraph,
  modelled: ReadonlySet<NodeIndex>,
  real: readonly number[],
  excused: (node: NodeIndex) => boolean,
): string[] {
  const { id, flags } = graph.columns;
  const really = new Set(real);
  const wrong: string[] = [];
  for (let node = 0; node < graph.nodeCount; node++) {
    if (
      (flags[node] & (Flag.tracked | Flag.frozen | Flag.agent)) !== Flag.tracked ||
      graph.typeName(node).startsWith("ouroboros_capture.") ||
      really.has(id[node]) === modelled.has(node) ||
      excused(node)
    )
      continue;
    wrong.push(`${modelled.has(node) ? "died" : "lived"} ${nameOf(graph, id[node])}`);
  }
  return wrong;
}
