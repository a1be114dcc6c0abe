import { type DerivedCsr, reverse, type ReverseCsr } from "../graph/index.js";
import type { HeapGraph, NodeIndex } from "../heap/HeapGraph.js";
import { type Outcome, runCollection } from "./collection.js";
import { collect, type CollectionOptions, type Verdict } from "./collector.js";
import { type CycleFamily, findCycles, type LeftOut, leftOutOf } from "./cycles.js";
import { strongEdges } from "./edges.js";
import { infrastructure } from "./infrastructure.js";
import { type Membership, membershipOf } from "./membership.js";
import { type Ownership, ownership } from "./ownership.js";
import { ArenaMap } from "./pymalloc/ArenaMap.js";
import { estimatePymalloc } from "./pymalloc/estimate.js";
import { Units } from "./pymalloc/units.js";
import { explainReferences, type References } from "./references.js";
import { findRoots, type Roots } from "./roots.js";
import { knownCode } from "./knownCode.js";
import { ProgramCode } from "./simulation/code.js";
import { type Course, sureDepth } from "./simulation/events.js";
import { Simulation } from "./simulation/Simulation.js";
import { cycleEdges } from "./v8/cycleEdges.js";
import { v8Ownership } from "./v8/ownership.js";
import { libraryCallback } from "./weakrefs/index.js";
import { Cutter } from "./whatif/Cutter.js";

/** Everything that is derived from one heap, each part computed once, when it is first asked for. */
export class Analysis {
  readonly graph: HeapGraph;
  #strong: DerivedCsr | undefined;
  #cyclic: DerivedCsr | undefined;
  #reverse: ReverseCsr | undefined;
  #references: References | undefined;
  #verdict: Verdict | undefined;
  readonly #code: ProgramCode;
  #simulation: Simulation | undefined;
  #cutter: Cutter | undefined;
  #outcome: Outcome | undefined;
  #infrastructure: Uint8Array | undefined;
  #roots: Roots | undefined;
  #ownership: Ownership | undefined;
  #families: readonly CycleFamily[] | undefined;
  #membership: Membership | undefined;
  #leftOut: LeftOut | undefined;
  #arenas: ArenaMap | null | undefined;
  #units: Units | undefined;

  constructor(graph: HeapGraph) {
    this.graph = graph;
    this.#code = new ProgramCode(graph);
  }

  /** Edges that keep something alive; `edge` leads back to the heap's edges. */
  get strong(): DerivedCsr {
    return (this.#strong ??= strongEdges(this.graph));
  }

  /** `strong` turned round; its `edge` counts in `strong`. */
  get referrers(): ReverseCsr {
    return (this.#reverse ??= reverse(this.strong));
  }

  /** References over which cycles are looked for: `strong`, in V8 without those that nobody wrote. */
  get cyclic(): DerivedCsr {
    return this.graph.info.runtime === "v8" ? (this.#cyclic ??= cycleEdges(this.graph)) : this.strong;
  }

  get references(): References {
    return (this.#references ??= explainReferences(this.graph));
  }

  /** What a full collection finds. */
  get verdict(): Verdict {
    return (this.#verdict ??= collect(this.graph));
  }

  /** Reference counting, played through; whoever uses it resets it. */
  get simulation(): Simulation {
    return (this.#simulation ??= new Simulation(this.graph, this.references.inside, knownCode(this)));
  }

  /** Plays cuts of references through. */
  get cutter(): Cutter {
    return (this.#cutter ??= new Cutter(this));
  }

  /** What a full collection does with what it finds. */
  get outcome(): Outcome {
    return (this.#outcome ??= this.#collected(this.verdict));
  }

  /**
   * A collection of a generation and the younger ones: what it finds and what it does with that.
   * @throws UnknownGenerationsError for a young generation where the file doesn't tell the generations
   */
  collection(options: CollectionOptions): { readonly verdict: Verdict; readonly outcome: Outcome } {
    if ((options.generation ?? 2) === 2) return { verdict: this.verdict, outcome: this.outcome };
    const verdict = collect(this.graph, options);
    return { verdict, outcome: this.#collected(verdict) };
  }

  /**
   * Why the course of events could differ: code of the program that would run meanwhile, and deallocations nested so
   * deeply that the interpreter puts some off. Empty where all is certain.
   * @param during a collection: callbacks of weak references can't reach what is collected then, elsewhere they can
   */
  doubts(course: Course, during: "collection" | "cut"): string[] {
    const doubts = this.#code.doubts(
      course.events,
      during === "cut",
      (weakref) => libraryCallback(this.graph, weakref) !== undefined,
    );
    const deepest = sureDepth(this.graph.info.version);
    if (course.depthOfCode > deepest) {
      doubts.push(
        `code runs inside ${course.depthOfCode} nested deallocations; beyond ${deepest} the order is not certain`,
      );
    }
    return doubts;
  }

  /** The `__del__` in Python that an object's class has: a function's node, or undefined. */
  finalizerOf(node: NodeIndex): NodeIndex | undefined {
    return this.#code.finalizerOf(node);
  }

  #arenaMap(): ArenaMap | null {
    const { graph } = this;
    const allocator = graph.info.allocator?.allocator;
    if (graph.pymalloc) return new ArenaMap(graph, graph.pymalloc);
    if (graph.info.runtime === "v8" || allocator === "malloc" || allocator === "mimalloc") return null;
    return new ArenaMap(graph, estimatePymalloc(graph));
  }

  #collected(verdict: Verdict): Outcome {
    try {
      return runCollection(this.simulation, verdict);
    } finally {
      this.simulation.reset();
    }
  }

  get infrastructure(): Uint8Array {
    return (this.#infrastructure ??= infrastructure(this.graph));
  }

  get roots(): Roots {
    return (this.#roots ??= findRoots(this.graph, this.strong, this.references, this.verdict.unreachable));
  }

  get ownership(): Ownership {
    return (this.#ownership ??=
      this.graph.info.runtime === "v8" ? v8Ownership(this.graph) : ownership(this.graph, this.strong, this.roots));
  }

  /** Cycles by shape, most bytes first. */
  get families(): readonly CycleFamily[] {
    return (this.#families ??= findCycles(this.graph, this.cyclic, this.roots, this.infrastructure, this.ownership));
  }

  /**
   * Which objects are in which arenas: by the allocator's records, else estimated from addresses. Null where the
   * interpreter took its memory from another allocator than pymalloc.
   */
  get arenas(): ArenaMap | null {
    if (this.#arenas === undefined) this.#arenas = this.#arenaMap();
    return this.#arenas;
  }

  /** What has to go for an object to be freed. */
  get units(): Units {
    return (this.#units ??= new Units(this));
  }

  /** Which cycle of `families` each node is in. */
  get membership(): Membership {
    return (this.#membership ??= membershipOf(this.graph.nodeCount, this.families));
  }

  /** What the infrastructure policy keeps out of `families`. */
  get leftOut(): LeftOut {
    return (this.#leftOut ??= leftOutOf(this.strong, this.roots, this.infrastructure));
  }
}
