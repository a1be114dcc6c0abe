import { larger } from "./BlockTable.js";
import type { Geometry } from "./Geometry.js";
import type { Policy, PolicyCounts } from "./Policy.js";

const FIRST_BLOCKS = 1 << 12;
const FIRST_ARENAS = 4;

/** No pool, no arena. */
export const NONE = -1;

/**
 * What CPython's allocator does with blocks and pools in every version since 2.3 (Objects/obmalloc.c): each size class
 * has a list of pools with free blocks, the first one serves, a full pool leaves the list, and comes back to its front
 * with the first block that is released. Which free pool is taken next, and what becomes of arenas, is up to the
 * policies that extend this.
 *
 * Places of blocks in their pool don't matter to any of that, so only their number is kept.
 */
export abstract class PoolPolicy implements Policy {
  protected readonly geometry: Geometry;
  /** Room for so many pools an arena: pool p belongs to arena p / stride. */
  protected readonly stride: number;
  /** By pool: the next one in its list. */
  protected next: Int32Array;
  protected taken = 0;
  protected reclaimed = 0;
  protected held = 0;

  readonly #poolsIn: (nth: number) => number;
  readonly #first: Int32Array;
  readonly #pools: Uint32Array;
  #previous: Int32Array;
  #used: Uint16Array;
  #poolOf = new Int32Array(FIRST_BLOCKS);
  #arenaPools = new Uint16Array(FIRST_ARENAS);
  #poolCount = 0;
  #inUse = 0;
  #highwater = 0;

  /** @param poolsIn how many pools the nth arena that is taken has (one is missing where it is not aligned to pools) */
  constructor(geometry: Geometry, poolsIn: (nth: number) => number) {
    this.geometry = geometry;
    this.stride = geometry.poolsPerArena;
    this.#poolsIn = poolsIn;
    this.#first = new Int32Array(geometry.classes + 1).fill(NONE);
    this.#pools = new Uint32Array(geometry.classes + 1);
    this.next = new Int32Array(FIRST_ARENAS * this.stride);
    this.#previous = new Int32Array(FIRST_ARENAS * this.stride);
    this.#used = new Uint16Array(FIRST_ARENAS * this.stride);
  }

  /** Chooses a pool that is in no use, from a new arena where there is none. */
  protected abstract takePool(): number;

  /** Takes back a pool whose last block was released. */
  protected abstract givePool(pool: number): void;

  allocate(slot: number, sizeClass: number): void {
    let pool = this.#first[sizeClass];
    if (pool === NONE) {
      pool = this.takePool();
      this.#pools[sizeClass]++;
      this.#poolCount++;
      if (this.#arenaPools[Math.floor(pool / this.stride)]++ === 0) this.#inUse++;
      this.#link(pool, sizeClass);
    }
    if (++this.#used[pool] === this.geometry.capacity[sizeClass]) this.#unlink(pool, sizeClass);
    while (slot >= this.#poolOf.length) this.#poolOf = larger(this.#poolOf);
    this.#poolOf[slot] = pool;
  }

  release(slot: number, sizeClass: number): void {
    const pool = this.#poolOf[slot];
    if (this.#used[pool]-- === this.geometry.capacity[sizeClass]) {
      this.#link(pool, sizeClass);
    } else if (this.#used[pool] === 0) {
      this.#unlink(pool, sizeClass);
      this.#pools[sizeClass]--;
      this.#poolCount--;
      if (--this.#arenaPools[Math.floor(pool / this.stride)] === 0) this.#inUse--;
      this.givePool(pool);
    }
  }

  counts(): PolicyCounts {
    const { held, taken, reclaimed } = this;
    return { held, inUse: this.#inUse, highwater: this.#highwater, taken, reclaimed, pools: this.#poolCount };
  }

  poolsByClass(): Uint32Array {
    return this.#pools.slice();
  }

  /** Takes an arena from the system, to be known by this number. @returns how many pools it has */
  protected takeArena(arena: number): number {
    const pools = this.#poolsIn(this.taken++);
    if (++this.held > this.#highwater) this.#highwater = this.held;
    while ((arena + 1) * this.stride > this.next.length) {
      this.next = larger(this.next);
      this.#previous = larger(this.#previous);
      this.#used = larger(this.#used);
    }
    if (arena >= this.#arenaPools.length) this.#arenaPools = larger(this.#arenaPools);
    return pools;
  }

  /** Gives an arena back to the system. */
  protected giveArena(): void {
    this.reclaimed++;
    this.held--;
  }

  #link(pool: number, sizeClass: number): void {
    const first = this.#first[sizeClass];
    this.next[pool] = first;
    this.#previous[pool] = NONE;
    if (first !== NONE) this.#previous[first] = pool;
    this.#first[sizeClass] = pool;
  }

  #unlink(pool: number, sizeClass: number): void {
    const next = this.next[pool];
    const previous = this.#previous[pool];
    if (previous === NONE) this.#first[sizeClass] = next;
    else this.next[previous] = next;
    if (next !== NONE) this.#previous[next] = previous;
  }
}
