import { signal } from "@preact/signals";
import type { WeakGroupRow } from "../../session/queries/weakrefs.js";
import type { TextFilter } from "../table/FilteredSplit.js";

/** One for all lists, kept while another view is shown. */
export const weakFilter: TextFilter = { label: "Filter by type, holder or callback", value: signal("") };

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
