import type { JSX } from "preact";
import { useEffect, useMemo } from "preact/hooks";
import type { PinRow } from "../../session/queries/arenaRows.js";
import { GraphButton, ObjectCell, SourceButton } from "../elements.js";
import { formatBytes, formatCount, text } from "../format.js";
import { showObject } from "../go.js";
import { select } from "../host.js";
import { type Column, tableState } from "../table/columns.js";
import { VirtualTable } from "../table/VirtualTable.js";
import { heldByText, SORT_MEANINGS } from "./words.js";

const MAX_ROWS = 10;

const COLUMNS: readonly Column<PinRow>[] = [
  {
    id: "name",
    title: "Object",
    value: ({ name }) => name,
    cell: ({ id, name }) => <ObjectCell id={id} name={name} />,
    width: "minmax(7em, 1.3fr)",
  },
  { id: "type", title: "Type", value: ({ type }) => type, width: "minmax(5em, 1fr)", hideBelow: 600 },
  {
    id: "blocks",
    title: "Blocks",
    value: ({ blocks }) => blocks,
    cell: ({ blocks }) => formatCount(blocks),
    width: "5em",
    numeric: true,
    hint: "Blocks here that go with the object, what it alone keeps included",
  },
  {
    id: "bytes",
    title: "Bytes",
    value: ({ bytes }) => bytes,
    cell: ({ bytes }) => formatBytes(bytes),
    width: "7em",
    numeric: true,
    hideBelow: 420,
    hint: "Bytes of these blocks",
  },
  { id: "held", title: "Held by", value: heldByText, width: "minmax(7em, 1.6fr)", hint: "What holds the object" },
  { id: "sort", title: "Sort", value: ({ sort }) => sort, width: "6.4em", hideBelow: 500, hint: SORT_MEANINGS },
];

const keyOf = ({ id }: PinRow) => id;

/** Objects that hold arenas, and what can be asked of the chosen one. */
export function Pins({ label, pins }: { readonly label: string; readonly pins: readonly PinRow[] }): JSX.Element {
  const state = useMemo(() => tableState(null, pins[0].id), [pins]);
  const key = state.active.value;
  const active = pins.find((pin) => keyOf(pin) === key) ?? pins[0];
  useEffect(() => select(active.id), [active.id]);
  return (
    <>
      <VirtualTable
        label={label}
        columns={COLUMNS}
        rows={pins}
        rowKey={keyOf}
        state={state}
        maxRows={MAX_ROWS}
        onOpen={({ id }) => showObject(id)}
      />
      <p class="quiet anywhere">
        {text(active.name)}: {active.sort}, held by {heldByText(active)}
      </p>
      <div class="actions">
        <GraphButton seed={{ kind: "path", id: active.id }} primary>
          Why is this alive?
        </GraphButton>
        <GraphButton seed={{ kind: "object", id: active.id }} />
        {active.location && <SourceButton location={active.location} />}
      </div>
    </>
  );
}
