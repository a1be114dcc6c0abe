import type { ComponentChildren, JSX } from "preact";
import { useEffect, useMemo } from "preact/hooks";
import type { StaleEntryRow, StaleRow } from "../../session/queries/weakrefSuspects.js";
import { GraphButton, IdLink, ObjectCell } from "../elements.js";
import { formatCount, plural, text } from "../format.js";
import { showObject } from "../go.js";
import { select } from "../host.js";
import { type Column, tableState } from "../table/columns.js";
import { FilteredSplit } from "../table/FilteredSplit.js";
import { VirtualTable } from "../table/VirtualTable.js";
import { Clearing } from "./Clearing.js";
import { weakFilter } from "./cells.js";

/** State of the table, kept while another view is shown. */
export const staleTable = tableState();

const MAX_ROWS = 8;
const KINDS: Readonly<Record<StaleRow["kind"], string>> = {
  "other-key": "under another key",
  "several-keys": "under several keys",
  pooled: "in a pool",
};

/** A weak reference can't tell the object that it was made for from what that has become: the program must. */
const REMEDIES: Readonly<Record<StaleRow["kind"], string>> = {
  "other-key": "Where the object gets its new value, remove its old entry, or make a new object instead.",
  "several-keys":
    "If the object was re-used, remove the entry of its earlier key. If all keys are meant, nothing is wrong.",
  pooled:
    "An object in a pool is alive, so no weak reference to it is cleared. Drop them when it goes back into the pool.",
};

const COLUMNS: readonly Column<StaleRow>[] = [
  { id: "kind", title: "Suspected", value: ({ kind }) => KINDS[kind], width: "minmax(11em, 1fr)" },
  {
    id: "name",
    title: "Container",
    value: ({ name }) => name,
    cell: ({ container, name }) => <ObjectCell id={container} name={name} />,
    width: "minmax(8em, 1.6fr)",
  },
  {
    id: "type",
    title: "Objects of",
    value: ({ referentType }) => referentType,
    width: "minmax(7em, 1.2fr)",
    hideBelow: 420,
  },
  {
    id: "objects",
    title: "Objects",
    value: ({ objects }) => objects,
    cell: ({ objects }) => formatCount(objects),
    width: "5.5em",
    numeric: true,
    hideBelow: 540,
  },
  {
    id: "count",
    title: "Weakrefs",
    value: ({ count }) => count,
    cell: ({ count }) => formatCount(count),
    width: "7.5em",
    numeric: true,
    hint: "Weak references to them",
  },
];

interface Entry extends StaleEntryRow {
  readonly row: string;
}

const ENTRIES: readonly Column<Entry>[] = [
  {
    id: "referent",
    title: "Object",
    value: ({ referentName }) => referentName,
    cell: ({ referent, referentName }) => <ObjectCell id={referent} name={referentName} />,
    width: "minmax(6em, 1fr)",
  },
  {
    id: "key",
    title: "Key",
    value: ({ key }) => key ?? "",
    width: "minmax(5em, 1fr)",
    hint: "Under which it is in the container",
  },
  {
    id: "now",
    title: "Now",
    value: ({ now }) => now ?? "",
    width: "minmax(5em, 1fr)",
    hint: "The key that the object would have today",
  },
  {
    id: "holder",
    title: "Held as",
    value: ({ holder }) => holder,
    width: "minmax(6em, 1.4fr)",
  },
  {
    id: "weakref",
    title: "Weakref",
    value: ({ weakref }) => weakref,
    cell: ({ weakref }) => <IdLink id={weakref} passive />,
    width: "9.5em",
    hideBelow: 420,
  },
];
// What has no key has a holder, and the other way round.
const KEYED = ENTRIES.filter(({ id }) => id !== "holder");
const POOLED = ENTRIES.filter(({ id }) => id !== "key" && id !== "now");

const keyOf = ({ kind, container, referentType }: StaleRow) => `${kind} ${container} ${referentType}`;
const textsOf = (row: StaleRow) => [KINDS[row.kind], row.name, row.referentType];
const entryKey = ({ row }: Entry) => row;

/** Weak references that may lead to what is something else by now. */
export function Stale({
  stale,
  children,
}: {
  readonly stale: readonly StaleRow[];
  readonly children: ComponentChildren;
}): JSX.Element {
  return (
    <FilteredSplit
      label="Weak references that may be stale"
      filter={weakFilter}
      all={stale}
      texts={textsOf}
      total={plural(stale.length, "suspicion")}
      none="Nothing hints at weak references to re-used objects."
      columns={COLUMNS}
      rowKey={keyOf}
      state={staleTable}
      onOpen={({ container }) => showObject(container)}
      pane={(row) => <StalePane key={keyOf(row)} row={row} />}
    >
      {children}
    </FilteredSplit>
  );
}

function StalePane({ row }: { readonly row: StaleRow }): JSX.Element {
  const state = useMemo(() => tableState(), []);
  const entries = useMemo(() => row.entries.map((entry, i) => ({ ...entry, row: String(i) })), [row]);
  const active = entries.find((entry) => entry.row === state.active.value) ?? entries[0];
  useEffect(() => select(active.referent), [active.referent]);
  return (
    <section class="pane" aria-labelledby="stale">
      <h2 id="stale">{text(row.name)}</h2>
      <p>{text(row.evidence, 1000)}</p>
      <p class="quiet">A suspicion: whether an object was initialised anew can't be seen in one snapshot.</p>
      <p>
        <strong>What to do:</strong> {REMEDIES[row.kind]}
      </p>
      <VirtualTable
        label="Weak references that are suspected"
        columns={row.kind === "pooled" ? POOLED : KEYED}
        rows={entries}
        rowKey={entryKey}
        state={state}
        maxRows={MAX_ROWS}
        onOpen={({ referent }) => showObject(referent)}
      />
      {entries.length < row.count && (
        <p class="quiet">
          The first {formatCount(entries.length)} of {plural(row.count, "weak reference")}.
        </p>
      )}
      <div class="actions">
        <GraphButton seed={{ kind: "object", id: active.referent }} primary />
        <GraphButton seed={{ kind: "path", id: active.referent }}>Why is this alive?</GraphButton>
      </div>
      <Clearing id={active.referent} />
    </section>
  );
}
