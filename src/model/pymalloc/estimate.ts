import type { HeapGraph } from "../../heap/HeapGraph.js";
import { Flag } from "../../heap/kinds.js";
import type { Pymalloc } from "../../heap/Pymalloc.js";

// Objects/obmalloc.c: SMALL_REQUEST_THRESHOLD
const LARGEST_BLOCK = 512;
// Bytes of a pool's header in 64 bits.
const HEADER = 48;

/**
 * What the addresses of objects alone tell of pools and arenas: stretches of a pool's size in which small objects lie,
 * and stretches of an arena's size in which such pools lie. Blocks are counted as far as objects show them; a pool's
 * size class is the least distance between two objects in it, or the size of its only one. All are lower bounds.
 * Sizes are those of Objects/obmalloc.c in 64 bits: 4 KiB and 256 KiB up to 3.9, 16 KiB and 1 MiB from 3.10 on.
 */
export function estimatePymalloc(graph: HeapGraph): Pymalloc {
  const { id, selfSize, flags } = graph.columns;
  const [major, minor] = graph.info.version;
  const isLarge = major === 3 && minor >= 10;
  const poolBytes = isLarge ? 1 << 14 : 1 << 12;
  const arenaBytes = isLarge ? 1 << 20 : 1 << 18;
  const alignment = major === 3 && minor >= 7 ? 16 : 8;
  const small: number[] = [];
  for (let node = 0; node < graph.nodeCount; node++) {
    // Static types and singletons lie in the interpreter's own data.
    const isStatic = (flags[node] & (Flag.synthetic | Flag.immortal)) !== 0;
    if (!isStatic && selfSize[node] > 0 && selfSize[node] <= LARGEST_BLOCK) small.push(node);
  }
  const nodes = Uint32Array.from(small).sort((a, b) => id[a] - id[b]);
  const arenaAddress: number[] = [];
  const poolClass: number[] = [];
  const poolUsed: number[] = [];
  const firstPool: number[] = [0];
  const poolsEach = arenaBytes / poolBytes;
  for (let i = 0; i < nodes.length;) {
    const pool = Math.floor(id[nodes[i]] / poolBytes);
    let least = Infinity;
    let end = i + 1;
    for (; end < nodes.length && Math.floor(id[nodes[end]] / poolBytes) === pool; end++) {
      least = Math.min(least, id[nodes[end]] - id[nodes[end - 1]]);
    }
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
    const size = Math.min(LARGEST_BLOCK, least === Infinity ? selfSize[nodes[i]] : least);
    poolClass[at] = Math.max(1, Math.ceil(size / alignment));
    const room = Math.floor((poolBytes - HEADER) / (poolClass[at] * alignment));
    poolUsed[at] = Math.min(end - i, room);
    i = end;
  }
  return {
    exact: false,
    debug: false,
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
