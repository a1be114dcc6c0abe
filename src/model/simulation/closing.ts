import type { EdgeIndex, NodeIndex } from "../../heap/HeapGraph.js";
import { Flag, Kind } from "../../heap/kinds.js";
import { Happened, type HeapState } from "./HeapState.js";

/** A generator or coroutine that is being closed. */
export interface Closing {
  readonly node: NodeIndex;
  /** True if it was suspended within its body: code of the program runs, such as a `finally`. */
  readonly runs: boolean;
  /** What its frame lets go of, in order. The state knows it already. */
  readonly dropped: readonly EdgeIndex[];
}

/**
 * Closes a suspended generator (gen_close, Objects/genobject.c), and what it awaits, from the outermost to the
 * innermost, whose frame is unwound first. One that has not started has nothing to run; from 3.12 on its variables
 * then stay until it dies, and a coroutine that never ran is not closed at all.
 */
export function close(state: HeapState, generator: NodeIndex): Closing[] {
  const { layout } = state;
  const { flags, kind } = state.graph.columns;
  const closings: Closing[] = [];
  let node = generator;
  while ((state.happened[node] & Happened.closed) === 0 && layout.hasFrame(node)) {
    const unstarted = (flags[node] & Flag.unstarted) !== 0;
    if (unstarted && (layout.minor >= 12 || kind[node] === Kind.coroutine)) break;
    state.mark(node, Happened.closed);
    const awaited = layout.stackTop(node);
    const dropped = layout.closing(node).filter((edge) => !state.gone.has(edge));
    for (const edge of dropped) state.gone.add(edge);
    state.mark(node, Happened.cut);
    for (const edge of dropped) markHolder(state, node, edge);
    closings.push({ node, runs: !unstarted, dropped });
    if (awaited < 0 || kind[awaited] !== Kind.coroutine || state.isDead(awaited)) break;
    node = awaited;
  }
  return closings;
}

/** Up to 3.10 the values on the stack belong to the frame object, not to the generator. */
function markHolder(state: HeapState, node: NodeIndex, edge: EdgeIndex): void {
  const { firstEdge, edgeTo } = state.graph.columns;
  if (edge >= firstEdge[node] && edge < firstEdge[node + 1]) return;
  for (let e = firstEdge[node]; e < firstEdge[node + 1]; e++) {
    const frame = edgeTo[e];
    if (edge >= firstEdge[frame] && edge < firstEdge[frame + 1]) state.mark(frame, Happened.cut);
  }
}
