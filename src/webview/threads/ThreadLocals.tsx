import { signal } from "@preact/signals";
import type { JSX } from "preact";
import { useEffect, useId } from "preact/hooks";
import type { ThreadLocalRow } from "../../session/queries/threads.js";
import { Facts, GraphButton, IdLink, ObjectCell, PlaceLink, SourceButton, TypeLink } from "../elements.js";
import { formatBytes, formatCount, placeText, plural, text } from "../format.js";
import { showObject } from "../go.js";
import { phase, select } from "../host.js";
import { type Column, tableState } from "../table/columns.js";
import { FilteredSplit, type TextFilter } from "../table/FilteredSplit.js";
import { keptText, UNKNOWN } from "./words.js";

// Kept while another view is shown.
const table = tableState();
const filter: TextFilter = { label: "Filter by attribute, holder or type", value: signal("") };

const COLUMNS: readonly Column<ThreadLocalRow>[] = [
  {
    id: "holder",
    title: "Thread-local object",
    value: ({ holder, local }) => holder ?? local,
    width: "minmax(8em, 1.4fr)",
    hint: "What holds it, or its id",
  },
  {
    id: "attribute",
    title: "Attribute",
    value: ({ attribute }) => attribute,
    cell: ({ attribute }) => <span class="mono">{text(attribute)}</span>,
    width: "minmax(6em, 1fr)",
  },
  {
    id: "object",
    title: "Object",
    value: ({ objectName }) => objectName,
    cell: ({ id, objectName }) => <ObjectCell id={id} name={objectName} />,
    width: "minmax(7em, 1.4fr)",
  },
  {
    id: "retained",
    title: "Keeps",
    value: ({ retained }) => retained,
    cell: ({ retained }) => formatBytes(retained),
    width: "6.5em",
    numeric: true,
    hint: "What would be freed with the object",
  },
  {
    id: "kept",
    title: "Kept",
    value: keptText,
    width: "8.8em",
    hideBelow: 520,
    hint: "Whether nothing but the thread-local object keeps it",
  },
  {
    id: "source",
    title: "Source",
    value: ({ location }) => (location ? placeText(location) : ""),
    cell: ({ location }) => location && <PlaceLink location={location} />,
    width: "minmax(12em, 1fr)",
    hideBelow: 680,
  },
];

const keyOf = ({ dict, attribute }: ThreadLocalRow) => `${dict} ${attribute}`;
const textsOf = ({ holder, local, attribute, objectName, type }: ThreadLocalRow) => [
  holder ?? local,
  attribute,
  objectName,
  type,
];

/** What threads have in thread-local objects. */
export function ThreadLocals({
  rows,
  total,
}: {
  readonly rows: readonly ThreadLocalRow[];
  /** How many there are, listed or not. */
  readonly total: number;
}): JSX.Element {
  const all = plural(total, "attribute");
  return (
    <FilteredSplit
      label="Attributes of thread-local objects"
      filter={filter}
      all={rows}
      texts={textsOf}
      total={rows.length < total ? `the first ${formatCount(rows.length)} of ${all}` : all}
      none="No thread has anything in a threading.local object."
      columns={COLUMNS}
      rowKey={keyOf}
      state={table}
      onOpen={({ id }) => showObject(id)}
      pane={(row) => <LocalPane key={keyOf(row)} row={row} />}
    />
  );
}

function LocalPane({ row }: { readonly row: ThreadLocalRow }): JSX.Element {
  const { id, type, local, dict, holder, location } = row;
  const heading = useId();
  useEffect(() => select(id), [id]);
  return (
    <section class="pane" aria-labelledby={heading}>
      <h2 id={heading}>
        {text(holder ?? local)}.{text(row.attribute)}
      </h2>
      <Facts
        facts={[
          [
            "Object",
            <>
              {text(row.objectName)} <IdLink id={id} />
            </>,
          ],
          ["Type", <TypeLink type={type} />],
          ["Keeps", formatBytes(row.retained)],
          ["Kept", row.kept ? "by nothing but the thread-local object" : "by something else, too"],
          ["Thread", UNKNOWN],
          ["Local object", <IdLink id={local} />],
          ["Its thread’s dict", <IdLink id={dict} />],
        ]}
      />
      <div class="actions">
        <GraphButton seed={{ kind: "object", id }} primary />
        <GraphButton seed={{ kind: "path", id }}>Why is this alive?</GraphButton>
        {location && <SourceButton location={location} />}
      </div>
    </section>
  );
}

phase.subscribe(({ kind }) => {
  if (kind === "loading") table.active.value = null;
});
