import type { HeapGraph } from "../../src/heap/HeapGraph.js";
import { collect } from "../../src/model/collector.js";
import type { Truth } from "./run.js";

/** How the model's answer stands to the real collector's. */
export interface Comparison {
  /** Found by the collector and not by the model, as "0x… type". */
  readonly missing: readonly string[];
  /** Found by the model and not by the collector. */
  readonly surplus: readonly string[];
  /** Found by both, but told collectable by one and uncollectable by the other. */
  readonly misjudged: readonly string[];
  readonly setsEqual: boolean;
  /** In the same order; only told if the sets are equal. */
  readonly ordersEqual: boolean;
}

/** Compares the model's unreachable set with the truth, as sets and in order. */
export function compareWithTruth(graph: HeapGraph, truth: Truth): Comparison {
  const verdict = collect(graph);
  const { id } = graph.columns;
  const legacy = new Set(verdict.uncollectable);
  // A weak reference whose callback is called leaves the unreachable list before the uncollectable ones are reported.
  for (const [, weakref] of verdict.callbacks) legacy.add(weakref);
  const collectable = Array.from(
    verdict.unreachable.filter((node) => !legacy.has(node)),
    (node) => id[node],
  );
  const uncollectable = Array.from(verdict.uncollectable, (node) => id[node]);

  const real = new Set([...truth.collectable, ...truth.uncollectable]);
  const modelled = new Set([...collectable, ...uncollectable]);
  const realUncollectable = new Set(truth.uncollectable);
  const name = (address: number) => {
    const node = graph.nodeOfAddress(address);
    return `0x${address.toString(16)} ${node === undefined ? "(not in the snapshot)" : graph.typeName(node)}`;
  };
  const missing = [...real].filter((address) => !modelled.has(address)).map(name);
  const surplus = [...modelled].filter((address) => !real.has(address)).map(name);
  const inBoth = [...modelled].filter((address) => real.has(address));
  const legacyAddresses = new Set(uncollectable);
  const misjudged = inBoth
    .filter((address) => legacyAddresses.has(address) !== realUncollectable.has(address))
    .map(name);
  const setsEqual = missing.length + surplus.length + misjudged.length === 0;
  return {
    missing,
    surplus,
    misjudged,
    setsEqual,
    ordersEqual:
      setsEqual && sameOrder(collectable, truth.collectable) && sameOrder(uncollectable, truth.uncollectable),
  };
}

/** Standard library files whose weakref callbacks do not log that they ran. */
const SILENT = /(?:weakref|_weakrefset)\.py$/;

/**
 * True if the model calls the same weakref callbacks in the same order as the collector did. Only the program's own
 * callbacks are compared: those of weak collections and of C code do not log.
 */
export function sameCallbacks(graph: HeapGraph, truth: Truth): boolean {
  const { id, firstEdge, edgeTo } = graph.columns;
  const logging = collect(graph).callbacks.filter(([, weakref]) => {
    const targets = edgeTo.subarray(firstEdge[weakref], firstEdge[weakref + 1]);
    return targets.every(
      (target) => graph.kindName(target) !== "builtin" && !SILENT.test(graph.location(target)?.file ?? ""),
    );
  });
  return sameOrder(
    logging.map(([, weakref]) => id[weakref]),
    truth.callbacks,
  );
}

/**
 * True if the model calls the same `__del__`s as the collector did; for the program's own classes, since only they log.
 * As sets: one finalizer can be the end of a further object, whose own turn then comes earlier.
 */
export function sameFinalizers(graph: HeapGraph, truth: Truth): boolean {
  const { id, type } = graph.columns;
  const modelled = Array.from(collect(graph).finalizers)
    .filter((node) => graph.types[type[node]].module === "__main__")
    .map((node) => id[node]);
  const ascending = (addresses: readonly number[]) => [...addresses].sort((a, b) => a - b);
  return sameOrder(ascending(modelled), ascending(truth.finalizers));
}

/** The order of the lists is known from 3.6 on: 2.7 does not tell where its generations begin. */
export function orderIsKnown(graph: HeapGraph): boolean {
  return graph.info.version[0] >= 3;
}

function sameOrder(left: readonly number[], right: readonly number[]): boolean {
  return left.length === right.length && left.every((address, i) => address === right[i]);
}
