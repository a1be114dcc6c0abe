/**
 * A binary heap of numbered items with keys that may change; the lowest number comes first among equal keys.
 * Each operation takes logarithmic time. (J. W. J. Williams, "Algorithm 232: Heapsort", CACM 7, 1964.)
 */
export class MaxHeap {
  private readonly item: Uint32Array;
  private readonly key: Float64Array;
  /** By item: its place in the heap and 1, or 0 if it is not there. */
  private readonly place: Uint32Array;
  private count = 0;

  /** For items 0 … capacity - 1. */
  constructor(capacity: number) {
    this.item = new Uint32Array(capacity);
    this.key = new Float64Array(capacity);
    this.place = new Uint32Array(capacity);
  }

  /** The item with the greatest key. Throws a RangeError if there is none. */
  top(): number {
    if (this.count === 0) throw new RangeError("the heap is empty");
    return this.item[0];
  }

  /** Puts an item in, or changes its key. */
  set(item: number, key: number): void {
    this.key[item] = key;
    if (this.place[item] === 0) this.put(item, this.count++);
    this.settle(item);
  }

  /** Takes an item out, if it is there. */
  remove(item: number): void {
    if (this.place[item] === 0) return;
    const hole = this.place[item] - 1;
    this.place[item] = 0;
    const moved = this.item[--this.count];
    if (moved === item) return;
    this.put(moved, hole);
    this.settle(moved);
  }

  private put(item: number, at: number): void {
    this.item[at] = item;
    this.place[item] = at + 1;
  }

  private isBefore(a: number, b: number): boolean {
    return this.key[a] > this.key[b] || (this.key[a] === this.key[b] && a < b);
  }

  private settle(item: number): void {
    let at = this.place[item] - 1;
    while (at > 0) {
      const up = (at - 1) >>> 1;
      if (!this.isBefore(item, this.item[up])) break;
      this.put(this.item[up], at);
      at = up;
    }
    for (;;) {
      let down = 2 * at + 1;
      if (down >= this.count) break;
      if (down + 1 < this.count && this.isBefore(this.item[down + 1], this.item[down])) down++;
      if (!this.isBefore(this.item[down], item)) break;
      this.put(this.item[down], at);
      at = down;
    }
    this.put(item, at);
  }
}
