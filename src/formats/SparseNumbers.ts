import type { NodeIndex, NumberTable } from "../heap/HeapGraph.js";

/** Values of the few nodes that are numbers: sorted node indices and their values. */
export class SparseNumbers implements NumberTable {
  readonly #nodes: Uint32Array;
  readonly #values: Float64Array;

  constructor(nodes: Uint32Array, values: Float64Array) {
    const order = nodes.map((_, i) => i).sort((a, b) => nodes[a]! - nodes[b]!);
    this.#nodes = nodes.map((_, i) => nodes[order[i]!]!);
    this.#values = values.map((_, i) => values[order[i]!]!);
  }

  get(node: NodeIndex): number | undefined {
    let low = 0;
    let high = this.#nodes.length - 1;
    while (low <= high) {
      const middle = (low + high) >>> 1;
      const at = this.#nodes[middle]!;
      if (at === node) return this.#values[middle];
      if (at < node) low = middle + 1;
      else high = middle - 1;
    }
    return undefined;
  }
}
