import type { ComponentChildren, JSX } from "preact";
import { useEffect } from "preact/hooks";
import type { DeadPileRow } from "../../session/queries/weakrefSuspects.js";
import { CopyButton, Facts, GraphButton, IdLink, ObjectCell } from "../elements.js";
import { formatBytes, formatCount, plural, text } from "../format.js";
import { showObject } from "../go.js";
import { select } from "../host.js";
import { type Column, tableState } from "../table/columns.js";
import { FilteredSplit } from "../table/FilteredSplit.js";
import { weakFilter } from "./cells.js";

/** State of the table, kept while another view is shown. */
export const pilesTable = tableState();

const EXPRESSION = 1000;
const IDS_SHOWN = 10;

const COLUMNS: readonly Column<DeadPileRow>[] = [
  {
    id: "name",
    title: "Container",
    value: ({ name }) => name,
    cell: ({ id, name }) => <ObjectCell id={id} name={name} />,
    width: "minmax(8em, 2fr)",
  },
  { id: "type", title: "Type", value: ({ type }) => type, width: "minmax(4em, 1fr)", hideBelow: 420 },
  {
    id: "dead",
    title: "Dead",
    value: ({ dead }) => dead,
    cell: ({ dead }) => formatCount(dead),
    width: "5.5em",
    numeric: true,
    hint: "Dead weak references in it",
  },
  {
    id: "alive",
    title: "Alive",
    value: ({ alive }) => alive,
    cell: ({ alive }) => formatCount(alive),
    width: "5.5em",
    numeric: true,
    hideBelow: 480,
    hint: "Weak references in it that are alive",
  },
  {
    id: "entries",
    title: "Entries",
    value: ({ entries }) => entries,
    cell: ({ entries }) => formatCount(entries),
    width: "5.5em",
    numeric: true,
    hideBelow: 560,
  },
  {
    id: "bytes",
    title: "Frees",
    value: ({ bytes }) => bytes,
    cell: ({ bytes }) => formatBytes(bytes),
    width: "6.5em",
    numeric: true,
    hint: "What removing the dead ones' entries would free",
  },
];

const keyOf = ({ id }: DeadPileRow) => id;
const textsOf = ({ name, type, path }: DeadPileRow) => [name, type, path ?? ""];

/** Containers full of dead weak references. */
export function Piles({
  piles,
  children,
}: {
  readonly piles: readonly DeadPileRow[];
  readonly children: ComponentChildren;
}): JSX.Element {
  return (
    <FilteredSplit
      label="Containers with dead weak references"
      filter={weakFilter}
      all={piles}
      texts={textsOf}
      total={plural(piles.length, "container")}
      none="No container holds 10 dead weak references or more."
      columns={COLUMNS}
      rowKey={keyOf}
      state={pilesTable}
      onOpen={({ id }) => showObject(id)}
      pane={(pile) => <PilePane key={pile.id} pile={pile} />}
    >
      {children}
    </FilteredSplit>
  );
}

function PilePane({ pile }: { readonly pile: DeadPileRow }): JSX.Element {
  useEffect(() => select(pile.id), [pile.id]);
  return (
    <section class="pane" aria-labelledby="pile">
      <h2 id="pile">{text(pile.name)}</h2>
      <Facts
        facts={[
          [
            "Container",
            <>
              <span class="anywhere">{text(pile.type)}</span> <IdLink id={pile.id} />
            </>,
          ],
          ["Dead", plural(pile.dead, "weak reference")],
          ["Alive", plural(pile.alive, "weak reference")],
          ["Entries", formatCount(pile.entries)],
          ["Frees", `${formatBytes(pile.bytes)}, if the dead ones' entries were removed`],
        ]}
      />
      {pile.path !== null && (
        <p class="expression">
          <code class="mono anywhere">{text(pile.path, EXPRESSION)}</code>
          <CopyButton value={pile.path} label="Copy the path" />
        </p>
      )}
      <div class="actions">
        <GraphButton seed={{ kind: "path", id: pile.id }} primary>
          Why is this alive?
        </GraphButton>
        <GraphButton seed={{ kind: "object", id: pile.id }} />
      </div>
      <p>
        <strong>What to do:</strong> Give these weak references a callback that removes their entry, or keep them in a
        WeakSet or WeakValueDictionary, which do so by themselves.
      </p>
      <h3>Dead ones</h3>
      <p>
        {pile.ids.slice(0, IDS_SHOWN).map((id) => (
          <>
            <IdLink key={id} id={id} />{" "}
          </>
        ))}
        {pile.dead > IDS_SHOWN && <span class="quiet">… and {formatCount(pile.dead - IDS_SHOWN)} more</span>}
      </p>
    </section>
  );
}
