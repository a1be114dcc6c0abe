import { signal } from "@preact/signals";
import type { JSX } from "preact";
import type { TaskGroupRow } from "../../session/queries/threads.js";
import { PlaceLink } from "../elements.js";
import { formatBytes, formatCount, plural } from "../format.js";
import { showObject } from "../go.js";
import { phase } from "../host.js";
import { type Column, tableState } from "../table/columns.js";
import { FilteredSplit, type TextFilter } from "../table/FilteredSplit.js";
import { TaskPane } from "./TaskPane.js";
import { stateText, UNKNOWN, waitsAtText, waitsForText } from "./words.js";

// Kept while another view is shown.
const table = tableState();
const filter: TextFilter = { label: "Filter by coroutine, state or file", value: signal("") };

const COLUMNS: readonly Column<TaskGroupRow>[] = [
  {
    id: "coroutine",
    title: "Coroutine",
    value: ({ coroutine }) => coroutine ?? UNKNOWN,
    width: "minmax(8em, 1.2fr)",
  },
  { id: "state", title: "State", value: stateText, width: "6em" },
  {
    id: "count",
    title: "Count",
    value: ({ count }) => count,
    cell: ({ count }) => formatCount(count),
    width: "5em",
    numeric: true,
    hint: "How many tasks are alike",
  },
  {
    id: "waitsAt",
    title: "Waits at",
    value: waitsAtText,
    cell: (row) => (row.location ? <PlaceLink location={row.location} /> : waitsAtText(row)),
    width: "minmax(12em, 1fr)",
    hideBelow: 480,
    hint: "The innermost line that is no library's",
  },
  {
    id: "waitsFor",
    title: "Waits for",
    value: waitsForText,
    width: "minmax(8em, 1.2fr)",
    hideBelow: 600,
  },
  {
    id: "bytes",
    title: "Bytes",
    value: ({ bytes }) => bytes,
    cell: ({ bytes }) => formatBytes(bytes),
    width: "6.5em",
    numeric: true,
    hint: "What would be freed if all of them went",
  },
  {
    id: "heldBy",
    title: "Held by",
    value: ({ heldBy }) => heldBy ?? UNKNOWN,
    width: "minmax(8em, 1fr)",
    hideBelow: 740,
    hint: "What holds the first of them for good",
  },
];

const keyOf = ({ objects }: TaskGroupRow) => objects[0];
const textsOf = (row: TaskGroupRow) => [
  row.coroutine ?? UNKNOWN,
  stateText(row),
  waitsAtText(row),
  waitsForText(row),
  row.heldBy ?? "",
];

/** asyncio's tasks, those that are alike in a row. */
export function Tasks({ rows }: { readonly rows: readonly TaskGroupRow[] }): JSX.Element {
  return (
    <FilteredSplit
      label="Groups of tasks"
      filter={filter}
      all={rows}
      texts={textsOf}
      total={plural(rows.length, "group")}
      none="No task of asyncio is alive; those of classes derived from asyncio.Task are not recognised."
      columns={COLUMNS}
      rowKey={keyOf}
      state={table}
      onOpen={({ objects }) => showObject(objects[0])}
      pane={(row) => <TaskPane key={keyOf(row)} row={row} />}
    />
  );
}

phase.subscribe(({ kind }) => {
  if (kind === "loading") table.active.value = null;
});
