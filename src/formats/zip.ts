import { Readable } from "node:stream";
import { constants } from "node:buffer";
import { promisify } from "node:util";
import { crc32, inflateRaw, type ZlibOptions } from "node:zlib";
import yauzl from "yauzl";
import type { ByteSource } from "./ByteSource.js";
import { SnapshotError } from "./errors.js";

const CHUNK = 1 << 20;
const STORED = 0;
const DEFLATED = 8;
// Deflate can't do better than about 1032 : 1; real snapshots reach 10 : 1 overall.
const PLAUSIBLE_RATIO = 200;
const ALWAYS_ALLOWED = 64 << 20;
const MAX_MEMBERS = 4096;
const SLACK = 64;
// Sizes and places in the end record and the directory, APPNOTE.TXT 4.3.12 and 4.3.16.
const END_RECORD = 22;
const DIRECTORY_SIZE_AT = 12;
const DIRECTORY_ENTRY = 46;
const IN_ZIP64 = 0xffffffff;

const inflate = promisify<Buffer, ZlibOptions, Buffer>(inflateRaw);

/** A member of an archive. */
export interface ZipMember {
  readonly name: string;
  /** Declared uncompressed size in bytes. */
  readonly size: number;
}

class SourceReader extends yauzl.RandomAccessReader {
  readonly #source: ByteSource;
  constructor(source: ByteSource) {
    super();
    this.#source = source;
  }
  override _readStreamForRange(start: number, end: number): Readable {
    return Readable.from(chunks(this.#source, start, end), { objectMode: false });
  }
}

async function* chunks(source: ByteSource, start: number, end: number): AsyncGenerator<Buffer> {
  for (let at = start; at < end; at += CHUNK) {
    const chunk = Buffer.allocUnsafe(Math.min(CHUNK, end - at));
    await source.read(chunk, at);
    yield chunk;
  }
}

/** A ZIP archive with random access; every read is checked against the declared size and CRC-32. */
export class ZipArchive {
  readonly #source: ByteSource;
  readonly #format: string;
  readonly #entries: Map<string, yauzl.Entry>;
  /** Where each member's data begins. */
  readonly #starts: Map<string, number>;
  readonly #coming = new Map<string, Promise<Uint8Array<ArrayBuffer>>>();

  private constructor(
    source: ByteSource,
    format: string,
    entries: Map<string, yauzl.Entry>,
    starts: Map<string, number>,
  ) {
    this.#source = source;
    this.#format = format;
    this.#entries = entries;
    this.#starts = starts;
  }

  /**
   * Reads the central directory and each member's own header. No checksum covers the directory, so a flipped bit in a
   * name would make a member vanish: each name must stand in both places, and the directory be as long as declared.
   * @throws SnapshotError truncated, corrupt, or too-large (declared sizes that no real snapshot has)
   */
  static async open(source: ByteSource, format: string): Promise<ZipArchive> {
    const zip = await new Promise<yauzl.ZipFile>((resolve, reject) => {
      const options = { lazyEntries: true, autoClose: false, validateEntrySizes: true, strictFileNames: true };
      yauzl.fromRandomAccessReader(new SourceReader(source), source.size, options, (error, found) => {
        if (error) reject(brokenDirectory(source, format, error));
        else resolve(found);
      });
    });
    const entries = new Map<string, yauzl.Entry>();
    let total = 0;
    await new Promise<void>((resolve, reject) => {
      const refuse = (message: string, offset?: number) =>
        reject(new SnapshotError("corrupt", message, { format, offset }));
      zip.on("error", (error: Error) => reject(brokenDirectory(source, format, error)));
      zip.on("end", resolve);
      zip.on("entry", (entry: yauzl.Entry) => {
        const at = entry.relativeOffsetOfLocalHeader;
        if (entries.has(entry.fileName)) return refuse(`member ${JSON.stringify(entry.fileName)} stands twice`, at);
        if (entries.size >= MAX_MEMBERS) return refuse(`the archive has more than ${MAX_MEMBERS} members`);
        if (entry.isEncrypted()) return refuse(`member ${JSON.stringify(entry.fileName)} is encrypted`, at);
        entries.set(entry.fileName, entry);
        total += entry.uncompressedSize;
        zip.readEntry();
      });
      zip.readEntry();
    });
    if (total > ALWAYS_ALLOWED && total > PLAUSIBLE_RATIO * source.size) {
      throw new SnapshotError(
        "too-large",
        `the archive of ${source.size} bytes claims to hold ${total} bytes, more than a real snapshot can`,
        { format, advice: "It is damaged or made to exhaust memory. Capture the snapshot again." },
      );
    }
    await checkDirectorySize(source, format, zip, entries.values());
    const starts = new Map<string, number>();
    for (const [name, entry] of entries) starts.set(name, await dataStart(zip, entry, format));
    return new ZipArchive(source, format, entries, starts);
  }

  has(name: string): boolean {
    return this.#entries.has(name);
  }

  members(): ZipMember[] {
    return [...this.#entries.values()].map((e) => ({ name: e.fileName, size: e.uncompressedSize }));
  }

  /** Declared size of a member in bytes, or undefined where there is none. */
  sizeOf(name: string): number | undefined {
    return this.#entries.get(name)?.uncompressedSize;
  }

  /** Starts reading members that will be wanted soon, so that decompression goes on in other threads meanwhile. */
  prefetch(names: Iterable<string>, signal?: AbortSignal): void {
    for (const name of names) {
      if (!this.#entries.has(name) || this.#coming.has(name)) continue;
      const coming = this.#load(name, signal);
      // Whoever asks for the member sees the error.
      coming.catch(() => undefined);
      this.#coming.set(name, coming);
    }
  }

  /**
   * The whole of a member in a fresh buffer of exactly its declared size.
   * @throws SnapshotError corrupt where size or CRC-32 differ, or the data does not inflate
   */
  read(name: string, signal?: AbortSignal): Promise<Uint8Array<ArrayBuffer>> {
    const coming = this.#coming.get(name) ?? this.#load(name, signal);
    this.#coming.delete(name);
    return coming;
  }

  async #load(name: string, signal?: AbortSignal): Promise<Uint8Array<ArrayBuffer>> {
    const entry = this.#entries.get(name);
    if (!entry) {
      throw new SnapshotError("corrupt", `member ${name} is missing`, { format: this.#format });
    }
    const fail = (what: string, cause?: unknown) =>
      new SnapshotError("corrupt", `member ${name} ${what}`, {
        format: this.#format,
        offset: entry.relativeOffsetOfLocalHeader,
        cause,
      });
    const size = entry.uncompressedSize;
    if (Math.max(size, entry.compressedSize) + SLACK > constants.MAX_LENGTH) {
      throw new SnapshotError("too-large", `member ${name} needs ${size} bytes in one piece, more than can be had`, {
        format: this.#format,
        advice: "Capture less: the columns of one snapshot are limited to 4 GB each.",
      });
    }
    const stored = Buffer.allocUnsafeSlow(entry.compressedSize);
    await this.#source.read(stored, this.#starts.get(name)!);
    signal?.throwIfAborted();
    let plain: Buffer;
    try {
      plain = await decompress(entry, stored);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === "ERR_BUFFER_TOO_LARGE") throw fail("is longer than declared");
      throw fail(`does not decompress (${(error as Error).message})`, error);
    }
    signal?.throwIfAborted();
    if (plain.length > size) throw fail("is longer than declared");
    if (plain.length < size) throw fail(`is shorter than declared (${plain.length} of ${size} bytes)`);
    if (crc32(plain) !== entry.crc32) throw fail("has a wrong checksum (CRC-32)");
    return plain as Uint8Array<ArrayBuffer>;
  }
}

function decompress(entry: yauzl.Entry, stored: Buffer): Promise<Buffer> {
  if (entry.compressionMethod === STORED) return Promise.resolve(stored);
  if (entry.compressionMethod !== DEFLATED) {
    return Promise.reject(new Error(`unknown compression method ${entry.compressionMethod}`));
  }
  // One chunk of output with room to spare: a full one would make zlib allocate another of the same size.
  const room = entry.uncompressedSize + SLACK;
  return inflate(stored, { chunkSize: room, maxOutputLength: room });
}

/** Where a member's data begins. Rejects where its own header is broken or names another member. */
function dataStart(zip: yauzl.ZipFile, entry: yauzl.Entry, format: string): Promise<number> {
  return new Promise((resolve, reject) => {
    const fail = (what: string, cause?: unknown) =>
      reject(
        new SnapshotError("corrupt", `member ${JSON.stringify(entry.fileName)} ${what}`, {
          format,
          offset: entry.relativeOffsetOfLocalHeader,
          cause,
        }),
      );
    zip.readLocalFileHeader(entry, (error, header) => {
      if (error instanceof SnapshotError) reject(error);
      else if (error) fail(`has a broken header (${error.message})`, error);
      else if (!header.fileName.equals(entry.fileNameRaw)) fail("has another name in its own header");
      else resolve(header.fileDataStart);
    });
  });
}

/** Refuses an archive whose directory is not as long as its end record says: entries are lost then. */
async function checkDirectorySize(
  source: ByteSource,
  format: string,
  zip: yauzl.ZipFile,
  entries: Iterable<yauzl.Entry>,
): Promise<void> {
  const end = Buffer.alloc(END_RECORD);
  const offset = source.size - END_RECORD - zip.comment.length;
  await source.read(end, offset);
  const declared = end.readUInt32LE(DIRECTORY_SIZE_AT);
  let size = 0;
  for (const entry of entries) {
    size += DIRECTORY_ENTRY + entry.fileNameLength + entry.extraFieldLength + entry.fileCommentLength;
  }
  if (declared === size || declared === IN_ZIP64) return;
  throw new SnapshotError(
    "corrupt",
    `the archive's directory has ${size} bytes in ${zip.entryCount} entries where ${declared} bytes are declared`,
    { format, offset },
  );
}

function brokenDirectory(source: ByteSource, format: string, error: Error): SnapshotError {
  if (error instanceof SnapshotError) return error;
  return new SnapshotError(
    "truncated",
    `the archive's directory can't be read: ${error.message}. The file has ${source.size} bytes; ` +
      `the directory stands at the end, so it is most likely cut off at offset ${source.size}`,
    { format, offset: source.size, cause: error },
  );
}
