import type { NodeIndex } from "../heap/HeapGraph.js";
import { Flag, Kind } from "../heap/kinds.js";
import { deduceUnreachable, type Verdict } from "./collector.js";
import type { Course } from "./simulation/events.js";
import type { Simulation } from "./simulation/Simulation.js";

/** What a collection does with what it found. Node indices, bytes. */
export interface Outcome extends Course {
  /** Found, and gone afterwards, in list order. */
  readonly freed: Uint32Array;
  /** Found, but still there: cycles of objects that can't be cleared, or kept by a resurrected object. */
  readonly kept: Uint32Array;
  /** Set aside and still there: legacy finalizers, and what only they keep. */
  readonly uncollectable: Uint32Array;
  /** All that is gone, also what the collector doesn't track, in the order in which refcounts fell to zero. */
  readonly died: Uint32Array;
  /** Self sizes of `died`. */
  readonly bytes: number;
}

/**
 * Plays a collection through (collect or gc_collect_main, Modules/gcmodule.c; Python/gc.c from 3.13): callbacks of weak
 * references, finalizers, resurrection, clearing. The simulation is left as the collection leaves the heap.
 * @param resurrecting objects whose finalizer makes them reachable again; what finalizers do is not in a snapshot
 */
export function runCollection(
  simulation: Simulation,
  verdict: Verdict,
  resurrecting: ReadonlySet<NodeIndex> = new Set(),
): Outcome {
  const { graph } = simulation;
  const { collectable } = verdict;
  const before = { died: simulation.died.length, events: simulation.events.length };
  simulation.resurrecting = resurrecting;
  const [major, minor] = graph.info.version;
  handleWeakrefs(simulation, collectable);
  if (major === 3) finalizeGarbage(simulation, collectable);
  const rest = handleResurrected(simulation, collectable, major === 3 && minor < 9);
  for (const node of rest) {
    if (simulation.isDead(node) || !simulation.layout.hasClear(node)) continue;
    simulation.hold(node);
    simulation.clear(node);
    simulation.release(node);
  }
  const died = Uint32Array.from(simulation.died.slice(before.died));
  return {
    freed: verdict.unreachable.filter((node) => simulation.isDead(node)),
    kept: collectable.filter((node) => !simulation.isDead(node)),
    uncollectable: verdict.setAside.filter((node) => !simulation.isDead(node)),
    died,
    bytes: died.reduce((sum, node) => sum + graph.columns.selfSize[node], 0),
    events: simulation.events.slice(before.events),
    depthOfCode: simulation.depthOfCode,
  };
}

/**
 * handle_weakrefs: all weak references to the garbage come to refer to nothing. Callbacks are called of those that are
 * not garbage themselves, by referent in list order.
 */
export function handleWeakrefs(simulation: Simulation, collectable: Uint32Array): void {
  const { graph } = simulation;
  if (graph.weakrefs.length === 0) return;
  const isCollecting = new Uint8Array(graph.nodeCount);
  for (const node of collectable) isCollecting[node] = 1;
  const called: [referent: NodeIndex, weakref: NodeIndex][] = [];
  const { kind } = graph.columns;
  for (const node of collectable) {
    // From 3.7.5 and 3.8.1 on, a weak reference that is garbage is cleared, so that its callback is never called.
    if (kind[node] === Kind.weakref && severesGarbage(graph.info.version)) simulation.sever(node);
    for (const weakref of simulation.weakrefs.of(node)) {
      if (!simulation.refers(weakref)) continue;
      simulation.sever(weakref);
      if (isCollecting[weakref] === 1 || !simulation.hasCallback(weakref)) continue;
      simulation.hold(weakref);
      called.push([node, weakref]);
    }
  }
  for (const [referent, weakref] of called) {
    simulation.call(referent, weakref);
    simulation.release(weakref);
  }
}

function severesGarbage([major, minor, micro]: readonly [number, number, number]): boolean {
  if (major < 3 || minor < 7) return false;
  return minor > 8 || (minor === 8 ? micro >= 1 : micro >= 5);
}

/** finalize_garbage: each PEP 442 finalizer that has not run, in list order. */
function finalizeGarbage(simulation: Simulation, collectable: Uint32Array): void {
  const { flags } = simulation.graph.columns;
  for (const node of collectable) {
    if ((flags[node] & Flag.hasFinalizer) === 0 || (flags[node] & Flag.finalized) !== 0 || simulation.isDead(node))
      continue;
    simulation.hold(node);
    simulation.finalize(node);
    simulation.release(node);
  }
}

/**
 * What is still garbage after the finalizers: up to 3.8 nothing if any of it was made reachable again (check_garbage),
 * from 3.9 on what can't be reached from that (handle_resurrected_objects).
 */
function handleResurrected(simulation: Simulation, collectable: Uint32Array, allOrNothing: boolean): Uint32Array {
  const left = collectable.filter((node) => !simulation.isDead(node));
  if (!simulation.mayHaveRisen) return left;
  const still = deduceUnreachable(simulation.graph, left, simulation.refcount, (node, edge) =>
    simulation.holds(node, edge),
  );
  return allOrNothing && still.length < left.length ? new Uint32Array(0) : still;
}
