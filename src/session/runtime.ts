import type { Session } from "./Session.js";

/** A question that makes sense for CPython's heaps alone, or is not answered for others yet. */
export class WrongRuntimeError extends Error {
  constructor(what: string) {
    super(
      `${what} is told of CPython's heaps alone, and this is one of V8. ` +
        "Of V8 there are info, report, types, retained, object, why, cycles, caches, duplicates, diff and check",
    );
    this.name = "WrongRuntimeError";
  }
}

/**
 * To be called before an answer that would be empty for want of rules, and look like one that is sure.
 * @param what the question, for the message
 * @throws WrongRuntimeError for a heap of another runtime
 */
export function needCPython({ graph }: Session, what: string): void {
  if (graph.info.runtime !== "cpython") throw new WrongRuntimeError(what);
}
