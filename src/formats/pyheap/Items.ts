import { SnapshotError } from "../errors.js";
import type { AddressIndex } from "../AddressIndex.js";
import type { Columns } from "./columns.js";
import { FORMAT } from "./meta.js";

export const ItemKind = { dict: 0, attributes: 1, locals: 2 } as const;

/** The `items` group with node and string indices instead of addresses. */
export interface Items {
  readonly rows: number;
  readonly owner: Uint32Array;
  readonly kind: Uint8Array;
  /** Entries of row i are start[i] up to start[i + 1]. */
  readonly start: Uint32Array;
  /** Kind 0: node index of the key. Kinds 1 and 2: string index of the name. NONE where unknown. */
  readonly key: Uint32Array;
  /** Node index of the value, NONE where it is no node. */
  readonly value: Uint32Array;
}

export const NONE = 0xffffffff;

function lookUp(words: Uint32Array, index: AddressIndex, offset: number): Uint32Array {
  const out = new Uint32Array(words.length / 2);
  for (let i = 0; i < out.length; i++) {
    const row = index.find(words[2 * i], words[2 * i + 1]);
    out[i] = row < 0 ? NONE : row + offset;
  }
  return out;
}

/**
 * Loads the labels.
 * @param nodes index of node addresses
 * @param strings index of string ids; string index is its row plus one
 * @returns no rows where the file has no such group
 * @throws SnapshotError corrupt where lengths do not fit or an owner is no node
 */
export async function loadItems(columns: Columns, nodes: AddressIndex, strings: AddressIndex): Promise<Items> {
  const empty = new Uint32Array(0);
  if (!columns.hasGroup("items/owner", "items/length", "items/kind", "items/key", "items/value")) {
    return { rows: 0, owner: empty, kind: new Uint8Array(0), start: new Uint32Array(1), key: empty, value: empty };
  }
  const fail = (what: string) => new SnapshotError("corrupt", `items: ${what}`, { format: FORMAT });
  const owner = lookUp(await columns.words("items/owner"), nodes, 0);
  const rows = owner.length;
  if (owner.includes(NONE)) throw fail("an owner is no node");
  const kind = await columns.u1("items/kind", rows);
  const length = await columns.u4("items/length", rows);
  const start = new Uint32Array(rows + 1);
  let total = 0;
  for (let i = 0; i < rows; i++) start[i + 1] = total += length[i];
  const keyWords = await columns.words("items/key", total);
  const value = lookUp(await columns.words("items/value", total), nodes, 0);
  const key = new Uint32Array(total);
  for (let row = 0; row < rows; row++) {
    const [index, offset] = kind[row] === ItemKind.dict ? [nodes, 0] : [strings, 1];
    for (let i = start[row]; i < start[row + 1]; i++) {
      const found = index.find(keyWords[2 * i], keyWords[2 * i + 1]);
      key[i] = found < 0 ? NONE : found + offset;
    }
  }
  return { rows, owner, kind, start, key, value };
}
