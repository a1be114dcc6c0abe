import type { JSX } from "preact";
import { useEffect, useId, useLayoutEffect, useMemo, useRef, useState } from "preact/hooks";
import { SortIcon } from "../icons.js";
import { text } from "../format.js";
import { type Column, nextSort, rowText, sortRows, type TableState } from "./columns.js";
import { useVirtualRows } from "./useVirtualRows.js";

/** What a table shows and does. */
export interface TableProps<Row> {
  /** Its name for screen readers. */
  readonly label: string;
  readonly columns: readonly Column<Row>[];
  readonly rows: readonly Row[];
  /** Tells rows apart, also after sorting and filtering. */
  readonly rowKey: (row: Row) => string;
  readonly state: TableState;
  /** The keyboard or a click is on a row. */
  readonly onSelect?: (row: Row) => void;
  /** Enter or a double click. */
  readonly onOpen?: (row: Row) => void;
  /** As high as so many rows at most; without it the table fills its place. */
  readonly maxRows?: number;
}

const WIDE = 10_000;

/**
 * A table of any length, of which only what is in sight is drawn. Headings sort; the keyboard moves a row by arrows,
 * Home, End and Page keys, Enter opens it, and copying takes it as text.
 */
export function VirtualTable<Row>(props: TableProps<Row>): JSX.Element {
  const { columns, rows, rowKey, state } = props;
  const base = useId();
  const scroller = useRef<HTMLDivElement>(null);
  const { width, rowHeight } = useSize(scroller);
  const sort = state.sort.value;
  const sorted = useMemo(() => sortRows(rows, columns, sort), [rows, columns, sort]);
  const key = state.active.value;
  const active = useMemo(
    () => (key === null ? -1 : sorted.findIndex((row) => rowKey(row) === key)),
    [sorted, key, rowKey],
  );
  const shown = columns.filter((column) => width >= (column.hideBelow ?? 0));
  const headHeight = rowHeight + 2;
  const virtualizer = useVirtualRows({
    scroller,
    count: sorted.length,
    rowHeight,
    headHeight,
    always: active,
    scrolled: state.scrolled,
  });

  const move = (to: number) => {
    if (sorted.length === 0) return;
    const index = Math.max(0, Math.min(sorted.length - 1, to));
    state.active.value = rowKey(sorted[index]);
    virtualizer.scrollToIndex(index, { align: "auto" });
    props.onSelect?.(sorted[index]);
  };
  const page = () => Math.max(1, Math.floor((scroller.current!.clientHeight - headHeight) / rowHeight) - 1);
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.altKey || event.ctrlKey || event.metaKey || inHead(event)) return;
    const steps: Readonly<Record<string, () => number>> = {
      ArrowDown: () => active + 1,
      ArrowUp: () => active - 1,
      Home: () => 0,
      End: () => sorted.length - 1,
      PageDown: () => active + page(),
      PageUp: () => active - page(),
    };
    if (steps[event.key]) {
      event.preventDefault();
      move(steps[event.key]());
    } else if (event.key === "Enter" && event.target === scroller.current && active >= 0) {
      event.preventDefault();
      props.onOpen?.(sorted[active]);
    }
  };
  const onFocus = (event: FocusEvent) => {
    // By mouse the click says which row.
    if (event.target === scroller.current && active < 0 && scroller.current?.matches(":focus-visible")) move(0);
  };
  const onCopy = (event: ClipboardEvent) => {
    if (active < 0 || String(getSelection()) !== "") return;
    event.clipboardData?.setData("text/plain", rowText(sorted[active], columns));
    event.preventDefault();
  };

  // Sorting, filtering and links from elsewhere move the row; what was scrolled by hand stays when the view returns.
  const mounted = useRef(false);
  useLayoutEffect(() => {
    if (mounted.current && active >= 0) virtualizer.scrollToIndex(active, { align: "auto" });
    mounted.current = true;
  }, [sorted, key]);

  const tracks = shown.map((column) => column.width).join(" ");
  const total = virtualizer.getTotalSize();
  return (
    <div
      ref={scroller}
      class="table"
      role="grid"
      aria-label={props.label}
      aria-rowcount={sorted.length + 1}
      aria-colcount={columns.length}
      aria-activedescendant={active >= 0 ? `${base}-${active}` : undefined}
      tabIndex={0}
      style={
        props.maxRows === undefined ? {} : { height: heightOf(sorted.length, props.maxRows, rowHeight, headHeight) }
      }
      onKeyDown={onKeyDown}
      onFocus={onFocus}
      onCopy={onCopy}
      onScroll={(event) => (state.scrolled = event.currentTarget.scrollTop)}
    >
      <div class="table-head" role="rowgroup">
        <div
          class="table-row"
          role="row"
          aria-rowindex={1}
          style={{ "grid-template-columns": tracks, height: `${headHeight}px` }}
        >
          {shown.map((column) => (
            <Heading key={column.id} column={column} index={columns.indexOf(column) + 1} state={state} />
          ))}
        </div>
      </div>
      <div class="table-body" role="rowgroup" style={{ height: `${total}px` }}>
        {virtualizer.getVirtualItems().map(({ index, start }) => {
          const row = sorted[index];
          if (row === undefined) return null;
          return (
            <div
              key={rowKey(row)}
              id={`${base}-${index}`}
              class={index === active ? "table-row active" : "table-row"}
              role="row"
              aria-rowindex={index + 2}
              aria-selected={index === active}
              style={{
                "grid-template-columns": tracks,
                height: `${rowHeight}px`,
                transform: `translateY(${start - headHeight}px)`,
              }}
              onClick={(event) => !onButton(event) && move(index)}
              onDblClick={(event) => !onButton(event) && props.onOpen?.(row)}
            >
              {shown.map((column) => (
                <Cell key={column.id} column={column} index={columns.indexOf(column) + 1} row={row} />
              ))}
            </div>
          );
        })}
      </div>
    </div>
  );
}

function Heading<Row>({
  column,
  index,
  state,
}: {
  readonly column: Column<Row>;
  readonly index: number;
  readonly state: TableState;
}): JSX.Element {
  const sort = state.sort.value;
  const sorted = sort?.column === column.id ? (sort.descending ? "descending" : "ascending") : "none";
  return (
    <div
      class={column.numeric ? "table-cell numeric" : "table-cell"}
      role="columnheader"
      aria-colindex={index}
      aria-sort={sorted}
    >
      <button
        type="button"
        title={column.hint ?? `Sort by ${column.title.toLowerCase()}`}
        onClick={() => (state.sort.value = nextSort(column, state.sort.peek()))}
      >
        <span>{column.title}</span>
        {sorted !== "none" && <SortIcon descending={sorted === "descending"} />}
      </button>
    </div>
  );
}

function Cell<Row>({
  column,
  index,
  row,
}: {
  readonly column: Column<Row>;
  readonly index: number;
  readonly row: Row;
}): JSX.Element {
  const value = column.value(row);
  return (
    <div
      class={column.numeric ? "table-cell numeric" : "table-cell"}
      role="gridcell"
      aria-colindex={index}
      {...(typeof value === "string" && { title: text(value) })}
    >
      {column.cell ? column.cell(row) : typeof value === "string" ? text(value) : value}
    </div>
  );
}

/** Width of the table and height of a row in pixels; rows grow with the editor's font. */
function useSize(scroller: { readonly current: HTMLElement | null }): { width: number; rowHeight: number } {
  const [size, setSize] = useState({ width: WIDE, rowHeight: 24 });
  const measure = () => {
    const element = scroller.current;
    if (!element) return;
    const width = element.clientWidth;
    const rowHeight = Math.max(22, Math.round(parseFloat(getComputedStyle(element).fontSize) * 1.85));
    setSize((old) => (old.width === width && old.rowHeight === rowHeight ? old : { width, rowHeight }));
  };
  useLayoutEffect(measure, []);
  useEffect(() => {
    const observer = new ResizeObserver(measure);
    observer.observe(scroller.current!);
    return () => observer.disconnect();
  }, []);
  return size;
}

function heightOf(rows: number, maxRows: number, rowHeight: number, headHeight: number): string {
  return `${Math.min(rows, maxRows) * rowHeight + headHeight + 2}px`;
}

function onButton(event: Event): boolean {
  return (event.target as Element).closest("button, a") !== null;
}

function inHead(event: Event): boolean {
  return (event.target as Element).closest(".table-head") !== null;
}
