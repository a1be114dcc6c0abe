import { setImmediate as breathe } from "node:timers/promises";
import type { Session } from "./Session.js";

/** What a question needs before it can be answered. Each includes those before it. */
export type Need = "nothing" | "roots" | "owners" | "families" | "findings" | "cuts";

interface Step {
  readonly need: Need;
  /** For the user: what is being done. */
  readonly words: string;
  /** The same where no references are counted, and no collector is followed. */
  readonly wordsOfV8?: string;
  readonly run: (session: Session) => unknown;
}

const done = new WeakMap<Session, Set<Step>>();
const NEEDS: readonly Need[] = ["nothing", "roots", "owners", "families", "findings", "cuts"];
const STEPS: readonly Step[] = [
  { need: "roots", words: "turning references round", run: ({ analysis }) => analysis.referrers },
  {
    need: "roots",
    words: "explaining reference counts",
    wordsOfV8: "counting references",
    run: ({ analysis }) => analysis.references,
  },
  {
    need: "roots",
    words: "following the collector",
    wordsOfV8: "looking for roots",
    run: ({ analysis }) => analysis.verdict,
  },
  { need: "roots", words: "looking for roots", run: ({ analysis }) => analysis.roots },
  { need: "owners", words: "computing retained sizes", run: ({ analysis }) => analysis.ownership },
  { need: "families", words: "looking for cycles", run: ({ analysis }) => analysis.families },
  { need: "families", words: "looking for cycles", run: ({ analysis }) => analysis.leftOut },
  { need: "findings", words: "applying the rules", run: (session) => session.findings },
  { need: "cuts", words: "playing a collection through", run: ({ analysis }) => analysis.outcome },
  { need: "cuts", words: "preparing cuts", run: ({ analysis }) => analysis.cutter },
];

/**
 * Makes what a question needs, step by step, so that other questions are answered between two steps. A step that is
 * done already costs nothing.
 * @throws an AbortError where the signal gave up
 */
export async function prepare(
  session: Session,
  need: Need,
  progress?: (done: number, step: string) => void,
  signal?: AbortSignal,
): Promise<void> {
  const known = done.get(session) ?? new Set<Step>();
  done.set(session, known);
  const steps = STEPS.filter((step) => NEEDS.indexOf(step.need) <= NEEDS.indexOf(need));
  for (const [i, step] of steps.entries()) {
    if (known.has(step)) continue;
    const isV8 = session.graph.info.runtime === "v8";
    progress?.(i / steps.length, (isV8 ? step.wordsOfV8 : undefined) ?? step.words);
    // Other questions, and a cancelling one, are heard here.
    await breathe();
    signal?.throwIfAborted();
    step.run(session);
    known.add(step);
  }
}
