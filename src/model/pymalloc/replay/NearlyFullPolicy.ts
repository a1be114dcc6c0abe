import type { Geometry } from "./Geometry.js";
import { NONE, PoolPolicy } from "./PoolPolicy.js";

const KEEPS_LAST_SINCE = [3, 9];

/**
 * CPython since 2.5: free pools are kept by arena, arenas with free pools are sorted by their number, and the pool is
 * taken from the arena that has fewest. An arena whose pools are all free is given back; since 3.9 not where it is the
 * last in the order (bpo-37257). (Objects/obmalloc.c: `usable_arenas`, `nfp2lasta`, `insert_to_freepool`.)
 *
 * Up to 3.7 the place of an arena in the order is found by walking to the right, since 3.8 by a table of the last arena
 * for each number of free pools (bpo-37029). The order is the same; this does the latter.
 */
export class NearlyFullPolicy extends PoolPolicy {
  readonly #keepsLast: boolean;
  /** By arena. */
  readonly #arenas: Arena[] = [];
  /** Numbers of arenas that were given back; the latest is used first. */
  readonly #unused: number[] = [];
  #usable: Arena | null = null;
  /** By number of free pools: the last such arena in the order. */
  readonly #lastWith: (Arena | null)[];

  constructor(geometry: Geometry, poolsIn: (nth: number) => number, runtime: readonly [number, number, number]) {
    super(geometry, poolsIn);
    const [major, minor] = runtime;
    const [keepsMajor, keepsMinor] = KEEPS_LAST_SINCE;
    this.#keepsLast = major > keepsMajor || (major === keepsMajor && minor >= keepsMinor);
    this.#lastWith = new Array<Arena | null>(geometry.poolsPerArena + 1).fill(null);
  }

  protected override takePool(): number {
    const arena = this.#usable ?? this.#newArena();
    if (this.#lastWith[arena.free] === arena) this.#lastWith[arena.free] = null;
    if (arena.free > 1) this.#lastWith[arena.free - 1] = arena;
    let pool = arena.freePools;
    if (pool === NONE) pool = arena.number * this.stride + arena.cut++;
    else arena.freePools = this.next[pool];
    if (--arena.free === 0) {
      this.#usable = arena.next;
      if (arena.next) arena.next.previous = null;
    }
    return pool;
  }

  protected override givePool(pool: number): void {
    const arena = this.#arenas[Math.floor(pool / this.stride)];
    this.next[pool] = arena.freePools;
    arena.freePools = pool;
    const last = this.#lastWith[arena.free];
    if (last === arena) {
      const { previous } = arena;
      this.#lastWith[arena.free] = previous?.free === arena.free ? previous : null;
    }
    arena.free++;
    if (arena.free === arena.pools && (arena.next !== null || !this.#keepsLast)) {
      this.#unlink(arena);
      this.#unused.push(arena.number);
      this.giveArena();
    } else if (arena.free === 1) {
      this.#insert(arena, null);
      this.#lastWith[1] ??= arena;
    } else {
      this.#lastWith[arena.free] ??= arena;
      if (arena !== last) {
        this.#unlink(arena);
        this.#insert(arena, last);
      }
    }
  }

  #newArena(): Arena {
    const number = this.#unused.pop() ?? this.#arenas.length;
    const pools = this.takeArena(number);
    const arena = { number, pools, free: pools, cut: 0, freePools: NONE, next: null, previous: null };
    this.#arenas[number] = arena;
    this.#lastWith[pools] = arena;
    this.#usable = arena;
    return arena;
  }

  #unlink({ previous, next }: Arena): void {
    if (previous) previous.next = next;
    else this.#usable = next;
    if (next) next.previous = previous;
  }

  #insert(arena: Arena, previous: Arena | null): void {
    const next = previous ? previous.next : this.#usable;
    arena.previous = previous;
    arena.next = next;
    if (previous) previous.next = arena;
    else this.#usable = arena;
    if (next) next.previous = arena;
  }
}

interface Arena {
  readonly number: number;
  /** Pools that it has. */
  readonly pools: number;
  /** Pools that are in no use. */
  free: number;
  /** Pools that were cut off it. */
  cut: number;
  /** The first of those that were used before and are free. */
  freePools: number;
  next: Arena | null;
  previous: Arena | null;
}
