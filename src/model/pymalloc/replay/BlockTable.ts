const FIRST_CAPACITY = 1 << 10;
// Random, so that a hostile file can't choose ids that all collide.
const SEED_LOW = (Math.random() * 2 ** 32) | 1;
const SEED_HIGH = (Math.random() * 2 ** 32) | 1;

/**
 * The blocks that are allocated: from an id to a small number, its slot, that is used again after the block is released.
 * Open addressing with linear probing, at most half full; removal moves what follows back, so that no marks of removed
 * entries pile up.
 */
export class BlockTable {
  /** Pairs of an id and its slot + 1, side by side since each is mostly a cache line of its own; 0 is an empty place. */
  #places = new Float64Array(2 * FIRST_CAPACITY);
  #mask = FIRST_CAPACITY - 1;
  #free = new Uint32Array(FIRST_CAPACITY);
  #freeCount = 0;
  #next = 0;
  #count = 0;

  /** Blocks that are allocated. */
  get count(): number {
    return this.#count;
  }

  /** Adds a block. @returns its slot, or -1 where the id is there already */
  add(id: number): number {
    if (2 * this.#count >= this.#mask) this.#grow();
    const places = this.#places;
    let at = this.#hash(id);
    while (places[2 * at + 1] !== 0) {
      if (places[2 * at] === id) return -1;
      at = (at + 1) & this.#mask;
    }
    const slot = this.#freeCount > 0 ? this.#free[--this.#freeCount] : this.#next++;
    places[2 * at] = id;
    places[2 * at + 1] = slot + 1;
    this.#count++;
    return slot;
  }

  /** The slot of a block, or -1. */
  find(id: number): number {
    const at = this.#placeOf(id);
    return at < 0 ? -1 : this.#places[2 * at + 1] - 1;
  }

  /** Removes a block. @returns the slot that it had, or -1 where there is no such block */
  remove(id: number): number {
    const at = this.#placeOf(id);
    if (at < 0) return -1;
    const slot = this.#places[2 * at + 1] - 1;
    this.#close(at);
    this.#count--;
    if (this.#freeCount === this.#free.length) this.#free = larger(this.#free);
    this.#free[this.#freeCount++] = slot;
    return slot;
  }

  #placeOf(id: number): number {
    const places = this.#places;
    let at = this.#hash(id);
    while (places[2 * at + 1] !== 0) {
      if (places[2 * at] === id) return at;
      at = (at + 1) & this.#mask;
    }
    return -1;
  }

  /** Fills a gap with what would have stood there (Knuth, The Art of Computer Programming 3, 6.4, algorithm R). */
  #close(gap: number): void {
    const places = this.#places;
    let at = gap;
    for (;;) {
      at = (at + 1) & this.#mask;
      if (places[2 * at + 1] === 0) break;
      const wanted = this.#hash(places[2 * at]);
      if (((at - wanted) & this.#mask) < ((at - gap) & this.#mask)) continue;
      places[2 * gap] = places[2 * at];
      places[2 * gap + 1] = places[2 * at + 1];
      gap = at;
    }
    places[2 * gap + 1] = 0;
  }

  #grow(): void {
    const places = this.#places;
    const grown = new Float64Array(2 * places.length);
    this.#places = grown;
    this.#mask = places.length - 1;
    for (let i = 0; i < places.length; i += 2) {
      if (places[i + 1] === 0) continue;
      let at = this.#hash(places[i]);
      while (grown[2 * at + 1] !== 0) at = (at + 1) & this.#mask;
      grown[2 * at] = places[i];
      grown[2 * at + 1] = places[i + 1];
    }
  }

  #hash(id: number): number {
    const low = id >>> 0;
    // Addresses are multiples of 8 or 16, so the lowest bits say nothing.
    const mixed = Math.imul((low >>> 4) | (low << 28), SEED_LOW) ^ Math.imul((id / 4294967296) | 0, SEED_HIGH);
    return (mixed ^ (mixed >>> 15)) & this.#mask;
  }
}

/** The same numbers with room for as many more. */
export function larger<T extends Uint32Array | Int32Array | Uint16Array | Uint8Array>(numbers: T): T {
  const grown = new (numbers.constructor as new (length: number) => T)(2 * numbers.length);
  grown.set(numbers);
  return grown;
}
