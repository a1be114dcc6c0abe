import { BytesStringTable } from "../../heap/StringTable.js";
import { SnapshotError } from "../errors.js";
import type { ByteStream } from "./ByteStream.js";
import { corrupt, FORMAT, truncated } from "./errors.js";

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const COMMA = 0x2c;
const CLOSE = 0x5d;
const SPACE = 0x20;
const U = 0x75;
const SIMPLE_ESCAPES: ReadonlyMap<number, number> = new Map(
  Object.entries({ '"': 34, "\\": 92, "/": 47, b: 8, f: 12, n: 10, r: 13, t: 9 }).map(([letter, byte]) => [
    letter.charCodeAt(0),
    byte,
  ]),
);
const REPLACEMENT = 0xfffd;
// What a pending half of a surrogate pair can need beside what a piece holds.
const SLACK = 8;

/**
 * Reads the rest of a JSON array of strings, behind its bracket, into a table: string k of the file is index k + 1.
 * Half a surrogate pair becomes U+FFFD.
 * @param expected bytes to begin with: more are taken where they do not do
 * @param most bytes that may be taken
 * @throws SnapshotError corrupt, truncated or too-large
 */
export async function readStrings(
  stream: ByteStream,
  expected: number,
  most: number,
  step: () => void = () => {},
): Promise<BytesStringTable> {
  const texts = new Texts(Math.min(expected, most), most);
  do {
    texts.reserve(stream.bytes.length - stream.at + SLACK);
    const used = texts.read(stream.bytes, stream.at);
    const bad = texts.bad;
    stream.at = used;
    if (bad !== undefined) throw corrupt(bad, stream.offset - 1);
    if (texts.done) return texts.table();
    step();
  } while (await stream.more());
  throw truncated(stream.offset);
}

/** Decodes an array of strings piece by piece: UTF-8, one text behind the other, in arrays that grow. */
class Texts {
  /** What was wrong with the byte before the place where `read` stopped. */
  bad: string | undefined;
  done = false;
  #bytes: Uint8Array;
  #length = 0;
  #starts = new Float64Array(1 << 12);
  #count = 0;
  readonly #most: number;
  #inside = false;
  /** 0 outside an escape, 1 behind its backslash, else 1 and the hexadecimal digits that are still to come. */
  #escape = 0;
  #unit = 0;
  /** The first half of a surrogate pair that waits for the second, or 0. */
  #high = 0;

  constructor(expected: number, most: number) {
    this.#bytes = new Uint8Array(expected);
    this.#most = most;
  }

  table(): BytesStringTable {
    this.#starts[this.#count] = this.#length;
    return new BytesStringTable(this.#bytes.subarray(0, this.#length), this.#starts.subarray(0, this.#count + 1));
  }

  /** Makes room for so many bytes more. */
  reserve(more: number): void {
    const needed = this.#length + more;
    if (needed <= this.#bytes.length) return;
    if (needed > this.#most) {
      throw new SnapshotError("too-large", `its strings need more than ${this.#most} bytes of memory`, {
        format: FORMAT,
        advice: "Open it on a machine with more memory.",
      });
    }
    const larger = new Uint8Array(Math.min(Math.max(needed, 2 * this.#bytes.length), this.#most));
    larger.set(this.#bytes.subarray(0, this.#length));
    this.#bytes = larger;
  }

  /** Decodes a piece, for which there is room, and returns where it stopped: at its end or behind the bracket. */
  read(piece: Uint8Array, from: number): number {
    const end = piece.length;
    let at = from;
    while (at < end && !this.done && this.bad === undefined) {
      if (this.#escape > 0) this.#escaped(piece[at++]);
      else if (this.#inside) at = this.#plain(piece, at);
      else this.#between(piece[at++]);
    }
    return at;
  }

  #between(byte: number): void {
    if (byte === QUOTE) {
      this.#inside = true;
      if (this.#count + 1 >= this.#starts.length) {
        const larger = new Float64Array(2 * this.#starts.length);
        larger.set(this.#starts);
        this.#starts = larger;
      }
      this.#starts[this.#count++] = this.#length;
    } else if (byte === CLOSE) this.done = true;
    else if (byte !== COMMA && byte > SPACE) this.bad = "a string was expected";
  }

  /** Copies up to the next quote or backslash, and returns the place behind it. */
  #plain(piece: Uint8Array, from: number): number {
    const bytes = this.#bytes;
    const end = piece.length;
    let at = from;
    if (piece[at] !== BACKSLASH) this.#flushHalf();
    let length = this.#length;
    let byte = 0;
    while (at < end && (byte = piece[at]) !== QUOTE && byte !== BACKSLASH) {
      bytes[length++] = byte;
      at++;
    }
    this.#length = length;
    if (at === end) return at;
    if (byte === QUOTE) this.#inside = false;
    else this.#escape = 1;
    return at + 1;
  }

  #escaped(byte: number): void {
    if (this.#escape === 1) {
      if (byte === U) {
        this.#escape = 5;
        this.#unit = 0;
        return;
      }
      const simple = SIMPLE_ESCAPES.get(byte);
      if (simple === undefined) this.bad = "a string has an unknown escape";
      this.#flushHalf();
      this.#put(simple ?? REPLACEMENT);
      this.#escape = 0;
      return;
    }
    const digit = hexDigit(byte);
    if (digit < 0) this.bad = "a string has an unknown escape";
    this.#unit = 16 * this.#unit + digit;
    if (--this.#escape > 1) return;
    this.#escape = 0;
    const unit = this.#unit;
    const isLow = unit >= 0xdc00 && unit < 0xe000;
    if (isLow && this.#high > 0) {
      this.#put(0x10000 + ((this.#high - 0xd800) << 10) + (unit - 0xdc00));
      this.#high = 0;
      return;
    }
    this.#flushHalf();
    if (unit >= 0xd800 && unit < 0xdc00) this.#high = unit;
    else this.#put(isLow ? REPLACEMENT : unit);
  }

  #flushHalf(): void {
    if (this.#high === 0) return;
    this.#high = 0;
    this.#put(REPLACEMENT);
  }

  #put(code: number): void {
    const bytes = this.#bytes;
    const tail = (shift: number) => 0x80 | ((code >> shift) & 63);
    if (code < 0x80) bytes[this.#length++] = code;
    else if (code < 0x800) {
      bytes[this.#length++] = 0xc0 | (code >> 6);
      bytes[this.#length++] = tail(0);
    } else if (code < 0x10000) {
      bytes[this.#length++] = 0xe0 | (code >> 12);
      bytes[this.#length++] = tail(6);
      bytes[this.#length++] = tail(0);
    } else {
      bytes[this.#length++] = 0xf0 | (code >> 18);
      bytes[this.#length++] = tail(12);
      bytes[this.#length++] = tail(6);
      bytes[this.#length++] = tail(0);
    }
  }
}

function hexDigit(byte: number): number {
  if (byte >= 48 && byte <= 57) return byte - 48;
  const letter = byte | 32;
  return letter >= 97 && letter <= 102 ? letter - 87 : -1;
}
