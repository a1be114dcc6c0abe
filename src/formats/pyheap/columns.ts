import { SnapshotError } from "../errors.js";
import { asFloat64, asWords, npyData, type Dtype } from "../npy.js";
import type { ZipArchive } from "../zip.js";
import { FORMAT } from "./meta.js";

// In the order in which the reader wants them.
const COLUMNS = [
  ...["nodes/id", "nodes/type", "strings/id", "strings/length", "strings/text", "edges/to"],
  ...["codes/id", "codes/file", "codes/name", "codes/qualname", "codes/line", "codes/freevar_count", "codes/freevar"],
  ...["items/owner", "items/kind", "items/length", "items/key", "items/value"],
  ...["owned/from", "owned/to", "owned/name", "weakrefs/referent", "weakrefs/ref"],
  ...["borrowed/from", "borrowed/to", "borrowed/count"],
  ...["suspended/id", "suspended/line", "futures/id", "futures/state", "limits/id", "limits/value"],
  ...["zombies/id", "zombies/bytes", "equal/id", "equal/group", "sites/id", "sites/stack"],
  ...["stacks/length", "stacks/file", "stacks/line"],
  ...["arenas/address", "arenas/pools", "arenas/untouched", "pools/class", "pools/used"],
  ...["tables/owner", "tables/block"],
  ...["nodes/refcount", "nodes/size", "ints/id", "ints/value", "floats/id", "floats/value"],
];

/** Loads columns of an archive, each once, and checks their lengths against each other. */
export class Columns {
  readonly #zip: ZipArchive;
  readonly #signal: AbortSignal | undefined;

  constructor(zip: ZipArchive, signal?: AbortSignal) {
    this.#zip = zip;
    this.#signal = signal;
  }

  /** Starts loading all columns that the format knows, so that they decompress while others are worked on. */
  prefetchAll(): void {
    this.#zip.prefetch(
      COLUMNS.map((name) => `${name}.npy`),
      this.#signal,
    );
  }

  has(name: string): boolean {
    return this.#zip.has(`${name}.npy`);
  }

  /**
   * True if the file has a group of columns.
   * @throws SnapshotError corrupt where it has only some of them
   */
  hasGroup(...names: readonly string[]): boolean {
    const missing = names.filter((name) => !this.has(name));
    if (missing.length === 0 || missing.length === names.length) return missing.length === 0;
    throw new SnapshotError("corrupt", `column ${missing[0]} is missing, though others of its group are there`, {
      format: FORMAT,
    });
  }

  async #data(name: string, dtype: Dtype, length?: number): Promise<Uint8Array<ArrayBuffer>> {
    const column = npyData(name, await this.#zip.read(`${name}.npy`, this.#signal), dtype);
    if (length !== undefined && column.length !== length) {
      throw new SnapshotError("corrupt", `column ${name} has ${column.length} entries where ${length} belong`, {
        format: FORMAT,
      });
    }
    return column.data;
  }

  /** 64-bit entries as (low, high) words. */
  async words(name: string, length?: number, dtype: "<u8" | "<i8" = "<u8"): Promise<Uint32Array> {
    return asWords(await this.#data(name, dtype, length));
  }

  async u4(name: string, length?: number): Promise<Uint32Array> {
    return asWords(await this.#data(name, "<u4", length));
  }

  async u1(name: string, length?: number): Promise<Uint8Array<ArrayBuffer>> {
    return this.#data(name, "|u1", length);
  }

  async f8(name: string, length?: number): Promise<Float64Array> {
    return asFloat64(await this.#data(name, "<f8", length));
  }
}
