import type { ComponentChildren, JSX } from "preact";
import type { Asked } from "./answers.js";
import { progressText, text } from "./format.js";

/** Shows an answer, or that it is awaited, refused or given up. */
export function Answered<T>({
  asked,
  doing,
  children,
}: {
  readonly asked: Asked<T>;
  /** What is going on while nobody says more: "Looking for cycles". */
  readonly doing: string;
  readonly children: (answer: T) => ComponentChildren;
}): JSX.Element {
  const state = asked.state.value;
  switch (state.kind) {
    case "answer":
      return <>{children(state.answer)}</>;
    case "pending":
      return (
        <div class="waiting">
          <Progress doing={doing} done={state.done} step={state.step} />
          <button type="button" class="button" onClick={() => asked.cancel()}>
            Cancel
          </button>
        </div>
      );
    case "refused":
      return (
        <div class="trouble" role="alert">
          <p class="problem">{text(state.message, 2000)}</p>
          <p>{text(state.advice, 2000)}</p>
          <Again asked={asked} />
        </div>
      );
    case "cancelled":
      return (
        <div class="trouble">
          <p>{doing}: cancelled.</p>
          <Again asked={asked} />
        </div>
      );
  }
}

function Again({ asked }: { readonly asked: Asked<unknown> }): JSX.Element {
  return (
    <button type="button" class="button" onClick={() => asked.retry()}>
      Try again
    </button>
  );
}

/** How far something is; without a number where that is unknown. */
export function Progress({
  doing,
  done,
  step,
}: {
  readonly doing: string;
  /** Between 0 and 1. */
  readonly done: number;
  readonly step: string;
}): JSX.Element {
  return (
    <label class="progress">
      <span>{progressText(doing, done, step)}</span>
      <progress {...(done > 0 && { value: done })} max={1} />
    </label>
  );
}
