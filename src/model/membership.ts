import type { CycleFamily } from "./cycles.js";

/** Which cycle each node is a member of. Cycles are numbered through all families, in their order. */
export interface Membership {
  /** One entry a node: the number of its cycle, or -1. */
  readonly cycle: Int32Array;
  /** One entry a cycle: the position of its family, and its own position in that. */
  readonly family: Uint32Array;
  readonly position: Uint32Array;
}

/** Turns the families' lists of members round. */
export function membershipOf(nodeCount: number, families: readonly CycleFamily[]): Membership {
  const count = families.reduce((total, family) => total + family.cycles.length, 0);
  const cycle = new Int32Array(nodeCount).fill(-1);
  const family = new Uint32Array(count);
  const position = new Uint32Array(count);
  let number = 0;
  families.forEach(({ cycles }, f) => {
    cycles.forEach(({ members }, c) => {
      for (const node of members) cycle[node] = number;
      family[number] = f;
      position[number++] = c;
    });
  });
  return { cycle, family, position };
}
