import { NONE, PoolPolicy } from "./PoolPolicy.js";

/**
 * CPython 2.3 and 2.4: one stack of free pools for all arenas, so that the pool that was emptied last is used first.
 * Where it is empty, the newest arena is cut on, then a new one is taken. Arenas are never given back
 * (Objects/obmalloc.c of 2.4: `freepools`, `arenabase`, `nfreepools`).
 */
export class StackPolicy extends PoolPolicy {
  #freePools = NONE;
  /** The next pool of the newest arena, and how many of them are left. */
  #fresh = 0;
  #freshCount = 0;

  protected override takePool(): number {
    const pool = this.#freePools;
    if (pool !== NONE) {
      this.#freePools = this.next[pool];
      return pool;
    }
    if (this.#freshCount === 0) {
      const arena = this.held;
      this.#freshCount = this.takeArena(arena);
      this.#fresh = arena * this.stride;
    }
    this.#freshCount--;
    return this.#fresh++;
  }

  protected override givePool(pool: number): void {
    this.next[pool] = this.#freePools;
    this.#freePools = pool;
  }
}
