import { type Signal, signal } from "@preact/signals";
import type { ComponentChildren } from "preact";

/** A column of a table. */
export interface Column<Row> {
  readonly id: string;
  readonly title: string;
  /** What the column is sorted by, and what a copied row holds. */
  readonly value: (row: Row) => string | number;
  /** What a cell shows, where that is not the value. */
  readonly cell?: (row: Row) => ComponentChildren;
  /** Width as a track of a CSS grid: "6em", "minmax(0, 2fr)". */
  readonly width: string;
  /** Numbers stand to the right and are sorted downwards first. */
  readonly numeric?: boolean;
  /** Left out where the table is narrower than so many pixels. */
  readonly hideBelow?: number;
  /** Explains the column. */
  readonly hint?: string;
}

export interface Sort {
  readonly column: string;
  readonly descending: boolean;
}

/** What a table keeps while another view is shown. */
export interface TableState {
  /** Null: the order in which the rows came. */
  readonly sort: Signal<Sort | null>;
  /** Key of the row that the keyboard is on, or null. */
  readonly active: Signal<string | null>;
  /** Pixels from the top. */
  scrolled: number;
}

/**
 * State of a table that nobody has touched.
 * @param active key of the row that the keyboard is on at first
 */
export function tableState(sort: Sort | null = null, active: string | null = null): TableState {
  return { sort: signal(sort), active: signal(active), scrolled: 0 };
}

/** The rows in the order of a column; rows that are equal there stay as they were. */
export function sortRows<Row>(
  rows: readonly Row[],
  columns: readonly Column<Row>[],
  sort: Sort | null,
): readonly Row[] {
  const column = columns.find(({ id }) => id === sort?.column);
  if (!column) return rows;
  const sign = sort?.descending ? -1 : 1;
  const keys = rows.map((row) => {
    const value = column.value(row);
    return typeof value === "string" ? value.toLowerCase() : value;
  });
  const order = rows.map((_, i) => i);
  order.sort((a, b) => (keys[a] < keys[b] ? -sign : keys[a] > keys[b] ? sign : a - b));
  return order.map((i) => rows[i]);
}

/** How a column is sorted after a click on its heading: its natural way first, then the other way. */
export function nextSort(column: Column<never>, sort: Sort | null): Sort {
  const natural = column.numeric === true;
  return { column: column.id, descending: sort?.column === column.id ? !sort.descending : natural };
}

/** A row as text, the columns apart by tabs. */
export function rowText<Row>(row: Row, columns: readonly Column<Row>[]): string {
  return columns.map((column) => column.value(row)).join("\t");
}
