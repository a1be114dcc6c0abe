/** What snapshots of V8 are compared with, and written by. */
export interface V8Peers {
  /** Paths of the Nodes by name: node22, node24. */
  readonly nodes: Readonly<Record<string, string>>;
  /** A module with DevTools' HeapSnapshot and HeapSnapshotLoader. */
  readonly bundle: string;
}
/** Fetches them once. Throws where that fails. */
export function ensureV8Peers(): Promise<V8Peers>;
