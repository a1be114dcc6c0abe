import type { Geometry } from "./Geometry.js";
import type { Policy, PolicyCounts } from "./Policy.js";

/**
 * The fewest arenas that the blocks fit in at each moment: the blocks of each class in as few pools as hold them, and
 * the pools in as few arenas. An allocator would have to move blocks for that, and to know which arenas are aligned to
 * pools, so this is a bound that none can pass, and not a way to do it.
 */
export class BestPolicy implements Policy {
  readonly #geometry: Geometry;
  readonly #blocks: Uint32Array;
  #pools = 0;
  #held = 0;
  #highwater = 0;
  #taken = 0;

  constructor(geometry: Geometry) {
    this.#geometry = geometry;
    this.#blocks = new Uint32Array(geometry.classes + 1);
  }

  allocate(_slot: number, sizeClass: number): void {
    // Only the first block of a pool needs one more.
    if (this.#blocks[sizeClass]++ % this.#geometry.capacity[sizeClass] !== 0) return;
    if (this.#pools++ % this.#geometry.poolsPerArena !== 0) return;
    this.#held++;
    this.#taken++;
    if (this.#held > this.#highwater) this.#highwater = this.#held;
  }

  release(_slot: number, sizeClass: number): void {
    if (--this.#blocks[sizeClass] % this.#geometry.capacity[sizeClass] !== 0) return;
    if (--this.#pools % this.#geometry.poolsPerArena === 0) this.#held--;
  }

  counts(): PolicyCounts {
    const held = this.#held;
    const taken = this.#taken;
    return { held, inUse: held, highwater: this.#highwater, taken, reclaimed: taken - held, pools: this.#pools };
  }

  poolsByClass(): Uint32Array {
    return this.#blocks.map((blocks, i) => (i === 0 ? 0 : Math.ceil(blocks / this.#geometry.capacity[i])));
  }
}
