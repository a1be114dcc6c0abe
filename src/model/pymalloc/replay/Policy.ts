/** What a policy has at one moment. */
export interface PolicyCounts {
  /** Arenas taken from the system and not given back. */
  readonly held: number;
  /** Arenas in which a pool is in use: what no policy that does not move blocks could give back now. */
  readonly inUse: number;
  /** Most arenas held at once so far. */
  readonly highwater: number;
  /** Arenas taken from the system so far. */
  readonly taken: number;
  /** Arenas given back so far. */
  readonly reclaimed: number;
  /** Pools in use. */
  readonly pools: number;
}

/**
 * A way to choose pools and arenas. Blocks are named by small numbers (slots), which are used again. Classes are those
 * of Geometry, never OUTSIDE.
 */
export interface Policy {
  allocate(slot: number, sizeClass: number): void;
  release(slot: number, sizeClass: number): void;
  counts(): PolicyCounts;
  /** By class: pools in use. */
  poolsByClass(): Uint32Array;
}
