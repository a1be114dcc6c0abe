import type { ByteStream } from "./ByteStream.js";
import { corrupt, truncated } from "./errors.js";

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const SPACE = 0x20;
const OPENING = new Set([0x7b, 0x5b]);
const CLOSING = new Set([0x7d, 0x5d]);
// The longest keys are the names of tables; the longest value that is kept is the description of the others.
const MOST_KEY = 100;

/**
 * The next byte that is no white space; it is used up.
 * @throws SnapshotError truncated
 */
export async function nextByte(stream: ByteStream): Promise<number> {
  while (await stream.more()) {
    while (stream.at < stream.bytes.length) {
      const byte = stream.bytes[stream.at++];
      if (byte > SPACE) return byte;
    }
  }
  throw truncated(stream.offset);
}

/**
 * Uses up one byte that must be this character.
 * @throws SnapshotError corrupt or truncated
 */
export async function expectByte(stream: ByteStream, character: string): Promise<void> {
  if ((await nextByte(stream)) !== character.charCodeAt(0)) {
    throw corrupt(`${JSON.stringify(character)} was expected`, stream.offset - 1);
  }
}

/** Reads a key behind its opening quote, and the colon. */
export async function readKey(stream: ByteStream): Promise<string> {
  const key: number[] = [];
  for (;;) {
    if (!(await stream.more())) throw truncated(stream.offset);
    const byte = stream.bytes[stream.at++];
    if (byte === QUOTE) break;
    if (key.push(byte) > MOST_KEY) throw corrupt("a key was expected", stream.offset - 1);
  }
  await expectByte(stream, ":");
  return String.fromCharCode(...key);
}

/**
 * Goes over one JSON value of any sort.
 * @param keep how many of its bytes to return at most; beyond them the file is taken for corrupt. 0: none is kept
 * @returns the value's text, or the empty string
 */
export async function readValue(stream: ByteStream, keep = 0): Promise<string> {
  const kept: Uint8Array[] = [];
  let size = 0;
  let depth = 0;
  let inText = false;
  let escaped = false;
  let begun = false;
  for (;;) {
    if (!(await stream.more())) throw truncated(stream.offset);
    const { bytes } = stream;
    const from = stream.at;
    let at = from;
    let over = false;
    for (; at < bytes.length && !over; at++) {
      const byte = bytes[at];
      if (inText) {
        if (escaped) escaped = false;
        else if (byte === BACKSLASH) escaped = true;
        else if (byte === QUOTE) {
          inText = false;
          over = depth === 0;
        }
      } else if (byte === QUOTE) {
        inText = begun = true;
      } else if (OPENING.has(byte)) {
        depth++;
        begun = true;
      } else if (CLOSING.has(byte) && depth > 0) {
        over = --depth === 0;
      } else if (depth === 0 && begun && (byte <= SPACE || byte === 0x2c || CLOSING.has(byte))) {
        // A number, true, false or null ends where something else begins, which is not part of it.
        at--;
        over = true;
      } else if (byte > SPACE) begun = true;
    }
    stream.at = at;
    if (keep > 0) {
      size += at - from;
      if (size > keep) throw corrupt(`a description is longer than ${keep} bytes`, stream.offset);
      kept.push(bytes.slice(from, at));
    }
    if (over) return Buffer.concat(kept).toString("utf8");
  }
}
