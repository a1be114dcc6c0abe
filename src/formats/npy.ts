import { SnapshotError } from "./errors.js";

/** The column types that snapshots use. u8 and i8 stay as words (low, high), since BigInt is slow. */
export type Dtype = "<u8" | "<i8" | "<u4" | "<f8" | "|u1";

const BYTES: Record<Dtype, number> = { "<u8": 8, "<i8": 8, "<u4": 4, "<f8": 8, "|u1": 1 };
const MAGIC = [0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59, 1, 0];
const HEADER = /^\{\s*'descr':\s*'([^']{1,8})',\s*'fortran_order':\s*False,\s*'shape':\s*\((\d{1,15}),\s*\),?\s*\}\s*$/;

/**
 * The data part of a one-dimensional `.npy` 1.0 member.
 * Source: numpy/lib/format.py, "Format Version 1.0".
 * @returns the bytes of the data and the number of elements
 * @throws SnapshotError corrupt where header, type or size do not fit
 */
export function npyData(
  name: string,
  member: Uint8Array<ArrayBuffer>,
  dtype: Dtype,
): { data: Uint8Array<ArrayBuffer>; length: number } {
  const fail = (what: string) => new SnapshotError("corrupt", `column ${name} ${what}`, { format: "pyheapsnapshot" });
  if (member.length < 10 || MAGIC.some((byte, i) => member[i] !== byte)) throw fail("is not a .npy array");
  const start = 10 + (member[8] | (member[9] << 8));
  if (start > member.length) throw fail("has a header that runs past its end");
  const match = HEADER.exec(Buffer.from(member.buffer, member.byteOffset + 10, start - 10).toString("latin1"));
  if (!match) throw fail("has a header that is not understood");
  if (match[1] !== dtype) throw fail(`has the type ${match[1]}, not ${dtype}`);
  const length = Number(match[2]);
  const data = member.subarray(start);
  if (data.length !== length * BYTES[dtype]) {
    throw fail(`declares ${length} elements, but holds ${data.length} bytes`);
  }
  return { data, length };
}

function aligned(data: Uint8Array<ArrayBuffer>, to: number): Uint8Array<ArrayBuffer> {
  return data.byteOffset % to === 0 ? data : data.slice();
}

/** 64-bit elements as 32-bit words: element i is words 2i (low) and 2i + 1 (high). */
export function asWords(data: Uint8Array<ArrayBuffer>): Uint32Array {
  const at = aligned(data, 4);
  return new Uint32Array(at.buffer, at.byteOffset, at.length / 4);
}

export function asFloat64(data: Uint8Array<ArrayBuffer>): Float64Array {
  const at = aligned(data, 8);
  return new Float64Array(at.buffer, at.byteOffset, at.length / 8);
}

/** Unsigned 64-bit elements as numbers. Exact below 2^53. */
export function unsignedNumbers(words: Uint32Array): Float64Array {
  const out = new Float64Array(words.length / 2);
  for (let i = 0; i < out.length; i++) out[i] = words[2 * i] + words[2 * i + 1] * 4294967296;
  return out;
}

/** Signed 64-bit elements as numbers. Exact within ±2^53. */
export function signedNumbers(words: Uint32Array): Float64Array {
  const out = new Float64Array(words.length / 2);
  for (let i = 0; i < out.length; i++) out[i] = words[2 * i] + (words[2 * i + 1] | 0) * 4294967296;
  return out;
}
