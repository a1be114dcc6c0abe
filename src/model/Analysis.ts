import { type DerivedCsr, reverse, type ReverseCsr } from "../graph/index.js";
import type { HeapGraph } from "../heap/HeapGraph.js";
import { collect, type Verdict } from "./collector.js";
import { type CycleFamily, findCycles, type LeftOut, leftOutOf } from "./cycles.js";
import { strongEdges } from "./edges.js";
import { infrastructure } from "./infrastructure.js";
import { type Membership, membershipOf } from "./membership.js";
import { type Ownership, ownership } from "./ownership.js";
import { explainReferences, type References } from "./references.js";
import { findRoots, type Roots } from "./roots.js";

/** Everything that is derived from one heap, each part computed once, when it is first asked for. */
export class Analysis {
  readonly graph: HeapGraph;
  #strong: DerivedCsr | undefined;
  #reverse: ReverseCsr | undefined;
  #references: References | undefined;
  #verdict: Verdict | undefined;
  #infrastructure: Uint8Array | undefined;
  #roots: Roots | undefined;
  #ownership: Ownership | undefined;
  #families: readonly CycleFamily[] | undefined;
  #membership: Membership | undefined;
  #leftOut: LeftOut | undefined;

  constructor(graph: HeapGraph) {
    this.graph = graph;
  }

  /** Edges that keep something alive; `edge` leads back to the heap's edges. */
  get strong(): DerivedCsr {
    return (this.#strong ??= strongEdges(this.graph));
  }

  /** `strong` turned round; its `edge` counts in `strong`. */
  get referrers(): ReverseCsr {
    return (this.#reverse ??= reverse(this.strong));
  }

  get references(): References {
    return (this.#references ??= explainReferences(this.graph));
  }

  get verdict(): Verdict {
    return (this.#verdict ??= collect(this.graph));
  }

  get infrastructure(): Uint8Array {
    return (this.#infrastructure ??= infrastructure(this.graph));
  }

  get roots(): Roots {
    return (this.#roots ??= findRoots(this.graph, this.strong, this.references, this.verdict.unreachable));
  }

  get ownership(): Ownership {
    return (this.#ownership ??= ownership(this.graph, this.strong, this.roots));
  }

  /** Cycles by shape, most bytes first. */
  get families(): readonly CycleFamily[] {
    return (this.#families ??= findCycles(this.graph, this.strong, this.roots, this.infrastructure, this.ownership));
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
