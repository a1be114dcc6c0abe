/** How often all nodes are tried; each round takes time O(n²). */
const ROUNDS = 16;

/**
 * Makes the backward arcs of an order weigh less, in place: takes each node in turn and moves it to where they weigh
 * least, until a whole round changes nothing. Arcs of infinite weight, which must lead forward, stay so.
 *
 * The neighbourhood of Stefan Chanas, Przemysław Kobylański, "A new heuristic algorithm solving the linear ordering
 * problem", Computational Optimization and Applications 6 (1996).
 * @param order the nodes, first to last
 * @param weight of the arc between two nodes, 0 where there is none
 */
export function improveOrder(order: Uint32Array, weight: (from: number, to: number) => number): void {
  for (let round = 0, changed = true; changed && round < ROUNDS; round++) {
    changed = false;
    for (const node of Uint32Array.from(order)) {
      const at = order.indexOf(node);
      const best = bestPlace(order, at, weight);
      if (best === at) continue;
      if (best < at) order.copyWithin(best + 1, best, at);
      else order.copyWithin(at, at + 1, best + 1);
      order[best] = node;
      changed = true;
    }
  }
}

/** The place nearest to where the node is now among those with the least weight; left before right. */
function bestPlace(order: Uint32Array, at: number, weight: (from: number, to: number) => number): number {
  const node = order[at];
  let best = at;
  let least = 0;
  // Passing a node on the left turns the arc from it backward and the arc to it forward; on the right vice versa.
  for (let place = at - 1, change = 0; place >= 0 && change < Infinity; place--) {
    change += weight(order[place], node) - weight(node, order[place]);
    if (change < least) {
      least = change;
      best = place;
    }
  }
  for (let place = at + 1, change = 0; place < order.length && change < Infinity; place++) {
    change += weight(node, order[place]) - weight(order[place], node);
    if (change < least) {
      least = change;
      best = place;
    }
  }
  return best;
}
