import { signal } from "@preact/signals";
import type { JSX } from "preact";
import type { DuplicateRow, DuplicatesResult } from "../../session/queries/duplicates.js";
import { PlaceLink } from "../elements.js";
import { formatBytes, formatCount, placeText, plural, text } from "../format.js";
import { showObject } from "../go.js";
import { phase } from "../host.js";
import { type Column, tableState } from "../table/columns.js";
import { FilteredSplit, type TextFilter } from "../table/FilteredSplit.js";
import { ValuePane } from "./ValuePane.js";

/** What is said where no two objects are equal. */
export const NO_DUPLICATES =
  "No two objects that are alive, and can’t change, have the same value, constants of code apart.";

// Kept while another view is shown.
const table = tableState();
const filter: TextFilter = { label: "Filter by value, type, holder or file", value: signal("") };

const COLUMNS: readonly Column<DuplicateRow>[] = [
  { id: "type", title: "Type", value: ({ type }) => type, width: "6em" },
  {
    id: "value",
    title: "Value",
    value: ({ value }) => value,
    cell: ({ value }) => <span class="mono">{text(value)}</span>,
    width: "minmax(8em, 2fr)",
  },
  {
    id: "count",
    title: "Objects",
    value: ({ count }) => count,
    cell: ({ count }) => formatCount(count),
    width: "6em",
    numeric: true,
    hint: "How many objects have this value",
  },
  {
    id: "saved",
    title: "Saved",
    value: ({ saved }) => saved,
    cell: ({ saved }) => formatBytes(saved),
    width: "6.5em",
    numeric: true,
    hint: "What would be freed if one object stood for all",
  },
  {
    id: "heldBy",
    title: "Held by",
    value: ({ heldBy }) => heldBy ?? "",
    width: "minmax(8em, 2fr)",
    hideBelow: 520,
    hint: "What holds most of them, by a sample",
  },
  {
    id: "source",
    title: "Source",
    value: ({ location }) => (location ? placeText(location) : ""),
    cell: ({ location }) => location && <PlaceLink location={location} />,
    width: "minmax(9.5em, 1fr)",
    hideBelow: 680,
    hint: "Where the source names what holds them",
  },
];

const keyOf = ({ objects }: DuplicateRow) => objects[0];
const textsOf = ({ value, type, heldBy, location }: DuplicateRow) => [
  value,
  type,
  heldBy ?? "",
  location ? placeText(location) : "",
];

/** Values of which there are several objects, most saved bytes first. */
export function Values({ answer: { rows, totals } }: { readonly answer: DuplicatesResult }): JSX.Element {
  const values = totals.reduce((sum, total) => sum + total.values, 0);
  const total = plural(values, "value");
  return (
    <FilteredSplit
      label="Values with several objects"
      filter={filter}
      all={rows}
      texts={textsOf}
      total={rows.length < values ? `the first ${formatCount(rows.length)} of ${total}` : total}
      none={NO_DUPLICATES}
      columns={COLUMNS}
      rowKey={keyOf}
      state={table}
      onOpen={({ objects }) => showObject(objects[0])}
      pane={(row) => <ValuePane key={keyOf(row)} row={row} />}
    />
  );
}

phase.subscribe(({ kind }) => {
  if (kind === "loading") table.active.value = null;
});
