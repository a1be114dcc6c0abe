import type { Signal } from "@preact/signals";
import type { ComponentChildren, JSX } from "preact";
import { useEffect, useMemo } from "preact/hooks";
import { Filter, matcher } from "../Filter.js";
import { formatCount } from "../format.js";
import type { Column, TableState } from "./columns.js";
import { VirtualTable } from "./VirtualTable.js";

/** A field to narrow tables by, and what is typed into it. */
export interface TextFilter {
  /** "Filter by name" */
  readonly label: string;
  readonly value: Signal<string>;
}

/** A table that can be narrowed, with all about the selected row beside it. */
export function FilteredSplit<Row>(props: {
  /** The table's name for screen readers. */
  readonly label: string;
  readonly filter: TextFilter;
  readonly all: readonly Row[];
  /** Texts of a row in which is searched. */
  readonly texts: (row: Row) => readonly string[];
  /** "12 groups" */
  readonly total: string;
  /** What is said instead where there is no row at all. */
  readonly none: string;
  readonly columns: readonly Column<Row>[];
  readonly rowKey: (row: Row) => string;
  readonly state: TableState;
  readonly onOpen: (row: Row) => void;
  readonly pane: (row: Row) => ComponentChildren;
  /** Beside the filter. */
  readonly children?: ComponentChildren;
}): JSX.Element {
  const { all, texts, columns, rowKey, state } = props;
  const wanted = props.filter.value.value;
  const rows = useMemo(() => {
    const fits = matcher(wanted);
    return all.filter((row) => texts(row).some(fits));
  }, [all, texts, wanted]);
  const active = rows.find((row) => rowKey(row) === state.active.value);
  useEffect(() => {
    if (!active && rows.length > 0) state.active.value = rowKey(rows[0]);
  }, [active, rows, state, rowKey]);
  const shown = rows.length < all.length ? `${formatCount(rows.length)} of ${props.total}` : props.total;
  return (
    <>
      <Filter label={props.filter.label} value={props.filter.value} shown={shown}>
        {props.children}
      </Filter>
      {rows.length === 0 ? (
        <p class="empty-state">{all.length === 0 ? props.none : "Nothing fits the filter."}</p>
      ) : (
        <div class="split">
          <VirtualTable
            label={props.label}
            columns={columns}
            rows={rows}
            rowKey={rowKey}
            state={state}
            onOpen={props.onOpen}
          />
          {active && props.pane(active)}
        </div>
      )}
    </>
  );
}
