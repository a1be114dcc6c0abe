import { type Signal, signal } from "@preact/signals";
import { Component, type ComponentChildren, type JSX } from "preact";
import { useId, useLayoutEffect, useMemo, useRef, useState } from "preact/hooks";
import { useVirtualRows } from "../table/useVirtualRows.js";

/** What a map of cells keeps while another view is shown. */
export interface CellMapState {
  /** Key of the cell that the keyboard is on, or null. */
  readonly active: Signal<string | null>;
  /** Pixels from the top. */
  scrolled: number;
}

/** State of a map that nobody has touched. */
export function cellMapState(): CellMapState {
  return { active: signal(null), scrolled: 0 };
}

/** Pixels that a cell takes, with the gap to the next one. */
export interface CellSize {
  readonly width: number;
  readonly height: number;
}

/** How a cell looks. */
export interface CellLook {
  readonly class: string;
  readonly children?: ComponentChildren;
}

/** What a map of cells shows and does. */
export interface CellMapProps<Item> {
  /** Its name for screen readers. */
  readonly label: string;
  readonly items: readonly Item[];
  readonly keyOf: (item: Item) => string;
  /** What a cell says to pointers and screen readers. */
  readonly textOf: (item: Item) => string;
  readonly look: (item: Item) => CellLook;
  /** What copying a cell takes. */
  readonly copyOf: (item: Item) => string;
  readonly size: CellSize;
  /** At most so many cells in a row. */
  readonly maxColumns?: number;
  readonly state: CellMapState;
  /** Enter or a double click. */
  readonly onOpen?: (item: Item) => void;
}

/** Pixels between cells. */
const GAP = 2;
const OVERSCAN = 2;

/** Moves of the keyboard: by cells, given how many are in a row and how many rows are in sight. */
const MOVES: Readonly<Record<string, (at: number, columns: number, rows: number, count: number) => number>> = {
  ArrowRight: (at) => at + 1,
  ArrowLeft: (at) => at - 1,
  ArrowDown: (at, columns, _rows, count) => (at + columns < count ? at + columns : at),
  ArrowUp: (at, columns) => (at >= columns ? at - columns : at),
  PageDown: (at, columns, rows) => at + columns * rows,
  PageUp: (at, columns, rows) => at - columns * rows,
  Home: () => 0,
  End: (_at, _columns, _rows, count) => count - 1,
};

/**
 * Small cells in rows, as many in each as there is room for, of which only those in sight are drawn: a list box of any
 * length. The keyboard moves by arrows, Home, End and Page keys, and copying takes the cell that it is on as text.
 */
export function CellMap<Item>(props: CellMapProps<Item>): JSX.Element {
  const { items, keyOf, size, state } = props;
  const base = useId();
  const scroller = useRef<HTMLDivElement>(null);
  const columns = Math.min(props.maxColumns ?? Infinity, useColumns(scroller, size.width));
  const key = state.active.value;
  const active = useMemo(
    () => (key === null ? -1 : items.findIndex((item) => keyOf(item) === key)),
    [items, key, keyOf],
  );
  const virtualizer = useVirtualRows({
    scroller,
    count: Math.ceil(items.length / columns),
    rowHeight: size.height,
    headHeight: 0,
    always: active < 0 ? -1 : Math.floor(active / columns),
    scrolled: state.scrolled,
    overscan: OVERSCAN,
  });
  const move = (to: number) => {
    if (items.length === 0) return;
    const index = Math.max(0, Math.min(items.length - 1, to));
    state.active.value = keyOf(items[index]);
    virtualizer.scrollToIndex(Math.floor(index / columns), { align: "auto" });
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.altKey || event.ctrlKey || event.metaKey) return;
    if (event.key in MOVES) {
      event.preventDefault();
      const rows = Math.max(1, Math.floor(scroller.current!.clientHeight / size.height) - 1);
      move(active < 0 ? 0 : MOVES[event.key](active, columns, rows, items.length));
    } else if (event.key === "Enter" && active >= 0 && props.onOpen) {
      event.preventDefault();
      props.onOpen(items[active]);
    }
  };
  const onFocus = () => {
    // By mouse the click says which cell.
    if (active < 0 && scroller.current?.matches(":focus-visible")) move(0);
  };
  const onCopy = (event: ClipboardEvent) => {
    if (active < 0 || String(getSelection()) !== "") return;
    event.clipboardData?.setData("text/plain", props.copyOf(items[active]));
    event.preventDefault();
  };

  // A change of order or width, and links from elsewhere, move the cell; what was scrolled by hand stays.
  const mounted = useRef(false);
  useLayoutEffect(() => {
    if (mounted.current && active >= 0) virtualizer.scrollToIndex(Math.floor(active / columns), { align: "auto" });
    mounted.current = true;
  }, [items, key, columns]);

  return (
    <div
      ref={scroller}
      class="cell-map"
      role="listbox"
      aria-label={props.label}
      aria-activedescendant={active >= 0 ? `${base}-${active}` : undefined}
      tabIndex={0}
      onKeyDown={onKeyDown}
      onFocus={onFocus}
      onCopy={onCopy}
      onPointerOver={showTip}
      onScroll={(event) => (state.scrolled = event.currentTarget.scrollTop)}
    >
      <div class="cell-rows" role="presentation" style={{ height: `${virtualizer.getTotalSize()}px` }}>
        {virtualizer.getVirtualItems().map(({ index: row, start }) => (
          <CellRow
            key={row}
            map={props}
            base={base}
            from={row * columns}
            to={Math.min(items.length, (row + 1) * columns)}
            top={start}
            active={Math.floor(active / columns) === row ? active : -1}
            move={move}
          />
        ))}
      </div>
    </div>
  );
}

interface RowProps<Item> {
  readonly map: CellMapProps<Item>;
  readonly base: string;
  readonly from: number;
  readonly to: number;
  /** Pixels. */
  readonly top: number;
  /** The cell that the keyboard is on, or -1 where that is in another row. */
  readonly active: number;
  readonly move: (to: number) => void;
}

/** A row, which is drawn anew only where something of it has changed: there are thousands of cells in sight. */
class CellRow<Item> extends Component<RowProps<Item>> {
  override shouldComponentUpdate(next: RowProps<Item>): boolean {
    const { map, from, to, top, active } = this.props;
    return (
      next.map.items !== map.items ||
      next.map.look !== map.look ||
      next.map.size.width !== map.size.width ||
      next.map.size.height !== map.size.height ||
      next.from !== from ||
      next.to !== to ||
      next.top !== top ||
      next.active !== active
    );
  }

  override render(): JSX.Element {
    const { map, base, from, to, top, active } = this.props;
    const { items, keyOf, textOf, look, size } = map;
    const style = { width: `${size.width - GAP}px`, height: `${size.height - GAP}px` };
    return (
      <div class="cell-row" role="presentation" style={{ transform: `translateY(${top}px)` }}>
        {items.slice(from, to).map((item, i) => {
          const index = from + i;
          const { class: name, children } = look(item);
          return (
            <div
              key={keyOf(item)}
              id={`${base}-${index}`}
              class={index === active ? `cell ${name} active` : `cell ${name}`}
              role="option"
              aria-selected={index === active}
              aria-posinset={index + 1}
              aria-setsize={items.length}
              aria-label={textOf(item)}
              style={style}
              // Of the latest properties, also where the row is not drawn anew.
              onClick={() => this.props.move(index)}
              onDblClick={() => this.props.map.onOpen?.(item)}
            >
              {children}
            </div>
          );
        })}
      </div>
    );
  }
}

/** What a cell says is its tip, too. Set when the pointer comes, so that not each of thousands has it twice. */
function showTip(event: Event): void {
  const cell = (event.target as Element).closest<HTMLElement>("[role=option]");
  if (cell) cell.title = cell.getAttribute("aria-label") ?? "";
}

/** How many cells of a width in pixels there is room for in a row. */
function useColumns(scroller: { readonly current: HTMLElement | null }, width: number): number {
  const [columns, setColumns] = useState(1);
  useLayoutEffect(() => {
    const element = scroller.current!;
    const measure = () => {
      const { paddingLeft, paddingRight } = getComputedStyle(element);
      const room = element.clientWidth - parseFloat(paddingLeft) - parseFloat(paddingRight);
      setColumns(Math.max(1, Math.floor(room / width)));
    };
    measure();
    const observer = new ResizeObserver(measure);
    observer.observe(element);
    return () => observer.disconnect();
  }, [width]);
  return columns;
}
