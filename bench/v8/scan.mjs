// The least that a reader in JavaScript has to do: every byte once, digits into numbers, numbers into an array, and the
// quotes of the strings. No check, no column. Prints its time as JSON.
import { closeSync, fstatSync, openSync, readSync, writeSync } from "node:fs";

const ZERO = 48;
const QUOTE = 34;
const BACKSLASH = 92;
const [S, T] = [115, 116]; // how "strings" begins
// More than the numbers of the tables behind the edges.
const OTHERS = 5_000_000;

/** Reads numbers up to the key of the strings; returns where it stopped. */
function numbers(bytes, length, out, state) {
  let { value, inside, count } = state;
  let at = 0;
  for (; at < length; at++) {
    const digit = bytes[at] - ZERO;
    if (digit >= 0 && digit < 10) {
      value = value * 10 + digit;
      inside = true;
    } else if (inside) {
      out[count++] = value;
      value = 0;
      inside = false;
    } else if (bytes[at] === S && bytes[at - 1] === QUOTE && bytes[at + 1] === T) break;
  }
  Object.assign(state, { value, inside, count });
  return at;
}

function quotes(bytes, from, length, base, out, state) {
  let { escaped, count } = state;
  for (let at = from; at < length; at++) {
    const byte = bytes[at];
    if (escaped) escaped = false;
    else if (byte === BACKSLASH) escaped = true;
    else if (byte === QUOTE) out[count++] = base + at;
  }
  Object.assign(state, { escaped, count });
}

const start = performance.now();
const file = openSync(process.argv[2], "r");
const { size } = fstatSync(file);
const piece = Buffer.allocUnsafe(4 << 20);
const head = piece.toString("latin1", 0, readSync(file, piece, 0, 8192, 0));
const counted = (name) => Number(new RegExp(`"${name}":(\\d+)`).exec(head)[1]);
const fields = JSON.parse(/"node_fields":(\[[^\]]*\])/.exec(head)[1]).length;
const values = new Uint32Array(counted("node_count") * fields + counted("edge_count") * 3 + OTHERS);
const ends = new Float64Array(Math.floor(size / 8));
const state = { value: 0, inside: false, count: 0 };
const strings = { escaped: false, count: 0 };
let inStrings = false;
for (
  let at = head.indexOf('"nodes"'), length;
  (length = readSync(file, piece, 0, piece.length, at)) > 0;
  at += length
) {
  let from = 0;
  if (!inStrings) {
    from = numbers(piece, length, values, state);
    inStrings = from < length;
  }
  if (inStrings) quotes(piece, from, length, at, ends, strings);
}
closeSync(file);
const { user, system } = process.cpuUsage();
const parsed = { parsed: performance.now() - start, parsedCpu: (user + system) / 1e3 };
writeSync(1, JSON.stringify({ ...parsed, numbers: state.count, quotes: strings.count }));
