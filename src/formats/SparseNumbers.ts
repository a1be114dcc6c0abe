import type { NodeFacts, NodeIndex, NumberTable } from "../heap/HeapGraph.js";

/** Some nodes and their values, row by row. */
export interface NumberGroup {
  readonly nodes: Uint32Array;
  readonly values: Float64Array;
}

/** Values of the few nodes that are numbers: node indices in ascending order, found by halving. */
export class SparseNumbers implements NumberTable {
  readonly #groups: readonly NumberGroup[];

  constructor(groups: readonly NumberGroup[]) {
    this.#groups = groups.map(ascending);
  }

  get(node: NodeIndex): number | undefined {
    for (const { nodes, values } of this.#groups) {
      let low = 0;
      let high = nodes.length - 1;
      while (low <= high) {
        const middle = (low + high) >>> 1;
        if (nodes[middle] === node) return values[middle];
        if (nodes[middle] < node) low = middle + 1;
        else high = middle - 1;
      }
    }
    return undefined;
  }
}

/** One number for each of some nodes, in any order. */
export function nodeFacts(group: NumberGroup): NodeFacts {
  const { nodes, values } = ascending(group);
  const table = new SparseNumbers([{ nodes, values }]);
  return { nodes, values, get: (node) => table.get(node) };
}

function ascending(group: NumberGroup): NumberGroup {
  const { nodes, values } = group;
  // Usually they are in order already, and sorting a million costs more than looking.
  if (nodes.every((node, i) => i === 0 || nodes[i - 1] < node)) return group;
  const order = nodes.map((_, i) => i).sort((a, b) => nodes[a] - nodes[b]);
  return { nodes: nodes.map((_, i) => nodes[order[i]]), values: values.map((_, i) => values[order[i]]) };
}
