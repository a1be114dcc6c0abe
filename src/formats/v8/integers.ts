import type { ByteStream } from "./ByteStream.js";
import { corrupt, truncated } from "./errors.js";

const ZERO = 0x30;
const COMMA = 0x2c;
const MINUS = 0x2d;
const CLOSE = 0x5d;
const SPACE = 0x20;
// Digits of a number that are looked at without asking whether the piece has ended, and what stands around them.
const UNCHECKED = 8;

/**
 * Reads the rest of a JSON array of integers, behind its bracket, and hands them over in blocks.
 * @param block where the numbers are put; `take` gets it full, and once more with what is left
 * @param take called with the count of valid numbers in the block
 * @throws SnapshotError where something else stands there, or the stream ends
 */
export async function readIntegers(
  stream: ByteStream,
  block: Float64Array,
  take: (count: number) => void,
  step: () => void = () => {},
): Promise<void> {
  const integers = new Integers(block, take);
  for (;;) {
    if (integers.read(stream)) return;
    step();
    if (!(await stream.more())) throw truncated(stream.offset);
  }
}

/** Reads integers piece by piece. */
class Integers {
  readonly #block: Float64Array;
  readonly #take: (count: number) => void;
  #filled = 0;
  /** The number that is being read. */
  #value = 0;
  #digits = 0;
  #sign = 1;

  constructor(block: Float64Array, take: (count: number) => void) {
    this.#block = block;
    this.#take = take;
  }

  /** Uses up the stream's current piece, or what stands up to the closing bracket: then it returns true. */
  read(stream: ByteStream): boolean {
    const { bytes } = stream;
    while (stream.at < bytes.length) {
      if (this.#digits === 0 && this.#sign === 1) this.#whole(stream);
      if (stream.at < bytes.length && this.#one(bytes[stream.at++], stream)) return true;
    }
    return false;
  }

  /**
   * Reads numbers without a sign that end within the piece, as nearly all do, and stops before the first byte that
   * is part of something else, or of a number too near to the piece's end.
   */
  #whole(stream: ByteStream): void {
    const { bytes } = stream;
    const last = bytes.length - UNCHECKED;
    const block = this.#block;
    const capacity = block.length;
    let filled = this.#filled;
    let at = stream.at;
    while (at < last) {
      const start = at;
      const byte = bytes[at++];
      let digit = byte - ZERO;
      if (digit >>> 0 > 9) {
        if (byte === COMMA || byte <= SPACE) continue;
        at = start;
        break;
      }
      // Written out: a loop's end is guessed wrongly for nearly every number.
      let value = digit;
      if ((digit = bytes[at++] - ZERO) >>> 0 <= 9) {
        value = value * 10 + digit;
        if ((digit = bytes[at++] - ZERO) >>> 0 <= 9) {
          value = value * 10 + digit;
          if ((digit = bytes[at++] - ZERO) >>> 0 <= 9) {
            value = value * 10 + digit;
            if ((digit = bytes[at++] - ZERO) >>> 0 <= 9) {
              value = value * 10 + digit;
              if ((digit = bytes[at++] - ZERO) >>> 0 <= 9) {
                value = value * 10 + digit;
                while (at < bytes.length && (digit = bytes[at++] - ZERO) >>> 0 <= 9) value = value * 10 + digit;
                if (digit >>> 0 <= 9) {
                  at = start;
                  break;
                }
              }
            }
          }
        }
      }
      // What stands behind the number is looked at again.
      at--;
      block[filled++] = value;
      if (filled === capacity) {
        stream.at = at;
        this.#take(filled);
        filled = 0;
      }
    }
    this.#filled = filled;
    stream.at = at;
  }

  /** Takes one byte; true for the closing bracket. */
  #one(byte: number, stream: ByteStream): boolean {
    const digit = byte - ZERO;
    if (digit >= 0 && digit <= 9) {
      this.#value = this.#value * 10 + digit;
      this.#digits++;
      return false;
    }
    if (this.#digits > 0) this.#end();
    if (byte === MINUS) this.#sign = -1;
    else if (byte === CLOSE) {
      this.#take(this.#filled);
      return true;
    } else if (byte !== COMMA && byte > SPACE) throw corrupt("a number was expected", stream.offset - 1);
    return false;
  }

  #end(): void {
    this.#block[this.#filled++] = this.#sign * this.#value;
    this.#value = this.#digits = 0;
    this.#sign = 1;
    if (this.#filled < this.#block.length) return;
    this.#take(this.#filled);
    this.#filled = 0;
  }
}
