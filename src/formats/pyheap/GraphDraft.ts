import { EdgeKind, Standing } from "../../heap/kinds.js";
import { SnapshotError } from "../errors.js";
import type { AddressIndex } from "../AddressIndex.js";
import { FORMAT } from "./meta.js";

/** Traversed edges in CSR, as the file gives them. */
export interface TraversedEdges {
  readonly first: Uint32Array;
  readonly to: Uint32Array;
  /** Addresses that were no node's: objects of the capture itself. */
  readonly dangling: number;
}

/**
 * Splits the edge column at its markers and turns addresses into node indices.
 * @param words the column as (low, high) pairs
 * @param total number of nodes in the file
 * @param rows number of rows to reserve in `first` (the file's nodes and those the reader adds)
 * @throws SnapshotError corrupt where the number of markers differs from the number of nodes
 */
export function splitEdges(
  words: Uint32Array,
  marker: number,
  index: AddressIndex,
  total: number,
  rows: number,
): TraversedEdges {
  const markerLow = marker >>> 0;
  const markerHigh = Math.floor(marker / 4294967296);
  const entries = words.length / 2;
  const fail = (what: string) => new SnapshotError("corrupt", `column edges/to ${what}`, { format: FORMAT });
  if (entries < total) throw fail(`has ${entries} entries, fewer than the ${total} nodes`);
  if (entries > 0 && (words.at(-2) !== markerLow || words.at(-1) !== markerHigh)) {
    throw fail("does not end with a marker");
  }
  const first = new Uint32Array(rows + 1);
  const to = new Uint32Array(entries - total);
  let node = 0;
  let edge = 0;
  let dangling = 0;
  for (let i = 0; i < words.length; i += 2) {
    const low = words[i];
    const high = words[i + 1];
    if (low === markerLow && high === markerHigh) {
      if (node === total) throw fail(`has more runs than the ${total} nodes`);
      first[++node] = edge;
      continue;
    }
    const target = index.find(low, high);
    if (target < 0) dangling++;
    else if (edge < to.length) to[edge++] = target;
    else break;
  }
  if (node !== total) throw fail(`has ${node} runs where ${total} nodes are declared`);
  first.fill(edge, node + 1);
  return { first, to: to.subarray(0, edge), dangling };
}

/** Edges that are found besides the traversed ones, in growing columns. */
export class ExtraEdges {
  #from = new Uint32Array(1024);
  #to = new Uint32Array(1024);
  #label = new Uint32Array(1024);
  #class = new Uint8Array(1024);
  #length = 0;

  add(from: number, to: number, label: number, edgeClass: number): void {
    if (this.#length === this.#from.length) this.#grow();
    const i = this.#length++;
    this.#from[i] = from;
    this.#to[i] = to;
    this.#label[i] = label;
    this.#class[i] = edgeClass;
  }

  /** Adds a reference that holds a count but is not traversed. */
  addOwned(from: number, to: number, label: number): void {
    this.add(from, to, label, EdgeKind.strong | Standing.owned);
  }

  #grow(): void {
    const grown = this.#length * 2;
    const copy = <T extends Uint32Array | Uint8Array>(old: T, fresh: T): T => {
      fresh.set(old);
      return fresh;
    };
    this.#from = copy(this.#from, new Uint32Array(grown));
    this.#to = copy(this.#to, new Uint32Array(grown));
    this.#label = copy(this.#label, new Uint32Array(grown));
    this.#class = copy(this.#class, new Uint8Array(grown));
  }

  /** Merges behind each node's traversed edges; the extra ones keep their order. */
  merge(
    traversed: TraversedEdges,
    labels: Uint32Array,
  ): { firstEdge: Uint32Array; edgeTo: Uint32Array; edgeClass: Uint8Array; edgeLabel: Uint32Array } {
    const nodes = traversed.first.length - 1;
    const firstEdge = new Uint32Array(nodes + 1);
    for (let i = 0; i < this.#length; i++) firstEdge[this.#from[i] + 1]++;
    for (let node = 0; node < nodes; node++) {
      firstEdge[node + 1] += firstEdge[node] + traversed.first[node + 1] - traversed.first[node];
    }
    const edges = traversed.to.length + this.#length;
    const edgeTo = new Uint32Array(edges);
    const edgeLabel = new Uint32Array(edges);
    const edgeClass = new Uint8Array(edges);
    const next = firstEdge.slice(0, nodes);
    for (let node = 0; node < nodes; node++) {
      let at = next[node];
      for (let e = traversed.first[node]; e < traversed.first[node + 1]; e++) {
        edgeTo[at] = traversed.to[e]!;
        edgeLabel[at++] = labels[e]!;
      }
      next[node] = at;
    }
    for (let i = 0; i < this.#length; i++) {
      const at = next[this.#from[i]]++;
      edgeTo[at] = this.#to[i]!;
      edgeLabel[at] = this.#label[i]!;
      edgeClass[at] = this.#class[i]!;
    }
    return { firstEdge, edgeTo, edgeClass, edgeLabel };
  }
}
