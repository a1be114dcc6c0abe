import type { JSX } from "preact";
import { useId, useMemo } from "preact/hooks";
import type { NeighbourRow } from "../../session/queries/object.js";
import { IdLink } from "../elements.js";
import { formatCount, text } from "../format.js";
import { showObject } from "../go.js";
import { type Column, tableState } from "../table/columns.js";
import { VirtualTable } from "../table/VirtualTable.js";
import { traits } from "../traits.js";
import { STANDINGS } from "./words.js";

const MAX_ROWS = 14;

interface Row extends NeighbourRow {
  /** One object can refer to another several times, so that its id is no key. */
  readonly key: string;
}

const COLUMNS: readonly Column<Row>[] = [
  {
    id: "label",
    title: "Label",
    value: ({ label }) => label,
    cell: ({ label }) => <span class="mono">{text(label)}</span>,
    width: "minmax(6em, 1fr)",
  },
  {
    id: "name",
    title: "Name",
    value: ({ name }) => name,
    cell: ({ id, name }) => (
      <button type="button" class="link cut" tabIndex={-1} title="Show this object" onClick={() => showObject(id)}>
        {text(name)}
      </button>
    ),
    width: "minmax(7em, 1.5fr)",
  },
  { id: "id", title: "Id", value: ({ id }) => id, cell: ({ id }) => <IdLink id={id} passive />, width: "9.5em" },
  {
    id: "standing",
    title: "Standing",
    value: ({ standing }) => standing,
    cell: ({ standing }) => <span title={STANDINGS[standing]}>{standing}</span>,
    width: "6.5em",
    hideBelow: 440,
    hint: "Whether the collector sees the reference, and whether it keeps the object alive",
  },
];

/** Where no references are counted, all that can be said of one is whether it keeps its object alive. */
const WITHOUT_COUNTS = COLUMNS.map((column) =>
  column.id === "standing"
    ? {
        ...column,
        title: "Strength",
        value: strengthOf,
        cell: (row: Row) => <span title={STANDINGS[strengthOf(row)]}>{strengthOf(row)}</span>,
        hint: "Whether the reference keeps the object alive",
      }
    : column,
);

function strengthOf({ standing }: Row): string {
  return standing === "weak" ? "weak" : "strong";
}

const keyOf = ({ key }: Row) => key;

/** The objects that refer to one, or that it refers to. */
export function Neighbours({
  title,
  hint,
  rows,
  total,
  showAll,
}: {
  readonly title: string;
  readonly hint: string;
  readonly rows: readonly NeighbourRow[];
  readonly total: number;
  /** Lists those as well that are left out. */
  readonly showAll?: () => void;
}): JSX.Element {
  const heading = useId();
  const state = useMemo(() => tableState(), []);
  const keyed = useMemo(() => rows.map((row, i) => ({ ...row, key: String(i) })), [rows]);
  return (
    <section class="neighbour-list" aria-labelledby={heading}>
      <h2 id={heading} title={hint}>
        {title} ({formatCount(total)})
      </h2>
      {rows.length === 0 ? (
        <p class="quiet">None</p>
      ) : (
        <VirtualTable
          label={`${title}: ${hint.toLowerCase()}`}
          columns={traits.value.counts ? COLUMNS : WITHOUT_COUNTS}
          rows={keyed}
          rowKey={keyOf}
          state={state}
          maxRows={MAX_ROWS}
          onOpen={({ id }) => showObject(id)}
        />
      )}
      {rows.length < total && (
        <p class="quiet">
          The first {formatCount(rows.length)} of {formatCount(total)}.{" "}
          {showAll && (
            <button type="button" class="link" onClick={showAll}>
              Show all
            </button>
          )}
        </p>
      )}
    </section>
  );
}
