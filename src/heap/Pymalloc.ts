/** Bytes of the largest block; more comes from malloc (Objects/obmalloc.c: SMALL_REQUEST_THRESHOLD). */
export const LARGEST_BLOCK = 512;

/**
 * What the allocator of small objects had in use: arenas, cut into pools, each of them cut into blocks of one size
 * (CPython, Objects/obmalloc.c). Pools of all arenas stand in one row, arenas in order of address.
 */
export interface Pymalloc {
  /** Read from the allocator's own records; else concluded from the addresses of objects: a lower bound. */
  readonly exact: boolean;
  /** Debug hooks put bytes around each block. */
  readonly debug: boolean;
  readonly poolBytes: number;
  readonly arenaBytes: number;
  /** Bytes by which block sizes go up: 8 or 16. */
  readonly alignment: number;
  /** Bytes at the beginning of each pool that hold no block. */
  readonly headerBytes: number;
  /** Address by arena, ascending. */
  readonly arenaAddress: Float64Array;
  /** Pools of arena i: firstPool[i] up to firstPool[i + 1]. */
  readonly firstPool: Uint32Array;
  /** By arena: pools at its end that were never used. */
  readonly untouched: Uint32Array;
  /** By pool: size of its blocks divided by `alignment`; 0 for a pool in no use. */
  readonly poolClass: Uint8Array;
  /** By pool: blocks in use. */
  readonly poolUsed: Uint16Array;
  /** Memory that an object has beside its own block: node. */
  readonly tableOwner: Uint32Array;
  /** Memory that an object has beside its own block: an address in it. */
  readonly tableAddress: Float64Array;
}

export const allocatorNames = ["pymalloc", "malloc", "mimalloc", "unknown"] as const;

/** Which allocator the interpreter took small blocks from. */
export interface AllocatorInfo {
  readonly allocator: (typeof allocatorNames)[number];
  readonly debug: boolean;
  /** Why the snapshot holds no pools; null where it does. */
  readonly problem: string | null;
}

/** How many blocks of a size in bytes a pool has room for. */
export function blocksPerPool(
  { poolBytes, headerBytes }: Pick<Pymalloc, "poolBytes" | "headerBytes">,
  size: number,
): number {
  return Math.floor((poolBytes - headerBytes) / size);
}

/** Where the first pool of an arena begins: an arena need not begin where a pool could (new_arena). */
export function firstPoolOf(arenaAddress: number, poolBytes: number): number {
  return Math.ceil(arenaAddress / poolBytes) * poolBytes;
}
