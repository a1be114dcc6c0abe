import { type Csr, groupBy } from "./csr.js";

/**
 * The graph between components: one node a component, an edge from one to another where any of their members has
 * one. Parallel edges are merged, edges inside a component dropped; a component's edges are in the order in which its
 * members' edges first name the other component. `component` has one entry a node, -1 for nodes to leave out.
 * Linear time.
 */
export function condense(csr: Csr, component: Int32Array | Uint32Array, count: number): Csr {
  const { first: firstMember, members } = groupBy(count, component);
  const first = new Uint32Array(count + 1);
  const seenFrom = new Int32Array(count);

  function walk(emit: ((other: number) => void) | undefined): void {
    seenFrom.fill(-1);
    let edges = 0;
    for (let c = 0; c < count; c++) {
      seenFrom[c] = c;
      for (let m = firstMember[c]; m < firstMember[c + 1]; m++) {
        const end = csr.first[members[m] + 1];
        for (let e = csr.first[members[m]]; e < end; e++) {
          const other = component[csr.to[e]];
          if (other < 0 || other >= count || seenFrom[other] === c) continue;
          seenFrom[other] = c;
          edges++;
          emit?.(other);
        }
      }
      first[c + 1] = edges;
    }
  }

  walk(undefined);
  const to = new Uint32Array(first[count]);
  let slot = 0;
  walk((other) => (to[slot++] = other));
  return { nodeCount: count, first, to };
}
