import { signal } from "@preact/signals";
import type { JSX } from "preact";
import { useEffect, useMemo } from "preact/hooks";
import type { TypeRow } from "../../session/queries/types.js";
import { Answered } from "../Answered.js";
import { useAnswer } from "../answers.js";
import { Filter, matcher } from "../Filter.js";
import { formatBytes, formatCount, plural, text } from "../format.js";
import { phase, route } from "../host.js";
import { type Column, tableState } from "../table/columns.js";
import { VirtualTable } from "../table/VirtualTable.js";
import { traits } from "../traits.js";
import { Instances } from "./Instances.js";

// Kept while another view is shown.
const table = tableState({ column: "bytes", descending: true });
const filter = signal("");

const COLUMNS: readonly Column<TypeRow>[] = [
  { id: "type", title: "Type", value: ({ type }) => type, width: "minmax(8em, 1fr)" },
  {
    id: "count",
    title: "Objects",
    value: ({ count }) => count,
    cell: ({ count }) => formatCount(count),
    width: "6.5em",
    numeric: true,
  },
  {
    id: "bytes",
    title: "Bytes",
    value: ({ bytes }) => bytes,
    cell: ({ bytes }) => formatBytes(bytes),
    width: "6.5em",
    numeric: true,
    hint: "Sum of the objects' own sizes",
  },
];

const WITH_GARBAGE: readonly Column<TypeRow>[] = [
  ...COLUMNS,
  {
    id: "garbage",
    title: "Garbage",
    value: ({ garbage }) => garbage,
    cell: ({ garbage }) => formatCount(garbage),
    width: "6.5em",
    numeric: true,
    hint: "How many of the objects are garbage",
  },
];

const keyOf = ({ type }: TypeRow) => type;

/** All types with their instances, and the largest instances of the selected one. */
export function Types(): JSX.Element {
  const asked = useAnswer("types", {});
  return (
    <div class="split-view">
      <h1 tabIndex={-1}>Types</h1>
      <Answered asked={asked} doing="Counting objects">
        {(rows) => <TypeTables all={rows} />}
      </Answered>
    </div>
  );
}

function TypeTables({ all }: { readonly all: readonly TypeRow[] }): JSX.Element {
  const wanted = filter.value;
  const rows = useMemo(() => {
    const fits = matcher(wanted);
    return all.filter(({ type }) => fits(type));
  }, [all, wanted]);
  const asked = route.value.view === "types" ? route.value.type : undefined;
  useEffect(() => {
    if (asked === undefined) return;
    filter.value = "";
    table.active.value = asked;
  }, [asked]);
  const key = table.active.value;
  const active = all.find((row) => keyOf(row) === key);
  const shown = rows.length < all.length ? `${formatCount(rows.length)} of ${plural(all.length, "type")}` : undefined;
  return (
    <>
      <Filter label="Filter by name" value={filter} shown={shown ?? plural(all.length, "type")} />
      <div class="split">
        {rows.length === 0 ? (
          <p class="empty-state">No type fits the filter.</p>
        ) : (
          <VirtualTable
            label="Types"
            columns={traits.value.garbage ? WITH_GARBAGE : COLUMNS}
            rows={rows}
            rowKey={keyOf}
            state={table}
          />
        )}
        <section class="pane pane-table" aria-labelledby="instances">
          <h2 id="instances">{active ? text(active.type) : "Largest objects"}</h2>
          {active ? (
            <Instances key={active.type} type={active} />
          ) : (
            <p class="quiet">Choose a type to see its largest objects.</p>
          )}
        </section>
      </div>
    </>
  );
}

phase.subscribe(({ kind }) => {
  if (kind === "loading") table.active.value = null;
});
