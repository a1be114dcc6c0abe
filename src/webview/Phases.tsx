import type { JSX } from "preact";
import { Progress } from "./Answered.js";
import { text } from "./format.js";
import { cancelLoad, phase, retry } from "./host.js";

/** What is shown while no snapshot is open: how far the reading is, or why there is none. */
export function PhaseView(): JSX.Element | null {
  const state = phase.value;
  switch (state.kind) {
    case "loading":
      return (
        <section class="phase">
          <h1 tabIndex={-1}>Reading the snapshot</h1>
          <Progress doing="Starting" done={state.done} step={state.step === "" ? "" : `reading ${state.step}`} />
          <button type="button" class="button" onClick={cancelLoad}>
            Cancel
          </button>
        </section>
      );
    case "cancelled":
      return (
        <section class="phase">
          <h1 tabIndex={-1}>Cancelled</h1>
          <p role="status">The snapshot was not read to its end, so there is nothing to show.</p>
          <button type="button" class="button primary" onClick={retry}>
            Open
          </button>
        </section>
      );
    case "failed":
      return (
        <section class="phase">
          <h1 tabIndex={-1}>The snapshot can't be shown</h1>
          <div role="alert">
            <p class="problem">{text(state.message, 2000)}</p>
            <p>{text(state.advice, 2000)}</p>
          </div>
          <button type="button" class="button primary" onClick={retry}>
            Try again
          </button>
        </section>
      );
    case "opened":
      return null;
  }
}
