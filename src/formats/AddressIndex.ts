// Random, so that a hostile file can't choose addresses that all collide.
const SEED_LOW = (Math.random() * 2 ** 32) | 1;
const SEED_HIGH = (Math.random() * 2 ** 32) | 1;

/**
 * From a 64-bit address to its row: open addressing with linear probing over interleaved (low word, row + 1)
 * pairs, at most half full. No object per entry, so 50 M rows stay possible.
 */
export class AddressIndex {
  readonly #slots: Uint32Array;
  readonly #mask: number;
  readonly #words: Uint32Array;
  /** The first row whose address had stood before, or -1. */
  readonly duplicate: number;

  /** @param words addresses as (low, high) pairs; kept, not copied */
  constructor(words: Uint32Array) {
    const rows = words.length / 2;
    let capacity = 16;
    while (capacity < rows * 2) capacity *= 2;
    this.#mask = capacity - 1;
    this.#words = words;
    const slots = new Uint32Array(capacity * 2);
    this.#slots = slots;
    let duplicate = -1;
    for (let row = 0; row < rows; row++) {
      const low = words[2 * row];
      let slot = this.#hash(low, words[2 * row + 1]);
      while (slots[2 * slot + 1] !== 0) {
        if (duplicate < 0 && slots[2 * slot] === low && this.#sameHigh(slots[2 * slot + 1] - 1, words[2 * row + 1])) {
          duplicate = row;
        }
        slot = (slot + 1) & this.#mask;
      }
      slots[2 * slot] = low;
      slots[2 * slot + 1] = row + 1;
    }
    this.duplicate = duplicate;
  }

  #hash(low: number, high: number): number {
    // Objects are aligned to 8 or 16 bytes, so the lowest bits say nothing.
    const mixed = Math.imul((low >>> 4) | (low << 28), SEED_LOW) ^ Math.imul(high, SEED_HIGH);
    return (mixed ^ (mixed >>> 15)) & this.#mask;
  }

  #sameHigh(row: number, high: number): boolean {
    return this.#words[2 * row + 1] === high;
  }

  /** The row of an address, or -1. */
  find(low: number, high: number): number {
    const slots = this.#slots;
    let slot = this.#hash(low, high);
    for (;;) {
      const row = slots[2 * slot + 1];
      if (row === 0) return -1;
      if (slots[2 * slot] === low && this.#words[2 * row - 1] === high) return row - 1;
      slot = (slot + 1) & this.#mask;
    }
  }
}

/** The row of an address given as a number below 2^53, or -1. */
export function findNumber(index: AddressIndex, address: number): number {
  return index.find(address >>> 0, Math.floor(address / 4294967296));
}
