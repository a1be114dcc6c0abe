import type { SnapshotError } from "../errors.js";
import { corrupt, TraceEventError, truncated } from "./errors.js";
import type { TraceSink } from "./events.js";
import { notTrace, parseHeader } from "./header.js";
import { parseMark } from "./mark.js";

/** Bytes of a line. */
export const LONGEST_LINE = 1 << 16;
const SHOWN = 60;
// 2^52: an address of any 64-bit system in use, and exact as a number.
const MOST_ID_DIGITS = 13;
const MOST_SIZE_DIGITS = 15;

export const LF = 0x0a;
const CR = 0x0d;
const SPACE = 0x20;
const HASH = 0x23;
const PLUS = 0x2b;
const MINUS = 0x2d;
const DIGIT_0 = 0x30;
const EQUALS = 0x3d;
const BRACKET_OPEN = 0x5b;
const BRACKET_CLOSE = 0x5d;
const LETTER_A = 0x61;
const TILDE = 0x7e;
const NO_DIGIT = -1;

const ADVICE = "docs/TRACE.md says how each event is written. If lines are missing, record the trace again.";

/** Cuts the pieces of a trace into lines, one that reaches over the end of a piece put together, and reads the events. */
export class LineReader {
  readonly #sink: TraceSink;
  #rest: Uint8Array = new Uint8Array(0);
  #bytes: Uint8Array = new Uint8Array(0);
  #at = 0;
  #offset = 0;
  #line = 0;
  #events = 0;

  constructor(sink: TraceSink) {
    this.#sink = sink;
  }

  /** Bytes that were read as whole lines. */
  get offset(): number {
    return this.#offset;
  }

  /** Lines that were read. */
  get line(): number {
    return this.#line;
  }

  /** Allocations, releases and moves that were read. */
  get events(): number {
    return this.#events;
  }

  /** Reads the next bytes. @throws SnapshotError */
  add(piece: Uint8Array): void {
    let from = 0;
    if (this.#rest.length > 0) {
      from = piece.indexOf(LF) + 1;
      const joined = Buffer.concat([this.#rest, from === 0 ? piece : piece.subarray(0, from)]);
      if (from === 0) {
        this.#keep(joined);
        return;
      }
      this.#lines(joined);
    }
    const end = Math.max(piece.lastIndexOf(LF) + 1, from);
    this.#lines(piece.subarray(from, end));
    this.#keep(piece.slice(end));
  }

  /** To be called after the last bytes. @throws SnapshotError where a line is not whole, or none was there */
  end(): void {
    if (this.#rest.length > 0 || this.#line === 0) throw truncated(this.#line + 1, this.#offset + this.#rest.length);
  }

  #keep(rest: Uint8Array): void {
    if (rest.length > LONGEST_LINE) throw tooLong(this.#line + 1, this.#offset);
    this.#rest = rest;
  }

  /** Reads whole lines. */
  #lines(bytes: Uint8Array): void {
    this.#bytes = bytes;
    this.#at = 0;
    while (this.#at < bytes.length) {
      const start = this.#at;
      this.#line++;
      try {
        if (this.#line === 1) this.#sink.header(parseHeader(this.#text()));
        else this.#event();
      } catch (error) {
        if (!(error instanceof TraceEventError)) throw error;
        const shown = textOf(bytes, start, Math.min(this.#endOf(start), start + SHOWN));
        throw corrupt(`line ${this.#line} ("${shown}"): ${error.message}`, this.#offset + start, error.advice);
      }
    }
    this.#offset += bytes.length;
  }

  #event(): void {
    const sink = this.#sink;
    switch (this.#bytes[this.#at++]) {
      case PLUS: {
        const id = this.#id();
        const size = this.#size();
        this.#lineEnd();
        this.#events++;
        sink.allocate(id, size);
        return;
      }
      case MINUS: {
        const id = this.#id();
        this.#lineEnd();
        this.#events++;
        sink.release(id);
        return;
      }
      case TILDE: {
        const from = this.#id();
        this.#space();
        const to = this.#id();
        const size = this.#size();
        this.#lineEnd();
        this.#events++;
        sink.move(from, to, size);
        return;
      }
      case BRACKET_OPEN: {
        const address = this.#id();
        this.#lineEnd();
        sink.arenaTaken(address);
        return;
      }
      case BRACKET_CLOSE: {
        const address = this.#id();
        this.#lineEnd();
        sink.arenaReleased(address);
        return;
      }
      case EQUALS: {
        const { label, recorded } = parseMark(this.#text());
        sink.mark(label, recorded, this.#line);
        return;
      }
      case HASH:
        this.#text();
        return;
      default:
        throw new TraceEventError("no event begins like this", "Events begin with + - ~ [ ] = or #.");
    }
  }

  /** What stands up to the end of the line, which is passed. */
  #text(): string {
    const start = this.#at;
    const end = this.#endOf(start);
    if (end - start > LONGEST_LINE) throw tooLong(this.#line, this.#offset + start);
    this.#at = this.#bytes.indexOf(LF, start) + 1;
    return textOf(this.#bytes, start, end);
  }

  #endOf(start: number): number {
    const end = this.#bytes.indexOf(LF, start);
    return end > start && this.#bytes[end - 1] === CR ? end - 1 : end;
  }

  #lineEnd(): void {
    if (this.#bytes[this.#at] === CR) this.#at++;
    if (this.#bytes[this.#at++] !== LF) throw new TraceEventError("the line does not end where its event does", ADVICE);
  }

  #space(): void {
    if (this.#bytes[this.#at++] !== SPACE) throw new TraceEventError("a number is missing", ADVICE);
  }

  #id(): number {
    const bytes = this.#bytes;
    const start = this.#at;
    let at = start;
    let value = 0;
    for (let digit = hexDigit(bytes[at]); digit !== NO_DIGIT; digit = hexDigit(bytes[++at])) value = value * 16 + digit;
    this.#at = at;
    if (at === start) throw new TraceEventError("an id is missing", ADVICE);
    if (at - start > MOST_ID_DIGITS)
      throw new TraceEventError("an id is too long", "Write ids in hexadecimal, below 2^52.");
    return value;
  }

  #size(): number {
    this.#space();
    const bytes = this.#bytes;
    const start = this.#at;
    let at = start;
    let value = 0;
    for (let digit = bytes[at] - DIGIT_0; digit >= 0 && digit <= 9; digit = bytes[++at] - DIGIT_0)
      value = value * 10 + digit;
    this.#at = at;
    if (at === start) throw new TraceEventError("a size is missing", ADVICE);
    if (at - start > MOST_SIZE_DIGITS)
      throw new TraceEventError("a size is too long", "Write sizes in bytes, in decimal.");
    return value;
  }
}

function tooLong(line: number, offset: number): SnapshotError {
  return line === 1 ? notTrace() : corrupt(`line ${line} is longer than ${LONGEST_LINE} bytes`, offset);
}

function hexDigit(byte: number): number {
  const digit = byte - DIGIT_0;
  if (digit >= 0 && digit <= 9) return digit;
  const letter = (byte | SPACE) - LETTER_A;
  return letter >= 0 && letter <= 5 ? letter + 10 : NO_DIGIT;
}

function textOf(bytes: Uint8Array, from: number, to: number): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset + from, to - from).toString("utf8");
}
