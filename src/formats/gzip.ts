import { pipeline, Readable } from "node:stream";
import { createGunzip, type Gunzip } from "node:zlib";
import type { ByteFlow, ByteSource } from "./ByteSource.js";
import { SnapshotError } from "./errors.js";

const FORMAT = "gzip";
// zlib tells how far it is after each: progress, and the place of what is damaged, are as exact as this.
const CHUNK_IN = 1 << 15;
const CHUNK_OUT = 1 << 20;
// Deflate can't do better than about 1032 : 1; real snapshots reach 10 : 1.
const PLAUSIBLE_RATIO = 200;
const ALWAYS_ALLOWED = 64 << 20;
// How much larger the content is taken to be at first, whatever the file says of itself.
const USUAL_RATIO = 20;
/** A header, a trailer, and as good as nothing between. */
const SMALLEST = 18;
const TRAILER = 4;

/** What a gzip file unpacks to, piece by piece; its checksum is checked behind the last one. To be closed after use. */
export class GzipFlow implements ByteFlow {
  readonly pieces: AsyncIterable<Uint8Array>;
  readonly most: number;
  readonly likely: number;
  readonly #source: ByteSource;
  readonly #gunzip: Gunzip;
  readonly #maxBytes: number;

  private constructor(source: ByteSource, maxBytes: number, declared: number) {
    this.#source = source;
    this.#maxBytes = maxBytes;
    this.most = Math.min(maxBytes, Math.max(ALWAYS_ALLOWED, PLAUSIBLE_RATIO * source.size));
    this.likely = Math.min(Math.max(declared, source.size), USUAL_RATIO * source.size, this.most);
    this.#gunzip = createGunzip({ chunkSize: CHUNK_OUT });
    this.pieces = this.#unpack();
  }

  /**
   * Opens a file; nothing is unpacked yet.
   * @param maxBytes unpacked bytes that are accepted
   * @throws SnapshotError truncated, for a file that is too short to be whole
   */
  static async open(source: ByteSource, maxBytes = Infinity): Promise<GzipFlow> {
    if (source.size < SMALLEST) throw truncated(source.size);
    const trailer = new Uint8Array(TRAILER);
    await source.read(trailer, source.size - TRAILER);
    // Modulo 2³², and of the last part where several were put together: a hint at most.
    return new GzipFlow(source, maxBytes, new DataView(trailer.buffer).getUint32(0, true));
  }

  /** Share of the file that was unpacked so far. */
  done(): number {
    return Math.min(this.#gunzip.bytesWritten / this.#source.size, 1);
  }

  /** Lets go of the source. */
  close(): void {
    this.#gunzip.destroy();
  }

  async *#unpack(): AsyncGenerator<Uint8Array> {
    // What goes wrong is thrown by the loop; the callback is there for pipeline to end both streams.
    pipeline(Readable.from(chunksOf(this.#source)), this.#gunzip, () => {});
    let total = 0;
    try {
      for await (const piece of this.#gunzip as AsyncIterable<Uint8Array>) {
        total += piece.length;
        if (total > this.most) throw this.#tooLarge();
        yield piece;
      }
    } catch (error) {
      throw this.#explained(error);
    }
  }

  #tooLarge(): SnapshotError {
    const { size } = this.#source;
    const isMemory = this.most === this.#maxBytes;
    return new SnapshotError(
      "too-large",
      `the gzip file of ${size} bytes unpacks to more than ${this.most} bytes` +
        (isMemory ? "" : ", more than a real snapshot can"),
      {
        format: FORMAT,
        offset: this.#gunzip.bytesWritten,
        advice: isMemory
          ? "Open it on a machine with more memory."
          : "It is damaged or made to exhaust memory. If you trust it, unpack it with gunzip and open what comes of it.",
      },
    );
  }

  #explained(error: unknown): unknown {
    const { code, message } = error as NodeJS.ErrnoException;
    if (error instanceof SnapshotError || code?.startsWith("Z_") !== true) return error;
    if (code === "Z_BUF_ERROR") return truncated(this.#source.size);
    return new SnapshotError("corrupt", `the gzip file does not unpack (${message})`, {
      format: FORMAT,
      // It begins in what has been handed to zlib last.
      offset: this.#gunzip.bytesWritten,
      advice: "Compress the snapshot again, or copy the file again from where it was written.",
      cause: error,
    });
  }
}

function truncated(offset: number): SnapshotError {
  return new SnapshotError("truncated", "the gzip file ends before its content does", {
    format: FORMAT,
    offset,
    advice: "Wait until it is written, and copy it again.",
  });
}

async function* chunksOf(source: ByteSource): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < source.size; at += CHUNK_IN) {
    const chunk = new Uint8Array(Math.min(CHUNK_IN, source.size - at));
    await source.read(chunk, at);
    yield chunk;
  }
}
