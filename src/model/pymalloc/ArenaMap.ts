import type { HeapGraph } from "../../heap/HeapGraph.js";
import { blocksPerPool, firstPoolOf, type Pymalloc } from "../../heap/Pymalloc.js";

const NOWHERE = -1;

/** Pools of an arena by state, and its blocks in use with their bytes. */
export interface PoolCounts {
  readonly freePools: number;
  readonly partialPools: number;
  readonly fullPools: number;
  readonly blocks: number;
  readonly bytesInUse: number;
}

/**
 * Which blocks of the allocator belong to which objects. An entry is a block in use that an object explains: the block
 * that the object itself is in, or a table of its own. Entries of pool p are firstEntry[p] up to firstEntry[p + 1], in
 * order of address.
 */
export class ArenaMap {
  readonly pymalloc: Pymalloc;
  /** By pool: its arena. */
  readonly poolArena: Uint32Array;
  readonly firstEntry: Uint32Array;
  /** By entry: the node that the block belongs to. */
  readonly entryNode: Uint32Array;
  /** By entry: position of the block in its pool. */
  readonly entryAt: Uint16Array;
  /** By entry: 1 for a table, 0 for the object itself. */
  readonly entryIsTable: Uint8Array;

  constructor(graph: HeapGraph, pymalloc: Pymalloc) {
    this.pymalloc = pymalloc;
    const { firstPool } = pymalloc;
    this.poolArena = new Uint32Array(this.poolCount);
    for (let arena = 0; arena < this.arenaCount; arena++) {
      this.poolArena.fill(arena, firstPool[arena], firstPool[arena + 1]);
    }
    const { first, claims } = this.#claims(graph);
    const entries = this.#entries(graph, first, claims);
    this.firstEntry = entries.first;
    this.entryNode = entries.node;
    this.entryAt = entries.at;
    this.entryIsTable = entries.isTable;
  }

  get arenaCount(): number {
    return this.pymalloc.arenaAddress.length;
  }

  get poolCount(): number {
    return this.pymalloc.poolClass.length;
  }

  /** Address of a pool. */
  poolAddress(pool: number): number {
    const { arenaAddress, firstPool, poolBytes } = this.pymalloc;
    const arena = this.poolArena[pool];
    return firstPoolOf(arenaAddress[arena], poolBytes) + (pool - firstPool[arena]) * poolBytes;
  }

  /** The arena that an address lies in, or -1. */
  arenaAt(address: number): number {
    const { arenaAddress, arenaBytes } = this.pymalloc;
    let low = 0;
    let high = arenaAddress.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (arenaAddress[middle] <= address) low = middle + 1;
      else high = middle;
    }
    const arena = low - 1;
    return arena >= 0 && address < arenaAddress[arena] + arenaBytes ? arena : NOWHERE;
  }

  /** The pool that an address lies in, or -1. */
  poolAt(address: number): number {
    const arena = this.arenaAt(address);
    if (arena < 0) return NOWHERE;
    const { firstPool, poolBytes } = this.pymalloc;
    if (firstPool[arena] === firstPool[arena + 1]) return NOWHERE;
    const pool = firstPool[arena] + Math.floor((address - this.poolAddress(firstPool[arena])) / poolBytes);
    return pool >= firstPool[arena] && pool < firstPool[arena + 1] ? pool : NOWHERE;
  }

  /** Bytes of a pool's blocks, 0 for a pool in no use. */
  blockBytes(pool: number): number {
    return this.pymalloc.poolClass[pool] * this.pymalloc.alignment;
  }

  /** How many blocks a pool has room for, 0 for a pool in no use. */
  room(pool: number): number {
    const size = this.blockBytes(pool);
    return size === 0 ? 0 : blocksPerPool(this.pymalloc, size);
  }

  /** Blocks in use of a pool that no object explains. */
  unexplained(pool: number): number {
    // A capture in place can find objects that were made after the pools were read.
    return Math.max(0, this.pymalloc.poolUsed[pool] - (this.firstEntry[pool + 1] - this.firstEntry[pool]));
  }

  /** Counts of an arena. */
  counts(arena: number): PoolCounts {
    const { firstPool, poolUsed } = this.pymalloc;
    const counts = { freePools: 0, partialPools: 0, fullPools: 0, blocks: 0, bytesInUse: 0 };
    for (let pool = firstPool[arena]; pool < firstPool[arena + 1]; pool++) {
      const used = poolUsed[pool];
      if (used === 0) counts.freePools++;
      else if (used < this.room(pool)) counts.partialPools++;
      else counts.fullPools++;
      counts.blocks += used;
      counts.bytesInUse += used * this.blockBytes(pool);
    }
    return counts;
  }

  /** The entries of an arena: from one up to the other. */
  entriesOf(arena: number): readonly [from: number, to: number] {
    const { firstPool } = this.pymalloc;
    return [this.firstEntry[firstPool[arena]], this.firstEntry[firstPool[arena + 1]]];
  }

  /** Objects and tables by pool: what claims a block in it. Objects first, each in the file's order. */
  #claims(graph: HeapGraph): { readonly first: Uint32Array; readonly claims: Uint32Array } {
    const { id } = graph.columns;
    const { tableAddress } = this.pymalloc;
    const count = graph.nodeCount + tableAddress.length;
    const address = (claim: number) => (claim < graph.nodeCount ? id[claim] : tableAddress[claim - graph.nodeCount]);
    const poolOf = new Int32Array(count);
    const first = new Uint32Array(this.poolCount + 1);
    for (let claim = 0; claim < count; claim++) {
      const pool = this.poolAt(address(claim));
      poolOf[claim] = pool;
      if (pool >= 0) first[pool + 1]++;
    }
    for (let pool = 0; pool < this.poolCount; pool++) first[pool + 1] += first[pool];
    const next = first.slice();
    const claims = new Uint32Array(first[this.poolCount]);
    for (let claim = 0; claim < count; claim++) {
      if (poolOf[claim] >= 0) claims[next[poolOf[claim]]++] = claim;
    }
    return { first, claims };
  }

  #entries(
    graph: HeapGraph,
    first: Uint32Array,
    claims: Uint32Array,
  ): { first: Uint32Array; node: Uint32Array; at: Uint16Array; isTable: Uint8Array } {
    const { id } = graph.columns;
    const { tableAddress, tableOwner, headerBytes, poolBytes } = this.pymalloc;
    const n = graph.nodeCount;
    const out = {
      first: new Uint32Array(this.poolCount + 1),
      node: new Uint32Array(claims.length),
      at: new Uint16Array(claims.length),
      isTable: new Uint8Array(claims.length),
    };
    const byBlock = new Int32Array(poolBytes).fill(NOWHERE);
    let length = 0;
    for (let pool = 0; pool < this.poolCount; pool++) {
      const start = this.poolAddress(pool) + headerBytes;
      const size = this.blockBytes(pool);
      const room = this.room(pool);
      for (let i = first[pool]; i < first[pool + 1]; i++) {
        const claim = claims[i];
        const at = Math.floor(((claim < n ? id[claim] : tableAddress[claim - n]) - start) / size);
        // Several can lie in one block: an instance and its inline values.
        if (at >= 0 && at < room && byBlock[at] === NOWHERE) byBlock[at] = claim;
      }
      if (first[pool] < first[pool + 1]) {
        for (let at = 0; at < room; at++) {
          const claim = byBlock[at];
          if (claim === NOWHERE) continue;
          byBlock[at] = NOWHERE;
          out.node[length] = claim < n ? claim : tableOwner[claim - n];
          out.isTable[length] = claim < n ? 0 : 1;
          out.at[length++] = at;
        }
      }
      out.first[pool + 1] = length;
    }
    out.node = out.node.slice(0, length);
    out.at = out.at.slice(0, length);
    out.isTable = out.isTable.slice(0, length);
    return out;
  }
}
