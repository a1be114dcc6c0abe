import type { HeapGraph, NodeIndex } from "../../heap/HeapGraph.js";
import { Flag, Kind } from "../../heap/kinds.js";
import { blocksPerPool, LARGEST_BLOCK, type Pymalloc } from "../../heap/Pymalloc.js";

// Bytes of a pool's header in 64 bits.
const HEADER = 48;
// Objects/obmalloc.c, _PyMem_DebugRawAlloc: bytes before a block, and at most so many around it.
const DEBUG_BEFORE = 16;
const DEBUG_AROUND = 32;
// From 3.11 on: pointers to attributes and weak references, before the collector's header.
const INSTANCE_HEADER = 16;

/** Kinds of objects that are small themselves, but whose size takes in tables. */
const HAS_TABLES: ReadonlySet<number> = new Set([Kind.dict, Kind.list, Kind.set, Kind.deque]);
/** Kinds of objects whose size takes in memory outside their own block. */
const HAS_MORE: ReadonlySet<number> = new Set([...HAS_TABLES, Kind.instance, Kind.type, Kind.code, Kind.other]);

/**
 * What the addresses of objects alone tell of pools and arenas: stretches of a pool's size in which small objects lie
 * as blocks of one size would, and stretches of an arena's size in which such pools lie. Pools without an object are not
 * seen, and blocks are counted as far as objects show them, so both are lower bounds; an arena that is not aligned to
 * its size shows in two stretches.
 * Sizes are those of Objects/obmalloc.c in 64 bits: 4 KiB and 256 KiB up to 3.9, 16 KiB and 1 MiB from 3.10 on.
 */
export function estimatePymalloc(graph: HeapGraph): Pymalloc {
  const { id } = graph.columns;
  const [major, minor] = graph.info.version;
  const isLarge = major === 3 && minor >= 10;
  const poolBytes = isLarge ? 1 << 14 : 1 << 12;
  const arenaBytes = isLarge ? 1 << 20 : 1 << 18;
  const debug = graph.info.allocator?.debug === true;
  const nodes = smallObjects(graph);
  const alignment = alignmentOf(id, nodes);
  const blocks = new Blocks(graph, alignment, debug);
  const arenaAddress: number[] = [];
  const poolClass: number[] = [];
  const poolUsed: number[] = [];
  const firstPool: number[] = [0];
  const poolsEach = arenaBytes / poolBytes;
  for (let i = 0; i < nodes.length;) {
    const pool = Math.floor(id[nodes[i]] / poolBytes);
    let end = i + 1;
    while (end < nodes.length && Math.floor(id[nodes[end]] / poolBytes) === pool) end++;
    const inPool = nodes.subarray(i, end);
    i = end;
    const size = blocks.size(inPool, pool * poolBytes + HEADER);
    if (size === 0) continue;
    const arena = Math.floor((pool * poolBytes) / arenaBytes) * arenaBytes;
    if (arenaAddress.at(-1) !== arena) {
      arenaAddress.push(arena);
      for (let k = 0; k < poolsEach; k++) {
        poolClass.push(0);
        poolUsed.push(0);
      }
      firstPool.push(poolClass.length);
    }
    const at = firstPool.at(-2)! + pool - arena / poolBytes;
    poolClass[at] = size / alignment;
    poolUsed[at] = Math.min(inPool.length, blocksPerPool({ poolBytes, headerBytes: HEADER }, size));
  }
  return {
    exact: false,
    debug,
    poolBytes,
    arenaBytes,
    alignment,
    headerBytes: HEADER,
    arenaAddress: Float64Array.from(arenaAddress),
    firstPool: Uint32Array.from(firstPool),
    untouched: new Uint32Array(arenaAddress.length),
    poolClass: Uint8Array.from(poolClass),
    poolUsed: Uint16Array.from(poolUsed),
    tableOwner: new Uint32Array(0),
    tableAddress: new Float64Array(0),
  };
}

/** Objects that can be in a pool, in order of address. */
function smallObjects(graph: HeapGraph): Uint32Array {
  const { id, type, selfSize, flags, kind } = graph.columns;
  // Objects/intobject.c and floatobject.c of 2.7 take ints and floats from lists of their own.
  const apart = graph.types.map(({ name }) => graph.info.version[0] === 2 && (name === "int" || name === "float"));
  const found = new Uint32Array(graph.nodeCount);
  let length = 0;
  for (let node = 0; node < graph.nodeCount; node++) {
    // Static types and singletons lie in the interpreter's own data.
    const isElsewhere =
      (flags[node] & (Flag.synthetic | Flag.immortal)) !== 0 ||
      apart[type[node]] ||
      kind[node] === Kind.none ||
      (kind[node] === Kind.type && (flags[node] & Flag.tracked) === 0);
    if (!isElsewhere && selfSize[node] > 0 && (selfSize[node] <= LARGEST_BLOCK || HAS_TABLES.has(kind[node]))) {
      found[length++] = node;
    }
  }
  return found.subarray(0, length).sort((a, b) => id[a] - id[b]);
}

/** 16 since 3.8, and in the last releases of older versions; 8 before (bpo-27987): then half of all blocks tell. */
function alignmentOf(id: Float64Array, nodes: Uint32Array): number {
  let odd = 0;
  for (const node of nodes) if (id[node] % 16 === 8) odd++;
  return odd * 10 > nodes.length ? 8 : 16;
}

/** Finds sizes of blocks. */
class Blocks {
  readonly #graph: HeapGraph;
  readonly #alignment: number;
  readonly #debug: boolean;
  /** Bytes before an object with a collector's header: Include/internal/pycore_gc.h, and objimpl.h before 3.8. */
  readonly #gcHeader: number;
  readonly #hasInstanceHeader: boolean;

  constructor(graph: HeapGraph, alignment: number, debug: boolean) {
    this.#graph = graph;
    this.#alignment = alignment;
    this.#debug = debug;
    const [major, minor] = graph.info.version;
    this.#gcHeader = major > 3 || (major === 3 && minor >= 8) ? 16 : 32;
    this.#hasInstanceHeader = major > 3 || (major === 3 && minor >= 11);
  }

  /**
   * The size of the blocks that some objects are in: the largest one at whose multiples they all begin, and that is not
   * larger than any of them. 0 if there is none, or if it is too small for most of them: that is no pool.
   * @param start address of the pool's first block
   */
  size(nodes: Uint32Array, start: number): number {
    const { selfSize, kind } = this.#graph.columns;
    const around = this.#debug ? DEBUG_AROUND : 0;
    const round = (bytes: number) => Math.ceil(bytes / this.#alignment) * this.#alignment;
    let most = LARGEST_BLOCK;
    for (const node of nodes) most = Math.min(most, round(selfSize[node] + around));
    for (let size = most; size > 0; size -= this.#alignment) {
      if (!nodes.every((node) => this.#canBegin(node, start, size))) continue;
      let tooLarge = 0;
      for (const node of nodes) if (!HAS_MORE.has(kind[node]) && round(selfSize[node]) > size) tooLarge++;
      return tooLarge * 2 > nodes.length ? 0 : size;
    }
    return 0;
  }

  /** True if an object's block can be one of this size behind `start`. */
  #canBegin(node: NodeIndex, start: number, size: number): boolean {
    const { id, type, flags } = this.#graph.columns;
    const hasHeader = this.#graph.types[type[node]]?.gc === true;
    const at = id[node] - start - (this.#debug ? DEBUG_BEFORE : 0) - (hasHeader ? this.#gcHeader : 0);
    if (at >= 0 && at % size === 0) return true;
    const before = at - INSTANCE_HEADER;
    return (
      hasHeader && this.#hasInstanceHeader && (flags[node] & Flag.heapType) !== 0 && before >= 0 && before % size === 0
    );
  }
}
