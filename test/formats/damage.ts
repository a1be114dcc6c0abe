import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { bytesSource } from "../../src/formats/ByteSource.js";
import { SnapshotError } from "../../src/formats/errors.js";
import { readSnapshot } from "../../src/formats/read.js";
import type { HeapGraph } from "../../src/heap/HeapGraph.js";
import { jsonPieces } from "../../src/cli/output.js";
import { cycles } from "../../src/session/queries/cycles.js";
import { gc } from "../../src/session/queries/gc.js";
import { info } from "../../src/session/queries/info.js";
import { Session } from "../../src/session/Session.js";

export function read(bytes: Uint8Array, options = {}): Promise<HeapGraph> {
  return readSnapshot(bytesSource("test.pyheapsnapshot", bytes), options);
}

/** A hash over all that a snapshot says: every column, all texts, and the answers of info, gc and cycles. */
export function digest(graph: HeapGraph): string {
  const hash = createHash("sha256");
  for (const [name, { buffer, byteOffset, byteLength }] of Object.entries(graph.columns)) {
    hash.update(name).update(new Uint8Array(buffer, byteOffset, byteLength));
  }
  hash.update(graph.weakrefs);
  for (let i = 0; i < graph.strings.count; i++) hash.update(graph.string(i));
  const numbers = Array.from(graph.columns.id, (_, node) => graph.numbers.get(node) ?? null);
  hash.update(JSON.stringify([graph.types, graph.locations, graph.roots, numbers, [...graph.info.sources]]));
  const session = new Session("", graph);
  for (const answer of [info(session), gc(session), cycles(session, { all: true })]) {
    hash.update([...jsonPieces(answer)].join(""));
  }
  return hash.digest("hex");
}

/** The error that a damaged snapshot is refused with; any other outcome fails. */
export async function refusal(bytes: Uint8Array, options = {}): Promise<SnapshotError> {
  const outcome = await read(bytes, options).then(
    () => undefined,
    (error: unknown) => error,
  );
  assert.ok(outcome !== undefined, "it was read as if it were whole");
  assert.ok(outcome instanceof SnapshotError, `it failed with ${(outcome as Error).stack}`);
  assert.match(outcome.message, /^[^\n]{10,}[^.\n]$/, "the message is a sentence without a full stop");
  assert.match(outcome.advice, /^[A-Z].{10,}\.$/);
  return outcome;
}

/** The digest of what is read, or "refused". Any other error is passed on. */
export async function outcomeOf(bytes: Uint8Array): Promise<string> {
  try {
    return digest(await read(bytes));
  } catch (error) {
    if (error instanceof SnapshotError) return "refused";
    throw error;
  }
}

/** A copy with one bit flipped. */
export function flipped(bytes: Uint8Array, position: number, bit: number): Uint8Array {
  const copy = Uint8Array.from(bytes);
  copy[position] ^= 1 << bit;
  return copy;
}
