import { Flag, NO_GENERATION, UNKNOWN_REFCOUNT } from "../../heap/kinds.js";
import { type AddressIndex, findNumber } from "../AddressIndex.js";
import { signedNumbers } from "../npy.js";
import { type NumberGroup, SparseNumbers } from "../SparseNumbers.js";
import type { Columns } from "./columns.js";
import type { Meta } from "./meta.js";
import { isHeapType } from "./typeKinds.js";

// A refcount that stands for "immortal", 3.12 and later (Include/object.h, _Py_IMMORTAL_REFCNT).
const IMMORTAL = 0x3fffff00;
const MAX_REFCOUNT = 0x7fffffff;

/** Refcounts by node as the interpreter saw them before the capture; UNKNOWN_REFCOUNT where there is none. */
export async function loadRefcounts(
  columns: Columns,
  meta: Meta,
  nodes: AddressIndex,
  rows: number,
): Promise<Int32Array> {
  const { counted, bias, own } = meta;
  const readings = signedNumbers(await columns.words("nodes/refcount", counted, "<i8"));
  const refcount = new Int32Array(rows).fill(UNKNOWN_REFCOUNT);
  for (let i = 0; i < counted; i++) {
    refcount[i] = Math.max(0, Math.min(MAX_REFCOUNT, readings[i] - bias));
  }
  for (const address of own) {
    const node = findNumber(nodes, address);
    if (node >= 0 && node < counted && refcount[node] < IMMORTAL) refcount[node]--;
  }
  return refcount;
}

/** Bits of `Flag` by node, from types, refcounts and the `marks` group. */
export async function loadFlags(
  columns: Columns,
  meta: Meta,
  nodes: AddressIndex,
  type: Uint32Array,
  refcount: Int32Array,
): Promise<Uint16Array> {
  const { types, tracked, version } = meta;
  const flags = new Uint16Array(type.length);
  const typeFlags = types.map(
    (t) =>
      (t.slots & 1 ? Flag.hasFinalizer : 0) |
      // 2.7 has static types with tp_del, generators above all; there it counts by instance (marks/legacy).
      (t.slots & 2 && (isHeapType(t) || version[0] === 3) ? Flag.legacyFinalizer : 0) |
      (isHeapType(t) ? Flag.heapType : 0),
  );
  const canBeImmortal = version[0] === 3 && version[1] >= 12;
  for (let i = 0; i < meta.total; i++) {
    flags[i] =
      typeFlags[type[i]] |
      (i < tracked ? Flag.tracked : 0) |
      (canBeImmortal && refcount[i] >= IMMORTAL ? Flag.immortal : 0);
  }
  flags.fill(Flag.synthetic, meta.total);
  const marks: [string, number][] = [
    ["frozen", Flag.frozen | Flag.tracked],
    ["finalized", Flag.finalized],
    ["legacy", Flag.legacyFinalizer],
    ["unstarted", Flag.unstarted],
    ["guarded", Flag.guarded],
    ["agent", Flag.agent],
  ];
  for (const [name, bits] of marks) {
    if (!columns.has(`marks/${name}`)) continue;
    const words = await columns.words(`marks/${name}`);
    for (let i = 0; i < words.length; i += 2) {
      const node = nodes.find(words[i], words[i + 1]);
      if (node >= 0) flags[node] |= bits;
    }
  }
  return flags;
}

/** Generation by node, NO_GENERATION where it is not tracked or unknown. */
export function generations(meta: Meta, rows: number): Uint8Array {
  const generation = new Uint8Array(rows).fill(NO_GENERATION);
  let at = 0;
  for (const [number, count] of meta.segments ?? []) generation.fill(number, at, (at += count));
  return generation;
}

/** Values of ints and floats. */
export async function loadNumbers(columns: Columns, nodes: AddressIndex): Promise<SparseNumbers> {
  const groups: NumberGroup[] = [];
  for (const group of ["ints", "floats"]) {
    if (!columns.hasGroup(`${group}/id`, `${group}/value`)) continue;
    const ids = await columns.words(`${group}/id`);
    const rows = ids.length / 2;
    const all =
      group === "ints"
        ? signedNumbers(await columns.words("ints/value", rows, "<i8"))
        : await columns.f8("floats/value", rows);
    const found = { nodes: new Uint32Array(rows), values: new Float64Array(rows) };
    let length = 0;
    for (let i = 0; i < rows; i++) {
      const node = nodes.find(ids[2 * i], ids[2 * i + 1]);
      if (node < 0) continue;
      found.nodes[length] = node;
      found.values[length++] = all[i];
    }
    groups.push({ nodes: found.nodes.subarray(0, length), values: found.values.subarray(0, length) });
  }
  return new SparseNumbers(groups);
}
