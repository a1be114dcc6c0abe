import type { JSX } from "preact";
import type { WeakGroupRow } from "../../session/queries/weakrefs.js";
import { text } from "../format.js";
import { showObject } from "../go.js";

/** A name that leads to its object, for a cell of a table. */
export function ObjectCell({ id, name }: { readonly id: string; readonly name: string }): JSX.Element {
  return (
    <button
      type="button"
      class="link cut"
      tabIndex={-1}
      title={`Show this object: ${id}`}
      onClick={() => showObject(id)}
    >
      {text(name)}
    </button>
  );
}

/** The state of all weak references of a group. */
export function stateOf({ dead, unknown }: WeakGroupRow): "alive" | "dead" | "unknown" {
  return dead > 0 ? "dead" : unknown > 0 ? "unknown" : "alive";
}

/** What a group refers to. */
export function referentText(group: WeakGroupRow): string {
  return group.referentType ?? (stateOf(group) === "dead" ? "(gone)" : "(not in the snapshot)");
}

const STATES: Readonly<Record<string, string>> = {
  alive: "alive",
  dead: "dead: what they referred to is gone",
  unknown: "unknown: what they refer to is not in the snapshot",
};

/** What a state of weak references means. */
export function stateMeaning(state: string): string {
  return STATES[state] ?? state;
}
