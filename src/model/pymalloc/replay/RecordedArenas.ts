import type { Geometry } from "./Geometry.js";
import type { PolicyCounts } from "./Policy.js";

/**
 * The arenas that a trace tells of: how many pools each had, which no policy can know, and how many there were, which
 * is compared with what a policy predicts.
 */
export class RecordedArenas {
  readonly #geometry: Geometry;
  #pools = new Uint16Array(16);
  #taken = 0;
  #released = 0;
  #changed = false;
  #compared = 0;
  #differing = 0;

  constructor(geometry: Geometry) {
    this.#geometry = geometry;
  }

  /** Arenas that were taken so far. */
  get taken(): number {
    return this.#taken;
  }

  /** Arenas that were given back so far. */
  get released(): number {
    return this.#released;
  }

  /** Events with which an arena came or went, and that were compared with the policy. */
  get compared(): number {
    return this.#compared;
  }

  /** Of those compared: after which the policy had taken or given back another number of arenas. */
  get differing(): number {
    return this.#differing;
  }

  /** An arena came or went since the last comparison. */
  get changed(): boolean {
    return this.#changed;
  }

  take(address: number): void {
    if (this.#taken === this.#pools.length) {
      const pools = new Uint16Array(2 * this.#taken);
      pools.set(this.#pools);
      this.#pools = pools;
    }
    this.#pools[this.#taken++] = this.#geometry.poolsAt(address);
    this.#changed = true;
  }

  release(): void {
    this.#released++;
    this.#changed = true;
  }

  /** Compares with what a policy counts after the event; undefined where none is replayed. */
  compare(counts: PolicyCounts | undefined): void {
    this.#changed = false;
    if (!counts) return;
    this.#compared++;
    if (counts.taken !== this.#taken || counts.reclaimed !== this.#released) this.#differing++;
  }

  /**
   * Pools of the nth arena that a policy takes: as many as the nth of the trace has. For more arenas than the trace has
   * they are counted from the first again, for a trace without any all are aligned.
   */
  poolsIn(nth: number): number {
    return this.#taken === 0 ? this.#geometry.poolsPerArena : this.#pools[nth % this.#taken];
  }
}
