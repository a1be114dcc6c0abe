import type { ByteFlow, ByteSource } from "../ByteSource.js";

/** Bytes a piece: large enough that a piece's own cost does not show, small enough to stay in the caches. */
export const PIECE = 4 << 20;

/** A source's bytes one after the other, in pieces; the next piece is fetched while the current one is worked on. */
export class ByteStream {
  readonly #pieces: AsyncIterator<Uint8Array>;
  #next: Promise<IteratorResult<Uint8Array>> | undefined;
  #before = 0;
  /** The current piece; empty at first. */
  bytes: Uint8Array = new Uint8Array(0);
  /** Where in `bytes` reading goes on: whoever reads moves it. */
  at = 0;

  constructor(pieces: AsyncIterable<Uint8Array>) {
    this.#pieces = pieces[Symbol.asyncIterator]();
    this.#prefetch();
  }

  /** Bytes that were read so far: the offset in the source of what comes next. */
  get offset(): number {
    return this.#before + this.at;
  }

  /** Goes on to the next piece; false at the end. To be called when the current one is used up. */
  async more(): Promise<boolean> {
    while (this.at >= this.bytes.length) {
      const { value, done } = await this.#next!;
      if (done === true) return false;
      this.#before += this.bytes.length;
      this.bytes = value;
      this.at = 0;
      this.#prefetch();
    }
    return true;
  }

  #prefetch(): void {
    this.#next = this.#pieces.next();
    // It is awaited later, or never where reading failed before.
    this.#next.catch(() => {});
  }
}

/** The bytes of a source from its beginning to its end. */
export function flowOf(source: ByteSource, piece = PIECE): ByteFlow {
  const { size } = source;
  return { pieces: piecesOf(source, piece), most: size, likely: size, done: (offset) => offset / size };
}

/** The pieces of a source, in two buffers in turns: a piece is valid until the one after the next is asked for. */
export async function* piecesOf(source: ByteSource, size = PIECE): AsyncGenerator<Uint8Array> {
  const buffers = [0, 1].map(() => new Uint8Array(Math.min(size, source.size)));
  for (let position = 0, turn = 0; position < source.size; turn ^= 1) {
    const piece = buffers[turn].subarray(0, Math.min(size, source.size - position));
    await source.read(piece, position);
    yield piece;
    position += piece.length;
  }
}
