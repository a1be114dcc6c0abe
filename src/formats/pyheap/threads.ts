import { LabelSort, packLabel } from "../../heap/labels.js";
import type { AddressIndex } from "../AddressIndex.js";
import { SnapshotError } from "../errors.js";
import type { Codes } from "./codeNames.js";
import type { Columns } from "./columns.js";
import type { ExtraEdges } from "./GraphDraft.js";
import { FORMAT, type Meta } from "./meta.js";

/** The `frames` and `locals` groups. */
export interface ThreadTables {
  readonly frames: number;
  readonly thread: Uint32Array;
  readonly frameId: Uint32Array;
  readonly code: Uint32Array;
  readonly line: Uint32Array;
  readonly localFrame: Uint32Array;
  readonly localName: Uint32Array;
  readonly localValue: Uint32Array;
}

/**
 * Loads threads' frames and local variables.
 * @throws SnapshotError corrupt where lengths or indices do not fit
 */
export async function loadThreads(columns: Columns, meta: Meta): Promise<ThreadTables> {
  const none = new Uint32Array(0);
  const there = columns.hasGroup(
    ...["frames/thread", "frames/id", "frames/code", "frames/line"],
    ...["locals/frame", "locals/name", "locals/value"],
  );
  if (!there) {
    return {
      frames: 0,
      thread: none,
      frameId: none,
      code: none,
      line: none,
      localFrame: none,
      localName: none,
      localValue: none,
    };
  }
  const thread = await columns.u4("frames/thread");
  const frames = thread.length;
  const localFrame = await columns.u4("locals/frame");
  if (thread.some((t) => t >= meta.threads.length) || localFrame.some((f) => f >= frames)) {
    throw new SnapshotError("corrupt", "frames or locals name a thread or a frame that is not there", {
      format: FORMAT,
    });
  }
  return {
    frames,
    thread,
    frameId: await columns.words("frames/id", frames),
    code: await columns.words("frames/code", frames),
    line: await columns.u4("frames/line", frames),
    localFrame,
    localName: await columns.words("locals/name", localFrame.length),
    localValue: await columns.words("locals/value", localFrame.length),
  };
}

/** Where the reader's own nodes for threads and frames go, and what it says of them. */
export interface ThreadNodes {
  /** Row of the first thread's node; the frames' nodes come behind the threads'. */
  readonly base: number;
  readonly nodes: AddressIndex;
  readonly strings: AddressIndex;
  readonly codes: Codes;
  readonly extra: ExtraEdges;
  /** Tells a frame node's code (location index plus one) and the line that it is at. */
  readonly frame: (node: number, location: number, line: number) => void;
  /** Names a cell that a local variable holds. */
  readonly cell: (node: number, name: number) => void;
}

/**
 * Makes each thread a node that holds its frames, and each running frame that is no heap object a node
 * that holds its local variables.
 */
export function attachThreads(tables: ThreadTables, meta: Meta, into: ThreadNodes): void {
  const { base, nodes, strings, codes, extra } = into;
  const at = (words: Uint32Array, row: number, index: AddressIndex) => index.find(words[2 * row], words[2 * row + 1]);
  const frameNode = new Uint32Array(tables.frames);
  for (let f = 0; f < tables.frames; f++) {
    const real = at(tables.frameId, f, nodes);
    const row = base + meta.threads.length + f;
    const node = real >= 0 ? real : row;
    frameNode[f] = node;
    extra.addOwned(base + tables.thread[f], node, packLabel(LabelSort.index, f));
    // The row tells the line also where a frame object takes the row's place: that one's own place is its function's.
    into.frame(row, codes.locationOf.get(at(tables.code, f, nodes)) ?? 0, tables.line[f]);
  }
  for (let i = 0; i < tables.localFrame.length; i++) {
    const value = at(tables.localValue, i, nodes);
    const name = at(tables.localName, i, strings) + 1;
    if (value < 0) continue;
    const holder = frameNode[tables.localFrame[i]];
    if (holder >= base) extra.addOwned(holder, value, packLabel(LabelSort.local, name));
    into.cell(value, name);
  }
}
