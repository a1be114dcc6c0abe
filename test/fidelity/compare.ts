import type { HeapGraph, NodeIndex } from "../../src/heap/HeapGraph.js";
import { Flag, Kind, UNKNOWN_REFCOUNT } from "../../src/heap/kinds.js";
import { Analysis } from "../../src/model/Analysis.js";
import { handleWeakrefs, type Outcome, runCollection } from "../../src/model/collection.js";
import { collect, type Generation, type Verdict } from "../../src/model/collector.js";
import { isStrong } from "../../src/model/edges.js";
import type { SimulationEvent } from "../../src/model/simulation/events.js";
import type { Found, Truth } from "./run.js";

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

/** Compares what the model finds unreachable with what a collection found, as sets and in order. */
export function compareWithTruth(graph: HeapGraph, truth: Found, generation: Generation = 2): Comparison {
  const verdict = collect(graph, { generation });
  const { id } = graph.columns;
  const collectable = Array.from(verdict.collectable, (node) => id[node]);
  const uncollectable = reportedUncollectable(graph, verdict).map((node) => id[node]);

  const real = new Set([...truth.collectable, ...truth.uncollectable]);
  const modelled = new Set([...collectable, ...uncollectable]);
  const realUncollectable = new Set(truth.uncollectable);
  const missing = [...real].filter((address) => !modelled.has(address));
  const surplus = [...modelled].filter((address) => !real.has(address));
  const inBoth = [...modelled].filter((address) => real.has(address));
  const legacyAddresses = new Set(uncollectable);
  const misjudged = inBoth.filter((address) => legacyAddresses.has(address) !== realUncollectable.has(address));
  const setsEqual = missing.length + surplus.length + misjudged.length === 0;
  const named = (addresses: readonly number[]) => addresses.map((address) => nameOf(graph, address));
  return {
    missing: named(missing),
    surplus: named(surplus),
    misjudged: named(misjudged),
    setsEqual,
    ordersEqual:
      setsEqual && sameOrder(collectable, truth.collectable) && sameOrder(uncollectable, truth.uncollectable),
  };
}

/** How the course of a collection, as the model plays it through, stands to the real one. */
export interface CourseComparison {
  /** Objects that one of them frees and the other doesn't, as "freed (or kept) 0x… type". */
  readonly freedWrongly: readonly string[];
  /** Finalizers and callbacks of the program, in the model's order and in the real one. */
  readonly modelled: readonly string[];
  readonly real: readonly string[];
  readonly sameCourse: boolean;
  /** Why the model says that it can't be certain. */
  readonly doubts: readonly string[];
}

/** Objects of the test programs whose finalizer makes them reachable again. */
export function rising(graph: HeapGraph): ReadonlySet<NodeIndex> {
  const types = new Set(graph.types.flatMap(({ name }, i) => (name === "Phoenix" ? [i] : [])));
  const found = new Set<NodeIndex>();
  for (let node = 0; node < graph.nodeCount; node++) if (types.has(graph.columns.type[node])) found.add(node);
  return found;
}

/** Plays a full collection through and compares what is freed and what runs. */
export function compareCourse(graph: HeapGraph, truth: Truth): CourseComparison {
  const analysis = new Analysis(graph);
  const outcome = play(analysis);
  const { id, flags, kind } = graph.columns;
  const gone = new Set(truth.plain.gone);
  const unreachable = new Set(analysis.verdict.unreachable);
  const freedWrongly: string[] = [];
  const died = new Set(outcome.died);
  for (let node = 0; node < graph.nodeCount; node++) {
    if ((flags[node] & (Flag.tracked | Flag.frozen)) !== Flag.tracked) continue;
    const reallyGone = gone.has(id[node]);
    // A collection untracks tuples and dicts that hold nothing trackable.
    const untracked = !unreachable.has(node) && (kind[node] === Kind.tuple || kind[node] === Kind.dict);
    if (reallyGone !== died.has(node) && !(reallyGone && untracked)) {
      freedWrongly.push(`${died.has(node) ? "freed" : "kept"} ${nameOf(graph, id[node])}`);
    }
  }
  const nameEvent = (entry: number) => `${entry < 0 ? "callback" : "finalizer"} ${nameOf(graph, Math.abs(entry))}`;
  const modelled = loggedEvents(graph, outcome.events).map(nameEvent);
  const real = truth.plain.log.map(nameEvent);
  return {
    freedWrongly,
    modelled,
    real,
    sameCourse: modelled.length === real.length && modelled.every((event, i) => event === real[i]),
    doubts: analysis.doubts(outcome, "collection"),
  };
}

function play({ graph, simulation, verdict }: Analysis): Outcome {
  try {
    return runCollection(simulation, verdict, rising(graph));
  } finally {
    simulation.reset();
  }
}

/**
 * What is set aside, without what leaves the list before the collector reports it as uncollectable: weak references
 * whose callback it calls, and what dies of those callbacks.
 */
function reportedUncollectable(graph: HeapGraph, verdict: Verdict): NodeIndex[] {
  const aside = Array.from(verdict.setAside);
  if (aside.length === 0) return aside;
  const { simulation } = new Analysis(graph);
  const referred = aside.filter((node) => simulation.refers(node));
  handleWeakrefs(simulation, verdict.collectable);
  const called = new Set(referred.filter((node) => !simulation.refers(node) && simulation.hasCallback(node)));
  return aside.filter((node) => !simulation.isDead(node) && !called.has(node));
}

/** Standard library files whose weakref callbacks do not log that they ran. */
const SILENT = /(?:weakref|_weakrefset)\.py$/;

/**
 * Those events that the test programs log, as they log them: finalizers of their own classes, and callbacks but for
 * those of weak collections and of C code.
 */
export function loggedEvents(graph: HeapGraph, events: readonly SimulationEvent[]): number[] {
  const { id, type, firstEdge, edgeTo } = graph.columns;
  return events.flatMap((event) => {
    if (event.kind === "close") return [];
    if (event.kind === "finalizer") {
      const { module, name } = graph.types[type[event.node]];
      return module === "__main__" || module === "random_heap" || name === "instance" ? [id[event.node]] : [];
    }
    const targets = edgeTo.subarray(firstEdge[event.weakref], firstEdge[event.weakref + 1]);
    const logs = targets.every(
      (target) => graph.kindName(target) !== "builtin" && !SILENT.test(graph.location(target)?.file ?? ""),
    );
    return logs ? [-id[event.weakref]] : [];
  });
}

/**
 * Tracked objects to which the graph knows more references than their refcount, by name. Classes are left out: a
 * functools cache visits those of its entries' links for them. So is what running frames hold: a generator that runs
 * is told to hold its variables too.
 */
export function overcounted(graph: HeapGraph): string[] {
  const { flags, kind, refcount, id, firstEdge, edgeTo } = graph.columns;
  const known = new Uint32Array(graph.nodeCount);
  for (let from = 0; from < graph.nodeCount; from++) {
    if ((flags[from] & Flag.synthetic) !== 0) continue;
    for (let edge = firstEdge[from]; edge < firstEdge[from + 1]; edge++) {
      if (isStrong(graph, edge)) known[edgeTo[edge]]++;
    }
  }
  const found: string[] = [];
  for (let node = 0; node < graph.nodeCount; node++) {
    if ((flags[node] & Flag.tracked) === 0 || kind[node] === Kind.type || refcount[node] === UNKNOWN_REFCOUNT) continue;
    if (known[node] > refcount[node]) found.push(`${nameOf(graph, id[node])}: ${known[node]} > ${refcount[node]}`);
  }
  return found;
}

/** The order of the lists is known from 3.6 on: 2.7 does not tell where its generations begin. */
export function orderIsKnown(graph: HeapGraph): boolean {
  return graph.info.version[0] >= 3;
}

/** An object as a message names it. */
export function nameOf(graph: HeapGraph, address: number): string {
  const node = graph.nodeOfAddress(address);
  return `0x${address.toString(16)} ${node === undefined ? "(not in the snapshot)" : graph.typeName(node)}`;
}

function sameOrder(left: readonly number[], right: readonly number[]): boolean {
  return left.length === right.length && left.every((address, i) => address === right[i]);
}
