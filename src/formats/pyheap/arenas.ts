import { blocksPerPool, firstPoolOf, LARGEST_BLOCK, type Pymalloc } from "../../heap/Pymalloc.js";
import type { AddressIndex } from "../AddressIndex.js";
import { unsignedNumbers } from "../npy.js";
import type { Columns } from "./columns.js";
import { corrupt, type Meta, type MetaPymalloc } from "./meta.js";

const MOST_POOL_BYTES = 1 << 16;
const MOST_ARENA_BYTES = 1 << 30;

/**
 * The optional groups `arenas`, `pools` and `tables`.
 * @returns undefined where the file has no arenas
 * @throws SnapshotError corrupt where they contradict each other or hold more than there is room for
 */
export async function loadArenas(columns: Columns, meta: Meta, nodes: AddressIndex): Promise<Pymalloc | undefined> {
  const names = ["arenas/address", "arenas/pools", "arenas/untouched", "pools/class", "pools/used"];
  if (!columns.hasGroup(...names)) return undefined;
  const sizes = meta.pymalloc;
  if (!sizes) throw corrupt("arenas: meta.json does not say how large they are");
  checkSizes(sizes);
  const arenaAddress = unsignedNumbers(await columns.words("arenas/address"));
  const arenas = arenaAddress.length;
  const pools = await columns.u4("arenas/pools", arenas);
  const untouched = await columns.u4("arenas/untouched", arenas);
  const firstPool = new Uint32Array(arenas + 1);
  let count = 0;
  for (let i = 0; i < arenas; i++) {
    const address = arenaAddress[i];
    if (i > 0 && address < arenaAddress[i - 1] + sizes.arenaBytes) {
      throw corrupt(`arenas: arena ${i} does not lie behind the one before`);
    }
    if (address + sizes.arenaBytes > Number.MAX_SAFE_INTEGER) throw corrupt(`arenas: arena ${i} lies nowhere`);
    const before = firstPoolOf(address, sizes.poolBytes) - address;
    if (pools[i] > Math.floor((sizes.arenaBytes - before) / sizes.poolBytes)) {
      throw corrupt(`arenas: arena ${i} has too many pools`);
    }
    if (untouched[i] > pools[i]) throw corrupt(`arenas: arena ${i} has more unused pools than pools`);
    count += pools[i];
    firstPool[i + 1] = count;
  }
  // Counted apart: a sum beyond 32 bits would look small in `firstPool`.
  const poolClass = await columns.u1("pools/class", count);
  const used = await columns.u4("pools/used", count);
  const poolUsed = new Uint16Array(used.length);
  for (let pool = 0; pool < used.length; pool++) {
    const size = poolClass[pool] * sizes.alignment;
    const room = size === 0 ? 0 : blocksPerPool(sizes, size);
    if (size > LARGEST_BLOCK || used[pool] > room) throw corrupt(`pools: pool ${pool} holds more than it has room for`);
    poolUsed[pool] = used[pool];
  }
  const { tableOwner, tableAddress } = await loadTables(columns, nodes);
  return {
    exact: true,
    debug: sizes.info.debug,
    poolBytes: sizes.poolBytes,
    arenaBytes: sizes.arenaBytes,
    alignment: sizes.alignment,
    headerBytes: sizes.headerBytes,
    arenaAddress,
    firstPool,
    untouched,
    poolClass,
    poolUsed,
    tableOwner,
    tableAddress,
  };
}

function checkSizes({ poolBytes, arenaBytes, alignment, headerBytes }: MetaPymalloc): void {
  const isPower = (size: number, least: number, most: number) =>
    size >= least && size <= most && Number.isInteger(Math.log2(size));
  if (!isPower(alignment, 8, 16)) throw corrupt("pymalloc: there is no such alignment");
  if (!isPower(poolBytes, LARGEST_BLOCK * 2, MOST_POOL_BYTES) || headerBytes > poolBytes / 2) {
    throw corrupt("pymalloc: pools can't have this size");
  }
  if (!isPower(arenaBytes, poolBytes, MOST_ARENA_BYTES)) throw corrupt("pymalloc: arenas can't have this size");
}

async function loadTables(
  columns: Columns,
  nodes: AddressIndex,
): Promise<Pick<Pymalloc, "tableOwner" | "tableAddress">> {
  if (!columns.hasGroup("tables/owner", "tables/block")) {
    return { tableOwner: new Uint32Array(0), tableAddress: new Float64Array(0) };
  }
  const owners = await columns.words("tables/owner");
  const blocks = unsignedNumbers(await columns.words("tables/block", owners.length / 2));
  const tableOwner = new Uint32Array(blocks.length);
  const tableAddress = new Float64Array(blocks.length);
  let length = 0;
  for (let i = 0; i < blocks.length; i++) {
    const owner = nodes.find(owners[2 * i], owners[2 * i + 1]);
    if (owner < 0) continue;
    tableOwner[length] = owner;
    tableAddress[length++] = blocks[i];
  }
  return { tableOwner: tableOwner.subarray(0, length), tableAddress: tableAddress.subarray(0, length) };
}
