/** Random access to the bytes of a snapshot: a file, or a buffer in tests. */
export interface ByteSource {
  /** Name for messages. */
  readonly name: string;
  /** Bytes. */
  readonly size: number;
  /** Fills all of `target` from byte `position` on. Rejects where the source ends before that. */
  read(target: Uint8Array, position: number): Promise<void>;
}

/** True if the source begins with these bytes. */
export async function startsWith(source: ByteSource, bytes: readonly number[]): Promise<boolean> {
  if (source.size < bytes.length) return false;
  const head = new Uint8Array(bytes.length);
  await source.read(head, 0);
  return bytes.every((byte, i) => head[i] === byte);
}

/** A source over bytes in memory. */
export function bytesSource(name: string, bytes: Uint8Array): ByteSource {
  return {
    name,
    size: bytes.length,
    read(target, position) {
      if (position + target.length > bytes.length) return Promise.reject(new RangeError("read past the end"));
      target.set(bytes.subarray(position, position + target.length));
      return Promise.resolve();
    },
  };
}

/** The bytes of a snapshot one after the other, and what is known of how many they are. */
export interface ByteFlow {
  /** To be read once. A piece is valid until the one after the next is asked for. */
  readonly pieces: AsyncIterable<Uint8Array>;
  /** So many bytes come at most. */
  readonly most: number;
  /** So many bytes are expected. */
  readonly likely: number;
  /** Share of the file that has been read (0 to 1) when so many bytes have been used. */
  done(offset: number): number;
}

/** What a reader may spend, and how it tells how far it is. */
export interface ReadOptions {
  /** Refuse a snapshot whose columns are larger than this, in bytes. */
  readonly maxBytes?: number;
  /** Called now and then with what is done (0 to 1) and the name of the step. */
  readonly progress?: (done: number, step: string) => void;
  readonly signal?: AbortSignal;
}
