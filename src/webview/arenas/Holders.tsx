import { signal } from "@preact/signals";
import type { ComponentChildren, JSX } from "preact";
import { useEffect } from "preact/hooks";
import type { ArenaOwnerRow, ArenasResult } from "../../session/queries/arenaRows.js";
import { Facts, GraphButton, IdLink, PlaceLink, SourceButton } from "../elements.js";
import { formatBytes, formatCount, placeText, plural, text } from "../format.js";
import { showObject } from "../go.js";
import { phase, select } from "../host.js";
import { type Column, tableState } from "../table/columns.js";
import { FilteredSplit, type TextFilter } from "../table/FilteredSplit.js";

// Kept while another view is shown.
const table = tableState();
const filter: TextFilter = { label: "Filter by name or file", value: signal("") };

const COLUMNS: readonly Column<ArenaOwnerRow>[] = [
  { id: "name", title: "Held by", value: ({ name }) => name, width: "minmax(8em, 2fr)" },
  {
    id: "arenas",
    title: "Arenas",
    value: ({ arenas }) => arenas,
    cell: ({ arenas }) => formatCount(arenas),
    width: "5.5em",
    numeric: true,
    hint: "Nearly empty arenas in which it has objects",
  },
  {
    id: "alone",
    title: "Alone",
    value: ({ alone }) => alone,
    cell: ({ alone }) => formatCount(alone),
    width: "5em",
    numeric: true,
    hint: "Of these, arenas that nothing else holds: they would be released if its objects went",
  },
  {
    id: "bytes",
    title: "Released",
    value: ({ bytes }) => bytes,
    cell: ({ bytes }) => formatBytes(bytes),
    width: "6.5em",
    numeric: true,
    hint: "Bytes of the arenas that it holds alone",
  },
  {
    id: "objects",
    title: "Objects",
    value: ({ objects }) => objects,
    cell: ({ objects }) => formatCount(objects),
    width: "6em",
    numeric: true,
    hideBelow: 460,
    hint: "Its objects in nearly empty arenas",
  },
  {
    id: "source",
    title: "Source",
    value: ({ location }) => (location ? placeText(location) : ""),
    cell: ({ location }) => location && <PlaceLink location={location} />,
    width: "minmax(9.5em, 1fr)",
    hideBelow: 620,
    hint: "Where the source names it",
  },
];

const keyOf = ({ id, name }: ArenaOwnerRow) => `${id} ${name}`;
const textsOf = ({ id, name, location }: ArenaOwnerRow) => [name, id ?? "", location ? placeText(location) : ""];

/** What holds nearly empty arenas, by the container or module that it belongs to. */
export function Holders({ answer: { owners, ownersTotal } }: { readonly answer: ArenasResult }): JSX.Element {
  return (
    <>
      <p class="quiet">
        What has objects in nearly empty arenas. Released: the bytes that would go back to the system if its objects
        went.
        {ownersTotal > owners.length && ` The first ${formatCount(owners.length)} of ${formatCount(ownersTotal)}.`}
      </p>
      <FilteredSplit
        label="Holders of nearly empty arenas"
        filter={filter}
        all={owners}
        texts={textsOf}
        total={plural(owners.length, "holder")}
        none="No arena is nearly empty."
        columns={COLUMNS}
        rowKey={keyOf}
        state={table}
        onOpen={({ id }) => id !== null && showObject(id)}
        pane={(row) => <HolderPane key={keyOf(row)} row={row} />}
      />
    </>
  );
}

function HolderPane({ row }: { readonly row: ArenaOwnerRow }): JSX.Element {
  const { id, name, location, objects, arenas, alone, bytes } = row;
  useEffect(() => select(id), [id]);
  const facts: (readonly [string, ComponentChildren])[] = [
    ["Objects", `${formatCount(objects)} in nearly empty arenas`],
    ["Arenas", `${formatCount(arenas)} nearly empty ones have its objects`],
    ["Alone", `${formatCount(alone)} of them nothing else holds`],
    ["Released", `${formatBytes(bytes)}, if its objects went`],
  ];
  if (id !== null) facts.unshift(["Id", <IdLink id={id} />]);
  return (
    <section class="pane" aria-labelledby="holder">
      <h2 id="holder">{text(name)}</h2>
      <Facts facts={facts} />
      {(id !== null || location) && (
        <div class="actions">
          {id !== null && (
            <>
              <GraphButton seed={{ kind: "object", id }} primary />
              <GraphButton seed={{ kind: "path", id }}>Why is this alive?</GraphButton>
            </>
          )}
          {location && <SourceButton location={location} />}
        </div>
      )}
    </section>
  );
}

phase.subscribe(({ kind }) => {
  if (kind === "loading") table.active.value = null;
});
