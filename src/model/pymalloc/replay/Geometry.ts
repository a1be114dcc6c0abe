import { blocksPerPool } from "../../../heap/Pymalloc.js";

/** What the allocator is told of its memory; the header of a trace has it. All sizes are bytes. */
export interface GeometryBytes {
  readonly poolBytes: number;
  readonly arenaBytes: number;
  /** By so many bytes block sizes go up. */
  readonly alignment: number;
  /** At the beginning of each pool, used by no block. */
  readonly header: number;
  /** Larger requests go to malloc. */
  readonly threshold: number;
}

/** Class of a block that lies outside arenas. */
export const OUTSIDE = 0;

/** Arenas, pools and size classes in numbers (CPython, Objects/obmalloc.c). Class i has blocks of i times the alignment. */
export class Geometry {
  readonly bytes: GeometryBytes;
  /** Classes are 1 up to this one. */
  readonly classes: number;
  /** By class: blocks in a pool. */
  readonly capacity: Uint16Array;
  /** Pools of an arena that begins where a pool does. */
  readonly poolsPerArena: number;

  constructor(bytes: GeometryBytes) {
    this.bytes = bytes;
    this.classes = bytes.threshold / bytes.alignment;
    this.poolsPerArena = bytes.arenaBytes / bytes.poolBytes;
    this.capacity = new Uint16Array(this.classes + 1);
    for (let i = 1; i <= this.classes; i++) {
      this.capacity[i] = blocksPerPool({ poolBytes: bytes.poolBytes, headerBytes: bytes.header }, i * bytes.alignment);
    }
  }

  /** Class of a request of so many bytes, or OUTSIDE where malloc serves it: none and more than the threshold. */
  classOf(size: number): number {
    const { alignment, threshold } = this.bytes;
    return size > threshold || size === 0 ? OUTSIDE : Math.ceil(size / alignment);
  }

  /** Pools of the arena at this address: one less where it does not begin where a pool does. */
  poolsAt(address: number): number {
    return address % this.bytes.poolBytes === 0 ? this.poolsPerArena : this.poolsPerArena - 1;
  }
}
