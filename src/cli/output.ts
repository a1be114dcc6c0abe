import { once } from "node:events";
import type { Writable } from "node:stream";

const FLUSH = 1 << 16;
// Valid in JSON texts as they are, but a terminal would act on them.
const ESCAPED = /[\u007f-\u009f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff]/g;

function text(value: unknown): string {
  const json = JSON.stringify(value) ?? "null";
  return json.replace(ESCAPED, (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, "0")}`);
}

/**
 * A value as JSON text in pieces, so that long lists never become one string. Iterables other than strings become
 * arrays and are read once; properties that are undefined are left out.
 */
export function* jsonPieces(value: unknown): Generator<string> {
  if (value === null || typeof value !== "object") {
    yield text(value);
  } else if (Symbol.iterator in value) {
    yield "[";
    let first = true;
    for (const item of value as Iterable<unknown>) {
      if (!first) yield ",";
      first = false;
      yield* jsonPieces(item);
    }
    yield "]";
  } else {
    yield "{";
    let first = true;
    for (const [key, item] of Object.entries(value)) {
      if (item === undefined) continue;
      yield `${first ? "" : ","}${text(key)}:`;
      first = false;
      yield* jsonPieces(item);
    }
    yield "}";
  }
}

/** Writes pieces of text, waiting where the reader is slower. */
export async function writePieces(stream: Writable, pieces: Iterable<string>): Promise<void> {
  let buffered: string[] = [];
  let length = 0;
  const flush = async () => {
    const wait = !stream.write(buffered.join(""));
    buffered = [];
    length = 0;
    if (wait) await once(stream, "drain");
  };
  for (const piece of pieces) {
    buffered.push(piece);
    length += piece.length;
    if (length > FLUSH) await flush();
  }
  if (length > 0) await flush();
}

/** Prints one JSON document and a line end on stdout. */
export async function printJson(value: unknown): Promise<void> {
  await writePieces(process.stdout, jsonPieces(value));
  process.stdout.write("\n");
}

/** Prints lines on stdout. */
export async function printLines(lines: Iterable<string>): Promise<void> {
  function* ended(): Generator<string> {
    for (const line of lines) yield `${line}\n`;
  }
  await writePieces(process.stdout, ended());
}
