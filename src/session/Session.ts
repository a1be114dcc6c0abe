import type { ReadOptions } from "../formats/ByteSource.js";
import type { HeapGraph, NodeIndex } from "../heap/HeapGraph.js";
import type { Finding } from "../detect/Finding.js";
import { familyFingerprint } from "../detect/cycles.js";
import { aggregate, type Aggregates } from "../detect/growth/aggregate.js";
import { type Places, placesOf } from "../detect/growth/places.js";
import { findAll } from "../detect/report.js";
import { Analysis } from "../model/Analysis.js";
import { openHeap } from "./open.js";
import { SourceFiles } from "./SourceFiles.js";

/** An id that names no object of the snapshot. */
export class UnknownObjectError extends Error {
  constructor(id: string, example: string | undefined) {
    const advice =
      example === undefined ? "The heap is empty" : `Ids look like ${example}; \`retained\` and \`cycles\` print some`;
    super(`no object has the id ${JSON.stringify(id)}. ${advice}`);
    this.name = "UnknownObjectError";
  }
}

/** A name that is no type's of the snapshot. */
export class UnknownTypeError extends Error {
  constructor(name: string) {
    super(`no type has the name ${JSON.stringify(name)}; \`types --all\` lists them`);
    this.name = "UnknownTypeError";
  }
}

/** One open snapshot. Analyses are made when they are first asked for. */
export class Session {
  readonly path: string;
  readonly analysis: Analysis;
  #findings: readonly Finding[] | undefined;
  #aggregates: Aggregates | undefined;

  constructor(path: string, graph: HeapGraph) {
    this.path = path;
    this.analysis = new Analysis(graph);
  }

  /**
   * Opens a file.
   * @throws SnapshotError
   */
  static async open(path: string, options?: ReadOptions): Promise<Session> {
    return new Session(path, await openHeap(path, options));
  }

  get graph(): HeapGraph {
    return this.analysis.graph;
  }

  /** What all rules find, most bytes first. */
  get findings(): readonly Finding[] {
    return (this.#findings ??= findAll(this.analysis, new SourceFiles(this.graph).scripts));
  }

  /** Fingerprints of the findings of families of cycles that are garbage. */
  get garbageFingerprints(): string[] {
    const { analysis } = this;
    return analysis.families.filter(({ garbage }) => garbage).map((family) => familyFingerprint(analysis, family));
  }

  /** Where each object stands, by paths that are the same in every snapshot of a process. */
  get places(): Places {
    return placesOf(this.analysis);
  }

  /** What is compared over snapshots. */
  get aggregates(): Aggregates {
    return (this.#aggregates ??= aggregate(this.analysis, this.places));
  }

  /**
   * The node with a printed id.
   * @throws UnknownObjectError
   */
  node(id: string): NodeIndex {
    const node = this.graph.nodeOfId(id);
    if (node === undefined)
      throw new UnknownObjectError(id, this.graph.nodeCount > 0 ? this.graph.idText(0) : undefined);
    return node;
  }

  /** Ids of nodes, made one by one as they are read. */
  *ids(nodes: Iterable<NodeIndex>): Generator<string> {
    for (const node of nodes) yield this.graph.idText(node);
  }
}
