import { signal } from "@preact/signals";
import type { JSX } from "preact";
import type { CacheRow } from "../../session/queries/caches.js";
import { Answered } from "../Answered.js";
import { useAnswer } from "../answers.js";
import { riseText } from "../chart/rise.js";
import { IdLink, PlaceLink } from "../elements.js";
import { formatBytes, formatCount, placeText, plural } from "../format.js";
import { showObject } from "../go.js";
import { compared, navigate, phase } from "../host.js";
import { type Column, tableState } from "../table/columns.js";
import { FilteredSplit, type TextFilter } from "../table/FilteredSplit.js";
import { CachePane } from "./CachePane.js";

// Kept while another view is shown.
const table = tableState();
const filter: TextFilter = { label: "Filter by name, type or file", value: signal("") };

const COLUMNS: readonly Column<CacheRow>[] = [
  { id: "name", title: "Container", value: ({ name }) => name, width: "minmax(8em, 2fr)" },
  { id: "type", title: "Type", value: ({ type }) => type, width: "minmax(5em, 1fr)", hideBelow: 700 },
  {
    id: "id",
    title: "Id",
    value: ({ id }) => id,
    cell: ({ id }) => <IdLink id={id} passive />,
    width: "9.5em",
    hideBelow: 1000,
  },
  {
    id: "entries",
    title: "Entries",
    value: ({ entries }) => entries,
    cell: ({ entries }) => formatCount(entries),
    width: "5.5em",
    numeric: true,
  },
  {
    id: "idle",
    title: "Idle",
    value: ({ idleShare }) => idleShare,
    cell: ({ idleShare }) => shareText(idleShare),
    width: "4.5em",
    numeric: true,
    hint: "Share of the values that nothing but the container keeps",
  },
  {
    id: "bytes",
    title: "Bytes",
    value: ({ bytes }) => bytes,
    cell: ({ bytes }) => formatBytes(bytes),
    width: "6.5em",
    numeric: true,
    hint: "Bytes that only the container keeps",
  },
  {
    id: "bound",
    title: "Bound",
    value: ({ bound }) => bound?.limit ?? Infinity,
    cell: ({ bound }) => (bound ? formatCount(bound.limit) : ""),
    width: "6em",
    numeric: true,
    hideBelow: 520,
    hint: "The number of entries at which it is full, where that is known",
  },
];

const GROWTH: Column<CacheRow> = {
  id: "growth",
  title: "Growth",
  // What grows stands apart from what doesn't, however much that goes up and down.
  value: ({ growth }) => (growth?.grows ? growth.slope : 0),
  cell: (row) => growthText(row),
  width: "9.5em",
  numeric: true,
  hint: "How many entries more there are in each snapshot",
};

const SOURCE: Column<CacheRow> = {
  id: "source",
  title: "Source",
  value: ({ location }) => (location ? placeText(location) : ""),
  cell: ({ location }) => location && <PlaceLink location={location} />,
  width: "minmax(9.5em, 1fr)",
  hideBelow: 760,
};

const ALONE = [...COLUMNS, SOURCE];
const COMPARED = [...COLUMNS, GROWTH, SOURCE];

function shareText(share: number): string {
  return `${Math.round(share * 100)} %`;
}

function growthText({ growth }: CacheRow): string {
  if (!growth) return "";
  return growth.grows ? `${riseText(growth.slope)} each time` : "steady";
}

const keyOf = ({ id }: CacheRow) => id;
const textsOf = ({ name, type, id, location }: CacheRow) => [name, type, id, location ? placeText(location) : ""];

/** Containers that are held for good under a name, and how they grow. */
export function Caches(): JSX.Element {
  const { files, version } = compared.value;
  const asked = useAnswer("caches", { version });
  const isCompared = files.length > 0;
  return (
    <div class="split-view">
      <h1 tabIndex={-1}>Caches</h1>
      <p class="quiet">
        Containers that are held for good under a name, bounded ones too.{" "}
        {!isCompared && (
          <>
            <button type="button" class="link" onClick={() => navigate({ view: "compare" })}>
              Compare
            </button>{" "}
            with other snapshots shows which of them grow.
          </>
        )}
      </p>
      <Answered asked={asked} doing="Looking for caches">
        {(rows) => (
          <FilteredSplit
            label="Caches"
            filter={filter}
            all={rows}
            texts={textsOf}
            total={plural(rows.length, "container")}
            none="No container with 10 entries or more is held for good under a name, beside the standard library's."
            columns={isCompared ? COMPARED : ALONE}
            rowKey={keyOf}
            state={table}
            onOpen={({ id }) => showObject(id)}
            pane={(row) => <CachePane key={row.id} row={row} isCompared={isCompared} />}
          />
        )}
      </Answered>
    </div>
  );
}

phase.subscribe(({ kind }) => {
  if (kind === "loading") table.active.value = null;
});
