import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { createWriteStream, type WriteStream } from "node:fs";
import { rename, rm } from "node:fs/promises";
import { basename, dirname, join, resolve } from "node:path";
import { CaptureFailedError } from "./errors.js";

const HEAD = 4096;

/** What a snapshot's head and file tell. */
export interface SnapshotFacts {
  readonly nodes: number;
  readonly edges: number;
  /** Of the file. */
  readonly bytes: number;
}

/** A snapshot on its way to the disk: under a name of its own, for its owner alone, until it is whole. */
export class SnapshotFile {
  readonly #path: string;
  readonly #temporary: string;
  readonly #stream: WriteStream;
  readonly #closed: Promise<unknown>;
  #head = "";
  #error: Error | undefined;

  /**
   * @param path the file's name when it is whole
   * @param drained called when there is room again after `write` said that there is none
   */
  constructor(path: string, drained: () => void) {
    this.#path = resolve(path);
    const name = `.${basename(path)}.${process.pid}-${randomBytes(6).toString("hex")}.tmp`;
    this.#temporary = join(dirname(this.#path), name);
    this.#stream = createWriteStream(this.#temporary, { flags: "wx", mode: 0o600 });
    this.#stream.on("error", (error) => (this.#error = error));
    this.#stream.on("drain", drained).on("close", drained);
    this.#closed = once(this.#stream, "close").catch(() => undefined);
  }

  /** Bytes that are on the disk. */
  get bytes(): number {
    return this.#stream.bytesWritten;
  }

  /** Writes a piece. Returns whether there is room for more. What comes after an error is dropped. */
  write(piece: string): boolean {
    if (this.#head.length < HEAD) this.#head += piece.slice(0, HEAD);
    return this.#error !== undefined || this.#stream.destroyed || this.#stream.write(piece);
  }

  /**
   * Gives the file its name.
   * @throws CaptureFailedError where it is not a snapshot or can't be written; then there is no file
   */
  async finish(): Promise<SnapshotFacts> {
    this.#stream.end();
    await this.#closed;
    const { nodes, edges } = this.#counts();
    if (this.#error === undefined && nodes !== undefined && edges !== undefined) {
      try {
        await rename(this.#temporary, this.#path);
        return { nodes, edges, bytes: this.bytes };
      } catch (error) {
        this.#error = error as Error;
      }
    }
    await this.discard();
    if (this.#error === undefined) throw new CaptureFailedError("what the inspector sent is not a heap snapshot");
    const message = `${this.#path} can't be written (${this.#error.message}); name another place with -o FILE`;
    throw new CaptureFailedError(message, { cause: this.#error });
  }

  /** Removes what was written. */
  async discard(): Promise<void> {
    this.#stream.destroy();
    await this.#closed;
    // A file of that name that was there before is not ours.
    if ((this.#error as NodeJS.ErrnoException | undefined)?.code !== "EEXIST") {
      await rm(this.#temporary, { force: true });
    }
  }

  #counts(): { nodes?: number; edges?: number } {
    const [, nodes] = /"node_count":(\d+)/.exec(this.#head) ?? [];
    const [, edges] = /"edge_count":(\d+)/.exec(this.#head) ?? [];
    return nodes === undefined || edges === undefined ? {} : { nodes: Number(nodes), edges: Number(edges) };
  }
}
