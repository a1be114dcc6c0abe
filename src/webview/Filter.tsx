import type { Signal } from "@preact/signals";
import type { ComponentChildren, JSX } from "preact";

/** A field that narrows a list, and what is left of it. */
export function Filter({
  label,
  value,
  shown,
  children,
}: {
  readonly label: string;
  readonly value: Signal<string>;
  /** "12 of 300 types" */
  readonly shown: string;
  readonly children?: ComponentChildren;
}): JSX.Element {
  return (
    <div class="filter">
      <input
        type="text"
        aria-label={label}
        placeholder={label}
        autocomplete="off"
        spellcheck={false}
        value={value.value}
        onInput={(event) => (value.value = event.currentTarget.value)}
        onKeyDown={(event) => event.key === "Escape" && (value.value = "")}
      />
      {children}
      <span class="quiet" role="status">
        {shown}
      </span>
    </div>
  );
}

/** Tells whether a text contains what was typed, upper and lower case alike. */
export function matcher(wanted: string): (text: string) => boolean {
  const lower = wanted.trim().toLowerCase();
  return (text) => text.toLowerCase().includes(lower);
}
