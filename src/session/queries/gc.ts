import type { NodeIndex } from "../../heap/HeapGraph.js";
import type { Session } from "../Session.js";

/** What a full collection would do. Id lists are in the collector's order and read once. */
export interface GcPrediction {
  /** Objects that the collector examines. */
  readonly tracked: number;
  /** Of those: how many have references from outside the heap. */
  readonly outside: number;
  readonly unreachable: Iterable<string>;
  readonly uncollectable: Iterable<string>;
  readonly finalizers: Iterable<string>;
  readonly callbacks: Iterable<readonly [referent: string, weakref: string]>;
  readonly freed: Iterable<string>;
  readonly unknown: readonly string[];
}

/** Predicts a full collection. */
export function gc(session: Session): GcPrediction {
  const { graph, analysis } = session;
  const { verdict, references } = analysis;
  const id = (node: NodeIndex) => graph.idText(node);
  return {
    tracked: verdict.examined.length,
    outside: verdict.examined.reduce((sum, node) => sum + (references.outside[node] > 0 ? 1 : 0), 0),
    unreachable: session.ids(verdict.unreachable),
    uncollectable: session.ids(verdict.uncollectable),
    finalizers: session.ids(verdict.finalizers),
    callbacks: verdict.callbacks.map(([referent, weakref]) => [id(referent), id(weakref)] as const),
    freed: session.ids(verdict.freed),
    unknown: verdict.unknown,
  };
}
