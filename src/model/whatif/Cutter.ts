import type { NodeIndex } from "../../heap/HeapGraph.js";
import { Flag, Kind } from "../../heap/kinds.js";
import type { Analysis } from "../Analysis.js";
import { isIncremental } from "../incremental.js";
import { type Outcome, runCollection } from "../collection.js";
import { deduceUnreachable, split } from "../collector.js";
import { isStrong, isTraversed, sourceOf } from "../edges.js";
import type { SimulationEvent } from "../simulation/events.js";
import { CollectorForest, IS_ROOT, NO_PARENT } from "./CollectorForest.js";
import { type Reference, withCompanions } from "./cutEdges.js";
import { findLost, type Holder, type Lost, OUTSIDE } from "./unreachable.js";

/** What happens if references were not there. Node indices, bytes. */
export interface CutResult {
  /** Gone at once, in the order in which refcounts fall to zero. */
  readonly now: Uint32Array;
  readonly bytesNow: number;
  /** Code that runs at once, in order. */
  readonly eventsNow: readonly SimulationEvent[];
  /** Gone with the next full collection, garbage of before the cut included, in that order. */
  readonly later: Uint32Array;
  readonly bytesLater: number;
  readonly eventsLater: readonly SimulationEvent[];
  /** Of `later`, what a collection would free without the cut too: objects and bytes. */
  readonly anyway: { readonly objects: number; readonly bytes: number };
  /** True for what a collection would free without the cut too. */
  readonly isFreedAnyway: (node: NodeIndex) => boolean;
  /** What stays although something that held it goes: first what the cut references led to. */
  readonly survivors: readonly Survivor[];
  /** Who holds each object of `holdersOf` that stays. */
  readonly holders: ReadonlyMap<NodeIndex, Holder>;
  /** Why the course could differ. */
  readonly doubts: readonly string[];
}

/** What else to say about a cut. */
export interface CutOptions {
  /** Objects whose finalizer makes them reachable again; what finalizers do is not in a snapshot. */
  readonly resurrecting?: ReadonlySet<NodeIndex>;
  /** Objects of which it is wanted who holds them if they stay. */
  readonly holdersOf?: readonly NodeIndex[];
}

/** An object that outlives a cut, and who holds it. */
export interface Survivor {
  readonly node: NodeIndex;
  /** Another object, or `OUTSIDE`: something outside the heap. */
  readonly heldBy: Holder;
}

const SHARED: ReadonlySet<number> = new Set([
  Kind.str,
  Kind.bytes,
  Kind.number,
  Kind.none,
  Kind.code,
  Kind.type,
  Kind.module,
]);

/** Plays cuts through: what dies at once, what the next collection frees, what stays and why. */
export class Cutter {
  readonly #analysis: Analysis;
  readonly #forest: CollectorForest;
  /** One byte a node: 1 for what a collection frees without any cut. */
  readonly #freedAnyway: Uint8Array;

  constructor(analysis: Analysis) {
    const { graph, verdict, outcome } = analysis;
    this.#analysis = analysis;
    this.#forest = new CollectorForest(graph, verdict.examined, graph.columns.refcount);
    this.#freedAnyway = new Uint8Array(graph.nodeCount);
    for (const node of outcome.died) this.#freedAnyway[node] = 1;
  }

  /**
   * Plays the cut of all these references through. Nothing stays of it: cuts are undone by leaving them out.
   */
  cut(references: readonly Reference[], { resurrecting = new Set(), holdersOf = [] }: CutOptions = {}): CutResult {
    const { graph, simulation, strong, referrers } = this.#analysis;
    try {
      simulation.resurrecting = resurrecting;
      simulation.cut(withCompanions(graph, references));
      const now = Uint32Array.from(simulation.died);
      const eventsNow = [...simulation.events];
      const depthNow = simulation.depthOfCode;
      const lost = findLost(graph, this.#forest, simulation, strong, referrers);
      const outcome = this.#collect(lost, resurrecting);
      const fresh = outcome.died.filter((node) => this.#freedAnyway[node] === 0);
      const isFreedAnyway = (node: NodeIndex) => this.#freedAnyway[node] === 1;
      const doubts = new Set(this.#analysis.doubts({ events: eventsNow, depthOfCode: depthNow }, "cut"));
      const [ofOld, ofNew] = [true, false].map((old) =>
        this.#analysis.doubts(
          { ...outcome, events: outcome.events.filter(({ node }) => isFreedAnyway(node) === old) },
          "collection",
        ),
      );
      for (const doubt of ofNew) doubts.add(doubt);
      for (const doubt of ofOld) if (!doubts.has(doubt)) doubts.add(`of what is garbage already: ${doubt}`);
      return {
        now,
        bytesNow: this.#bytes(now),
        eventsNow,
        later: outcome.died,
        bytesLater: outcome.bytes,
        eventsLater: outcome.events,
        anyway: this.#anyway(outcome.died),
        isFreedAnyway,
        survivors: this.#survivors(references, [now, lost.unreachable, fresh], lost),
        holders: new Map(
          holdersOf.filter((node) => !simulation.isDead(node)).map((node) => [node, this.#holder(node, lost)]),
        ),
        doubts: [...doubts],
      };
    } finally {
      simulation.reset();
    }
  }

  #collect(lost: Lost, resurrecting: ReadonlySet<NodeIndex>): Outcome {
    const { graph, simulation, verdict } = this.#analysis;
    const holds = (node: NodeIndex, edge: number) => simulation.holds(node, edge);
    const before = verdict.unreachable.filter((node) => !simulation.isDead(node));
    let unreachable = this.#inScanOrder(before, lost.unreachable);
    // What was garbage before can have been made reachable by the cut, and all that it holds with it.
    if (simulation.mayHaveRisen) unreachable = deduceUnreachable(graph, unreachable, simulation.refcount, holds);
    return runCollection(simulation, split(graph, verdict.examined, unreachable, holds), resurrecting);
  }

  /** Merges more nodes into a list that is in scan order. */
  #inScanOrder(list: Uint32Array, more: readonly NodeIndex[]): Uint32Array {
    if (more.length === 0) return list;
    const rank = this.#rank();
    const merged = new Uint32Array(list.length + more.length);
    const fresh = Float64Array.from(more, rank).sort();
    const byRank = new Map(more.map((node) => [rank(node), node]));
    let at = 0;
    let i = 0;
    for (const node of list) {
      for (const own = rank(node); i < fresh.length && fresh[i] < own; i++) merged[at++] = byRank.get(fresh[i])!;
      merged[at++] = node;
    }
    for (; i < fresh.length; i++) merged[at++] = byRank.get(fresh[i])!;
    return merged;
  }

  /** A number for each examined node that is greater the later the collector comes to it. */
  #rank(): (node: NodeIndex) => number {
    const { segments, version } = this.#analysis.graph.info;
    // The rows of the incremental collector's lists are in scan order already (see incrementalOrder).
    if (segments === null || isIncremental(version)) return (node) => node;
    // The oldest generation comes first, then the youngest (see scanOrder).
    const turn = [1, 2, 0];
    const { generation } = this.#analysis.graph.columns;
    const total = this.#analysis.graph.nodeCount;
    return (node) => (turn[generation[node]] ?? 0) * total + node;
  }

  #bytes(nodes: Uint32Array): number {
    const { selfSize } = this.#analysis.graph.columns;
    let bytes = 0;
    for (const node of nodes) bytes += selfSize[node];
    return bytes;
  }

  #anyway(nodes: Uint32Array): { objects: number; bytes: number } {
    const old = nodes.filter((node) => this.#freedAnyway[node] === 1);
    return { objects: old.length, bytes: this.#bytes(old) };
  }

  #survivors(references: readonly Reference[], gone: readonly Iterable<NodeIndex>[], lost: Lost): Survivor[] {
    const { graph, simulation, infrastructure } = this.#analysis;
    const { firstEdge, edgeTo, kind, flags } = graph.columns;
    const survivors = new Map<NodeIndex, Survivor>();
    const consider = (node: NodeIndex) => {
      if (survivors.has(node) || simulation.isDead(node)) return;
      survivors.set(node, { node, heldBy: this.#holder(node, lost) });
    };
    for (const { edge } of references) consider(edgeTo[edge]);
    for (const nodes of gone) {
      for (const node of nodes) {
        for (let e = firstEdge[node]; e < firstEdge[node + 1]; e++) {
          const target = edgeTo[e];
          const isShared =
            SHARED.has(kind[target]) || infrastructure[target] === 1 || (flags[target] & Flag.immortal) !== 0;
          if (!isShared && isStrong(graph, e)) consider(target);
        }
      }
    }
    return [...survivors.values()];
  }

  /** Who keeps an object that is still there after the cut and the collection. */
  #holder(node: NodeIndex, lost: Lost): Holder {
    const { graph, simulation, strong, referrers, references } = this.#analysis;
    const known = lost.holder.get(node);
    const parent = this.#forest.parentEdge[node];
    // By a reference that the collector doesn't see: from outside the heap, or one that is owned.
    const isHeldUnseen = known === OUTSIDE || (known === undefined && parent === IS_ROOT);
    if (isHeldUnseen) {
      if (references.outside[node] > 0) return OUTSIDE;
    } else if (known !== undefined) {
      if (!simulation.isDead(known)) return known;
    } else if (parent !== NO_PARENT) {
      const source = sourceOf(graph, parent);
      if (simulation.holds(source, parent)) return source;
    }
    let holder: Holder = OUTSIDE;
    for (let r = referrers.first[node]; r < referrers.first[node + 1]; r++) {
      const source = referrers.to[r];
      const edge = strong.edge[referrers.edge[r]];
      if (!simulation.holds(source, edge)) continue;
      if (!isHeldUnseen || this.#forest.isExamined[source] === 0 || !isTraversed(graph, edge)) return source;
      holder = source;
    }
    return holder;
  }
}
