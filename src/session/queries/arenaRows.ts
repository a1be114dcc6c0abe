import type { SourceLocation } from "../../heap/HeapGraph.js";

/** How the interpreter's allocator of small objects was read. */
export interface AllocatorFacts {
  readonly allocator: "pymalloc" | "malloc" | "mimalloc" | "unknown";
  /** Debug hooks put bytes around each block. */
  readonly debug: boolean;
  /**
   * `exact`: from the allocator's own records. `estimate`: concluded from the addresses of objects, so that blocks and
   * bytes are lower bounds and arenas are stretches of memory of their size. `none`: nothing is known.
   */
  readonly source: "exact" | "estimate" | "none";
  /** Why it is not exact; null where it is. */
  readonly problem: string | null;
  readonly arenaBytes: number;
  readonly poolBytes: number;
}

/** Counts of an arena or of all. Bytes in use are those of blocks in use, rounded up to their size classes. */
export interface ArenaCounts {
  readonly pools: number;
  /** Pools in no use, with those that were never used. */
  readonly freePools: number;
  readonly partialPools: number;
  readonly fullPools: number;
  /** Blocks in use. */
  readonly blocks: number;
  readonly bytesInUse: number;
  /** Of the blocks in use: those that no object of the snapshot explains. */
  readonly unexplained: number;
}

/** An arena. */
export interface ArenaRow extends ArenaCounts {
  /** `0x7f…` */
  readonly address: string;
  /** Bytes. */
  readonly bytes: number;
  /** Share of its bytes that are in use, 0 to 1. */
  readonly fill: number;
  /** In use, but hardly: `fill` is at most the limit that was asked for (`ArenasResult.nearlyEmptyLimit`). */
  readonly nearlyEmpty: boolean;
  /** Objects whose memory is in it; one of which several blocks are here counts once. */
  readonly objects: number;
}

/** An object that must go for an arena to be released: an entry of a container or what stands under a name. */
export interface PinRow {
  readonly id: string;
  /** As `object` calls it. */
  readonly name: string;
  readonly type: string;
  /** Of this arena (of the arenas in question): blocks that go with the object, what it alone keeps included. */
  readonly blocks: number;
  /** Bytes of these blocks. */
  readonly bytes: number;
  /** What holds it: `app.ORDERS[…]`; null where nothing holds it by a name. */
  readonly heldBy: string | null;
  readonly location?: SourceLocation;
  /**
   * `entry`: of a container: it can be let go of. `structure`: what stands under a name, a class, a function, what runs
   * or C code holds. `garbage`: the next full collection frees it.
   */
  readonly sort: "entry" | "structure" | "garbage";
}

/** A container, an object or a module whose objects keep nearly empty arenas. Most arenas first. */
export interface ArenaOwnerRow {
  /** Of what holds the objects. Null for what the interpreter's own modules and types hold, and for what nothing explains. */
  readonly id: string | null;
  readonly name: string;
  readonly location?: SourceLocation;
  /** Its objects in nearly empty arenas. */
  readonly objects: number;
  /** Nearly empty arenas in which it has blocks. */
  readonly arenas: number;
  /** Of these, arenas that nothing else holds: they would be released if its objects went. */
  readonly alone: number;
  /** Bytes of the arenas that it holds alone. */
  readonly bytes: number;
}

/** A step of the suggestion: let go of these, and these arenas are empty too. */
export interface SuggestionStep {
  readonly objects: readonly PinRow[];
  readonly arenas: readonly string[];
  /** Objects and arenas of this step and those before it. */
  readonly objectsSoFar: number;
  readonly arenasSoFar: number;
}

/** Which objects to let go of, so that as many arenas as possible become empty by as few objects as possible. */
export interface Suggestion {
  readonly steps: readonly SuggestionStep[];
  readonly objects: number;
  /** Arenas that go back to the system at least: all that become empty, but for one that the interpreter may keep. */
  readonly arenas: number;
  /** How many of the empty ones the interpreter may keep: 0 or, from 3.9 on, 1. */
  readonly keptEmpty: number;
  /** Some of the arenas may stay: of what goes, a full collection leaves lists and dicts on free lists (2.7). */
  readonly freeListsStay: boolean;
  /** Bytes of the arenas that go back. */
  readonly bytes: number;
  /** No smaller set of entries empties as many arenas, at any step; false: found greedily. */
  readonly isBest: boolean;
  /** Nearly empty arenas that no entries alone would empty, by what else holds them. */
  readonly heldByStructure: number;
  readonly heldByUnexplained: number;
}

/** Blocks of one size. */
export interface SizeClassRow {
  /** Bytes of a block. */
  readonly size: number;
  readonly pools: number;
  readonly blocks: number;
  /** Free blocks in pools that are in use. */
  readonly free: number;
}

/** What a policy would release now. */
export interface PolicyRow {
  readonly policy: "stack" | "nearly-full" | "collection" | "best";
  readonly what: string;
  /** Arenas that would be held, released; bytes of those released. */
  readonly held: number;
  readonly released: number;
  readonly bytes: number;
}

/** Arenas of an earlier snapshot of the same process. */
export interface EarlierArenas {
  readonly file: string;
  readonly pid: number | null;
  readonly version: string | null;
  readonly capturedAt: string | null;
  readonly source: AllocatorFacts["source"];
  readonly totals: ArenaCounts;
  readonly arenas: readonly ArenaRow[];
}

/** The arena map. Lists are empty where nothing is known (`allocator.source` is `none`). */
export interface ArenasResult {
  readonly allocator: AllocatorFacts;
  readonly totals: ArenaCounts;
  /** Objects that are in no arena (blocks above 512 bytes, and memory that C code takes itself), and bytes of them. */
  readonly outside: { readonly objects: number; readonly bytes: number };
  /** Share of an arena's bytes, 0 to 1: an arena filled up to there is nearly empty. */
  readonly nearlyEmptyLimit: number;
  /** By address. */
  readonly arenas: readonly ArenaRow[];
  /** By size. */
  readonly classes: readonly SizeClassRow[];
  /** At most 100 unless all are asked for. */
  readonly owners: readonly ArenaOwnerRow[];
  readonly ownersTotal: number;
  readonly suggestion: Suggestion;
  readonly policies: readonly PolicyRow[];
  /** Why a comparison may mean little, and what was left out of it. */
  readonly notes: readonly string[];
  /** Earlier snapshots, the oldest first, where there are any to compare with. */
  readonly earlier: readonly EarlierArenas[];
}

/** One arena, for a closer look. */
export interface ArenaDetails {
  readonly arena: ArenaRow;
  /** By pool: bytes of its blocks, 0 for a pool in no use. */
  readonly sizes: readonly number[];
  /** By pool: blocks in use. */
  readonly used: readonly number[];
  /** By pool: how many blocks it has room for; 0 for a pool in no use. */
  readonly room: readonly number[];
  /** Address of the first pool; the others follow it. */
  readonly firstPool: string;
  /** Pools at the end that were never used. */
  readonly untouched: number;
  /** What must go for the arena to be released, most bytes first; at most 200 unless all are asked for. */
  readonly pins: readonly PinRow[];
  readonly pinsTotal: number;
}

/** One pool, for a closer look: what is in each of its blocks in use. */
export interface PoolDetails {
  readonly address: string;
  /** Bytes of a block. */
  readonly size: number;
  readonly room: number;
  readonly used: number;
  /** Blocks in use that an object explains: by position in the pool. */
  readonly blocks: readonly {
    readonly at: number;
    readonly id: string;
    readonly name: string;
    readonly type: string;
    /** The block is no object of its own: a table of items or keys, or the like. */
    readonly table: boolean;
  }[];
  readonly unexplained: number;
}
