/** Read access to texts by index. Index 0 is the empty string and means "none". */
export interface StringTable {
  readonly count: number;
  /** The text at `index`; the empty string where the index is 0 or out of range. */
  get(index: number): string;
  /** The indices of all texts that contain a text, upper and lower case apart; none for the empty text. */
  containing(text: string): number[];
}

/** Texts that stay as UTF-8 bytes until somebody asks for one. */
export class BytesStringTable implements StringTable {
  // A Buffer decodes short texts several times as fast as a TextDecoder.
  readonly #bytes: Buffer;
  readonly #starts: Float64Array;
  readonly #extra: string[];

  /**
   * @param starts byte offset of each text, with the end of the last one behind it; text k is string index k + 1
   * @param extra further texts, numbered behind those
   */
  constructor(bytes: Uint8Array, starts: Float64Array, extra: string[] = []) {
    this.#bytes = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.#starts = starts;
    this.#extra = extra;
  }

  get count(): number {
    return this.#starts.length + this.#extra.length;
  }

  get(index: number): string {
    const own = this.#starts.length - 1;
    if (index <= 0) return "";
    if (index <= own) return this.#bytes.toString("utf8", this.#starts[index - 1], this.#starts[index]);
    return this.#extra[index - own - 1] ?? "";
  }

  containing(text: string): number[] {
    const wanted = Buffer.from(text, "utf8");
    const found: number[] = [];
    if (wanted.length === 0) return found;
    const starts = this.#starts;
    for (let at = this.#bytes.indexOf(wanted), k = 0; at >= 0; at = this.#bytes.indexOf(wanted, at)) {
      k = lastAtOrBefore(starts, at, k);
      if (k + 1 >= starts.length) break;
      // A hit that runs over the end of its text is none; the next one can begin right behind.
      if (at + wanted.length <= starts[k + 1]) {
        found.push(k + 1);
        at = starts[k + 1];
      } else at++;
    }
    this.#extra.forEach((extra, i) => {
      if (extra.includes(text)) found.push(starts.length + i);
    });
    return found;
  }

  /** The indices of all entries with this text, found by their bytes. */
  indicesOf(text: string): Set<number> {
    const wanted = Buffer.from(text, "utf8");
    const { length } = wanted;
    const found = new Set<number>();
    const bytes = this.#bytes;
    let start = this.#starts[0];
    for (let i = 1; i < this.#starts.length; i++) {
      const end = this.#starts[i];
      // Comparing costs more than these two bytes, which seldom are the same.
      if (end - start === length && bytes[start] === wanted[0] && bytes[end - 1] === wanted[length - 1]) {
        if (wanted.equals(bytes.subarray(start, end))) found.add(i);
      }
      start = end;
    }
    return found;
  }

  /** The indices of all entries that begin with this text, found by their bytes. */
  indicesBeginning(text: string): Set<number> {
    const wanted = Buffer.from(text, "utf8");
    const found = new Set<number>();
    for (let i = 0; i + 1 < this.#starts.length; i++) {
      const start = this.#starts[i];
      if (this.#starts[i + 1] - start < wanted.length || this.#bytes[start] !== wanted[0]) continue;
      if (wanted.equals(this.#bytes.subarray(start, start + wanted.length))) found.add(i + 1);
    }
    return found;
  }

  /** The index of a text that the table has, else it is added. */
  intern(text: string): number {
    const [known] = this.indicesOf(text);
    return known ?? this.add(text);
  }

  /** Adds a text and returns its index. */
  add(text: string): number {
    return this.#extra.push(text) + this.#starts.length - 1;
  }
}

/** The last position from `low` on whose value is not above `value`, in ascending values. */
function lastAtOrBefore(values: Float64Array, value: number, low: number): number {
  let high = values.length - 1;
  while (low < high) {
    const middle = (low + high + 1) >>> 1;
    if (values[middle] <= value) low = middle;
    else high = middle - 1;
  }
  return low;
}

/** Texts of a heap that is built by hand. */
export class ListStringTable implements StringTable {
  readonly #texts: string[] = [""];
  readonly #index = new Map<string, number>([["", 0]]);

  get count(): number {
    return this.#texts.length;
  }

  get(index: number): string {
    return this.#texts[index] ?? "";
  }

  containing(text: string): number[] {
    return text === "" ? [] : this.#texts.flatMap((own, i) => (own.includes(text) ? [i] : []));
  }

  /** The index of a text, added if it is new. */
  intern(text: string): number {
    let index = this.#index.get(text);
    if (index === undefined) {
      index = this.#texts.push(text) - 1;
      this.#index.set(text, index);
    }
    return index;
  }
}
