import { computed } from "@preact/signals";
import type { Info } from "../session/queries/info.js";
import type { Route } from "../session/viewMessages.js";
import { phase } from "./host.js";

/** What there is to tell of the heaps of a runtime, so that nothing is offered that could not be answered. */
export interface Traits {
  /** Views that would have nothing to show. */
  readonly lacking: ReadonlySet<Route["view"]>;
  /** Objects have reference counts, so that it can be told what a cut frees. */
  readonly counts: boolean;
  /** The heap holds garbage beside what is alive: V8 collects it before it writes a snapshot. */
  readonly garbage: boolean;
}

const CPYTHON: Traits = { lacking: new Set(), counts: true, garbage: true };
const V8: Traits = {
  lacking: new Set<Route["view"]>(["threads", "weakrefs", "arenas"]),
  counts: false,
  garbage: false,
};

/** The traits of a snapshot's runtime. */
export function traitsOf({ runtime }: Pick<Info, "runtime">): Traits {
  return runtime === "v8" ? V8 : CPYTHON;
}

/** Those of the heap that is open. */
export const traits = computed(() => (phase.value.kind === "opened" ? traitsOf(phase.value.info) : CPYTHON));
