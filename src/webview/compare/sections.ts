import { signal } from "@preact/signals";
import type { AggregateSort } from "../../detect/growth/aggregate.js";
import type { Comparison } from "../../session/queries/comparison.js";
import type { DiffRow } from "../../session/queries/diff.js";
import { phase } from "../host.js";
import { tableState, type TableState } from "../table/columns.js";

/** A row, told apart from others of the same name. */
export interface GrownRow extends DiffRow {
  readonly key: string;
}

/** Tells whether a row grows by its bytes alone, as a text does that gets longer. */
export function isByBytes({ counts }: DiffRow): boolean {
  return counts.every((count) => count === counts[0]);
}

/** How one sort of what grows is shown. */
export interface Section {
  readonly title: string;
  /** What is counted: "Entries". */
  readonly counted: string;
  /** What one row is. */
  readonly one: string;
  readonly many: string;
  /** What bytes are counted, for who points at the column. */
  readonly bytes: string;
  /** State of the table, kept while another view is shown. */
  readonly table: TableState;
}

/** What is compared, in the order in which it is shown. */
export const SECTIONS: Readonly<Record<AggregateSort, Section>> = {
  containers: {
    title: "Containers",
    counted: "Entries",
    one: "container",
    many: "containers",
    bytes: "What only the container keeps",
    table: tableState(),
  },
  types: {
    title: "Types",
    counted: "Objects",
    one: "type",
    many: "types",
    bytes: "Sum of the objects' own sizes",
    table: tableState(),
  },
  families: {
    title: "Reference cycles",
    counted: "Cycles",
    one: "sort of cycles",
    many: "sorts of cycles",
    bytes: "The cycles and what only they keep",
    table: tableState(),
  },
  sites: {
    title: "Allocation sites",
    counted: "Objects",
    one: "place in the source",
    many: "places in the source",
    bytes: "Sum of the objects' own sizes",
    table: tableState(),
  },
  surpluses: {
    title: "Unexplained references",
    counted: "References",
    one: "type",
    many: "types",
    bytes: "What only the referred objects keep",
    table: tableState(),
  },
};

/** The list that was chosen, or null: the first one in which anything grows. */
export const chosen = signal<AggregateSort | null>(null);

/** Why a list may be empty beside that nothing grows; the empty string where there is no other reason. */
export function lackText(sort: AggregateSort, { snapshots }: Comparison): string {
  if (sort === "sites" && !snapshots.every(({ has }) => has.tracemalloc))
    return "Not all snapshots know where objects were allocated: that takes a program that runs with tracemalloc.";
  if (sort === "surpluses" && !snapshots.every(({ has }) => has.refcounts))
    return "Not all snapshots know the objects’ reference counts.";
  return "";
}

phase.subscribe(({ kind }) => {
  if (kind !== "loading") return;
  chosen.value = null;
  for (const { table } of Object.values(SECTIONS)) table.active.value = null;
});
