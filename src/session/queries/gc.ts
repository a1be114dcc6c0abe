import type { NodeIndex } from "../../heap/HeapGraph.js";
import type { CollectionOptions } from "../../model/collector.js";
import type { Session } from "../Session.js";

/** What a collection would do. Id lists are in the collector's order and read once. */
export interface GcPrediction {
  /** Objects that the collector examines. */
  readonly tracked: number;
  /** Of those: how many have references from outside the heap. */
  readonly outside: number;
  readonly unreachable: Iterable<string>;
  readonly uncollectable: Iterable<string>;
  readonly finalizers: Iterable<string>;
  readonly callbacks: Iterable<readonly [referent: string, weakref: string]>;
  /** Found and gone afterwards. */
  readonly freed: Iterable<string>;
  /** Found and collectable, but still there afterwards: cycles of objects that can't be cleared. */
  readonly kept: Iterable<string>;
  /** Bytes of all that is gone afterwards, also of what the collector doesn't track. */
  readonly bytes: number;
  readonly unknown: readonly string[];
}

/**
 * Predicts a collection.
 * @throws UnknownGenerationsError for a young generation where the file doesn't tell the generations
 */
export function gc(session: Session, options: CollectionOptions = {}): GcPrediction {
  const { graph, analysis } = session;
  const { verdict, outcome } = analysis.collection(options);
  const { outside } = analysis.references;
  const id = (node: NodeIndex) => graph.idText(node);
  const ran = outcome.events;
  return {
    tracked: verdict.examined.length,
    outside: verdict.examined.reduce((sum, node) => sum + (outside[node] > 0 ? 1 : 0), 0),
    unreachable: session.ids(verdict.unreachable),
    uncollectable: session.ids(outcome.uncollectable),
    finalizers: ran.flatMap((event) => (event.kind === "callback" ? [] : [id(event.node)])),
    callbacks: ran.flatMap((event) =>
      event.kind === "callback" ? [[id(event.node), id(event.weakref)] as const] : [],
    ),
    freed: session.ids(outcome.freed),
    kept: session.ids(outcome.kept),
    bytes: outcome.bytes,
    unknown: analysis.doubts(outcome, "collection"),
  };
}
