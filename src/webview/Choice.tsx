import type { Signal } from "@preact/signals";
import type { JSX } from "preact";

/** Buttons side by side, of which one is pressed: which of several lists is shown. */
export function Choice<Value extends string>({
  label,
  value,
  choices,
}: {
  /** What is chosen, for screen readers. */
  readonly label: string;
  readonly value: Signal<Value>;
  /** Values with their words. */
  readonly choices: readonly (readonly [value: Value, words: string])[];
}): JSX.Element {
  return (
    <div class="choice" role="group" aria-label={label}>
      {choices.map(([one, words]) => (
        <button
          key={one}
          type="button"
          class="button"
          aria-pressed={value.value === one}
          onClick={() => (value.value = one)}
        >
          {words}
        </button>
      ))}
    </div>
  );
}
