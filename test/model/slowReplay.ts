import type { Geometry } from "../../src/model/pymalloc/replay/Geometry.js";
import type { PolicyCounts } from "../../src/model/pymalloc/replay/Policy.js";
import type { PolicyName } from "../../src/model/pymalloc/replay/Replay.js";

interface SlowPool {
  readonly arena: SlowArena;
  sizeClass: number;
  readonly blocks: Set<number>;
}

interface SlowArena {
  readonly pools: SlowPool[];
  /** Free pools that were used before, the next one to use first. */
  readonly used: SlowPool[];
  /** Pools that were never used, in order. */
  readonly fresh: SlowPool[];
}

/**
 * The policies once more, as plainly as can be: lists of objects that are searched and counted anew at each step. The
 * order of arenas is that of CPython 2.5 to 3.7, which walks to the right.
 */
export class SlowReplay {
  readonly #name: PolicyName;
  readonly #geometry: Geometry;
  readonly #poolsIn: (nth: number) => number;
  readonly #keepsLast: boolean;
  readonly #partly: SlowPool[][] = [];
  readonly #arenas: SlowArena[] = [];
  readonly #live = new Map<number, number>();
  /** stack: free pools of all arenas, the last one is used next. */
  readonly #stack: SlowPool[] = [];
  /** nearly-full: arenas with free pools in order. */
  readonly #usable: SlowArena[] = [];
  #taken = 0;
  #reclaimed = 0;
  #highwater = 0;

  constructor(name: PolicyName, geometry: Geometry, poolsIn: (nth: number) => number, keepsLast: boolean) {
    this.#name = name;
    this.#geometry = geometry;
    this.#poolsIn = poolsIn;
    this.#keepsLast = keepsLast;
    for (let i = 0; i <= geometry.classes; i++) this.#partly.push([]);
  }

  allocate(block: number, sizeClass: number): void {
    this.#live.set(block, sizeClass);
    if (this.#name === "best") return this.#atBest();
    const partly = this.#partly[sizeClass];
    if (partly.length === 0) {
      const pool = this.#name === "stack" ? this.#fromStack() : this.#fromFullest();
      pool.sizeClass = sizeClass;
      partly.unshift(pool);
    }
    partly[0].blocks.add(block);
    if (partly[0].blocks.size === this.#geometry.capacity[sizeClass]) partly.shift();
    this.#highwater = Math.max(this.#highwater, this.#arenas.length);
  }

  release(block: number): void {
    const sizeClass = this.#live.get(block)!;
    this.#live.delete(block);
    if (this.#name === "best") return this.#atBest();
    const pool = this.#arenas.flatMap((arena) => arena.pools).find(({ blocks }) => blocks.has(block))!;
    const partly = this.#partly[sizeClass];
    if (pool.blocks.size === this.#geometry.capacity[sizeClass]) partly.unshift(pool);
    pool.blocks.delete(block);
    if (pool.blocks.size > 0) return;
    partly.splice(partly.indexOf(pool), 1);
    if (this.#name === "stack") this.#stack.push(pool);
    else this.#toArena(pool);
  }

  counts(): PolicyCounts {
    const inUse = (pool: SlowPool) => pool.blocks.size > 0;
    if (this.#name === "best") {
      const held = this.#fewest();
      const pools = this.poolsByClass().reduce((sum, n) => sum + n, 0);
      const reclaimed = this.#reclaimed;
      return { held, inUse: held, highwater: this.#highwater, taken: this.#taken, reclaimed, pools };
    }
    return {
      held: this.#arenas.length,
      inUse: this.#arenas.filter(({ pools }) => pools.some(inUse)).length,
      highwater: this.#highwater,
      taken: this.#taken,
      reclaimed: this.#reclaimed,
      pools: this.#arenas.flatMap(({ pools }) => pools.filter(inUse)).length,
    };
  }

  poolsByClass(): number[] {
    const counts = new Array<number>(this.#geometry.classes + 1).fill(0);
    if (this.#name === "best") {
      for (const sizeClass of this.#live.values()) counts[sizeClass]++;
      return counts.map((blocks, i) => (i === 0 ? 0 : Math.ceil(blocks / this.#geometry.capacity[i])));
    }
    for (const { pools } of this.#arenas) {
      for (const { blocks, sizeClass } of pools) if (blocks.size > 0) counts[sizeClass]++;
    }
    return counts;
  }

  #fewest(): number {
    return Math.ceil(this.poolsByClass().reduce((sum, n) => sum + n, 0) / this.#geometry.poolsPerArena);
  }

  #atBest(): void {
    const held = this.#taken - this.#reclaimed;
    const now = this.#fewest();
    if (now > held) this.#taken += now - held;
    else this.#reclaimed += held - now;
    this.#highwater = Math.max(this.#highwater, now);
  }

  #newArena(): SlowArena {
    const arena: SlowArena = { pools: [], used: [], fresh: [] };
    const pools = this.#poolsIn(this.#taken++);
    for (let i = 0; i < pools; i++) arena.pools.push({ arena, sizeClass: 0, blocks: new Set() });
    arena.fresh.push(...arena.pools);
    this.#arenas.push(arena);
    return arena;
  }

  #fromStack(): SlowPool {
    const freed = this.#stack.pop();
    if (freed) return freed;
    let newest = this.#arenas.at(-1);
    if (!newest || newest.fresh.length === 0) newest = this.#newArena();
    return newest.fresh.shift()!;
  }

  #fromFullest(): SlowPool {
    if (this.#usable.length === 0) this.#usable.push(this.#newArena());
    const arena = this.#usable[0];
    const pool = arena.used.shift() ?? arena.fresh.shift()!;
    if (freePools(arena) === 0) this.#usable.shift();
    return pool;
  }

  #toArena(pool: SlowPool): void {
    const { arena } = pool;
    arena.used.unshift(pool);
    const free = freePools(arena);
    let at = this.#usable.indexOf(arena);
    if (at < 0) {
      this.#usable.unshift(arena);
      return;
    }
    if (free === arena.pools.length && !(this.#keepsLast && at === this.#usable.length - 1)) {
      this.#usable.splice(at, 1);
      this.#arenas.splice(this.#arenas.indexOf(arena), 1);
      this.#reclaimed++;
      return;
    }
    for (; at + 1 < this.#usable.length && free > freePools(this.#usable[at + 1]); at++) {
      this.#usable[at] = this.#usable[at + 1];
      this.#usable[at + 1] = arena;
    }
  }
}

function freePools({ used, fresh }: SlowArena): number {
  return used.length + fresh.length;
}
