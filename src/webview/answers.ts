import { effect, type ReadonlySignal, type Signal, signal, untracked } from "@preact/signals";
import type { ViewQuestion, ViewQuestions } from "../session/protocol.js";
import { ask, phase, RefusedError } from "./host.js";

/** How a question stands. */
export type AnswerState<T> =
  /** `done` is between 0 and 1. */
  | { readonly kind: "pending"; readonly done: number; readonly step: string }
  | { readonly kind: "answer"; readonly answer: T }
  | { readonly kind: "refused"; readonly message: string; readonly advice: string }
  | { readonly kind: "cancelled" };

/** A question that was asked, and its answer as it comes. */
export interface Asked<T> {
  readonly state: ReadonlySignal<AnswerState<T>>;
  /** Gives the question up. */
  cancel(): void;
  /** Asks once more. */
  retry(): void;
}

// Enough for all views and the objects of a long walk through the heap.
const KEPT = 200;
const PENDING: AnswerState<never> = { kind: "pending", done: 0, step: "" };

class Entry<Q extends ViewQuestion> implements Asked<ViewQuestions[Q]["answer"]> {
  readonly state: Signal<AnswerState<ViewQuestions[Q]["answer"]>> = signal(PENDING);
  readonly #question: Q;
  readonly #params: ViewQuestions[Q]["params"];
  #abort = new AbortController();

  constructor(question: Q, params: ViewQuestions[Q]["params"]) {
    this.#question = question;
    this.#params = params;
    void this.#run();
  }

  cancel(): void {
    this.#abort.abort();
  }

  retry(): void {
    this.#abort.abort();
    this.#abort = new AbortController();
    this.state.value = PENDING;
    void this.#run();
  }

  async #run(): Promise<void> {
    const abort = this.#abort;
    const set = (state: AnswerState<ViewQuestions[Q]["answer"]>) => {
      if (abort === this.#abort) this.state.value = state;
    };
    try {
      const answer = await ask(this.#question, this.#params, {
        signal: abort.signal,
        progress: (done, step) => set({ kind: "pending", done, step }),
      });
      set({ kind: "answer", answer });
    } catch (error) {
      if (abort.signal.aborted) set({ kind: "cancelled" });
      else if (error instanceof RefusedError) set({ kind: "refused", message: error.message, advice: error.advice });
      else set({ kind: "refused", message: String(error), advice: "Try again." });
    }
  }
}

const entries = new Map<string, Entry<ViewQuestion>>();

// Answers are about the snapshot that is open; reading it again makes them void.
effect(() => {
  if (phase.value.kind !== "loading") return;
  untracked(() => {
    for (const entry of entries.values()) entry.cancel();
    entries.clear();
  });
});

/** The answer to a question, asked when it is first wanted and kept while the snapshot is open. */
export function useAnswer<Q extends ViewQuestion>(
  question: Q,
  params: ViewQuestions[Q]["params"],
): Asked<ViewQuestions[Q]["answer"]> {
  const key = `${question} ${JSON.stringify(params)}`;
  const entry = (entries.get(key) as Entry<Q> | undefined) ?? new Entry(question, params);
  // Last in the map is what was wanted last.
  entries.delete(key);
  entries.set(key, entry);
  if (entries.size > KEPT) forgetOldest();
  return entry;
}

function forgetOldest(): void {
  for (const [key, entry] of entries) {
    if (entry.state.peek().kind === "pending") continue;
    entries.delete(key);
    return;
  }
}
