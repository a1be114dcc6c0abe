import type { ByteStream } from "./ByteStream.js";
import { corrupt, truncated } from "./errors.js";

const ZERO = 0x30;
const COMMA = 0x2c;
const MINUS = 0x2d;
const CLOSE = 0x5d;
const SPACE = 0x20;

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
  const capacity = block.length;
  let filled = 0;
  let value = 0;
  let digits = 0;
  let sign = 1;
  for (;;) {
    const { bytes } = stream;
    const end = bytes.length;
    let at = stream.at;
    while (at < end) {
      const byte = bytes[at++];
      const digit = byte - ZERO;
      if (digit >= 0 && digit <= 9) {
        value = value * 10 + digit;
        digits++;
        continue;
      }
      if (digits > 0) {
        block[filled++] = sign * value;
        value = digits = 0;
        sign = 1;
        if (filled === capacity) {
          take(filled);
          filled = 0;
        }
      }
      if (byte === COMMA || byte <= SPACE) continue;
      stream.at = at;
      if (byte === CLOSE) {
        take(filled);
        return;
      }
      if (byte !== MINUS) throw corrupt("a number was expected", stream.offset - 1);
      sign = -1;
    }
    stream.at = at;
    step();
    if (!(await stream.more())) throw truncated(stream.offset);
  }
}
