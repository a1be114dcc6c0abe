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

/** What a reader may spend, and how it tells how far it is. */
export interface ReadOptions {
  /** Refuse a snapshot whose columns are larger than this, in bytes. */
  readonly maxBytes?: number;
  /** Called now and then with what is done (0 to 1) and the name of the step. */
  readonly progress?: (done: number, step: string) => void;
  readonly signal?: AbortSignal;
}
