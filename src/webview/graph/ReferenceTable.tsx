import { useComputed, useSignal } from "@preact/signals";
import { Fragment, type JSX } from "preact";
import { memo } from "preact/compat";
import { useLayoutEffect, useMemo, useRef, useState } from "preact/hooks";
import type { Box } from "../../picture/Picture.js";
import { Filter } from "../Filter.js";
import { formatCount, plural } from "../format.js";
import { CutIcon, SortIcon } from "../icons.js";
import { isCut } from "./cuts.js";
import { traits } from "../traits.js";
import type { Keyboard } from "./Keyboard.js";
import type { PictureStore } from "./PictureStore.js";
import { arranged, boxName, type Column, type Order, type ReferenceRow, referenceRows } from "./references.js";
import { unite } from "./geometry.js";

const COLUMNS: readonly (readonly [column: Column, title: string, name?: string])[] = [
  ["from", "From"],
  ["labels", "Label"],
  ["to", "To"],
  ["count", "×", "Count"],
  ["marks", "Marks"],
];

/** All arrows of the picture as a table; it says in words what the picture draws. */
export function ReferenceTable({
  store,
  keyboard,
}: {
  readonly store: PictureStore;
  readonly keyboard: Keyboard;
}): JSX.Element {
  const filter = useSignal("");
  const [order, setOrder] = useState<Order | null>(null);
  const [current, setCurrent] = useState<string | null>(null);
  const body = useRef<HTMLTableSectionElement>(null);
  const picture = store.shown.value?.picture;
  const all = useMemo(() => referenceRows(picture?.arrows ?? [], store.boxes.value), [picture]);
  const rows = useMemo(() => arranged(all, filter.value, order), [all, filter.value, order]);
  const count =
    rows.length === all.length
      ? plural(all.length, "arrow")
      : `${formatCount(rows.length)} of ${plural(all.length, "arrow")}`;
  const tabStop = rows.some(({ arrow }) => arrow.key === current) ? current : rows[0]?.arrow.key;
  useScrollToLit(store, body);

  const choose = (row: ReferenceRow) => {
    store.pinned.value = row.arrow.key;
    store.moved = true;
    keyboard.camera?.reveal(unite([row.from, row.to]), row.from);
  };
  const press = (event: KeyboardEvent, row: ReferenceRow) => {
    if (event.altKey || event.ctrlKey || event.metaKey) return;
    if (!onKey(event, row, choose, keyboard)) return;
    event.preventDefault();
    event.stopPropagation();
  };
  const actions = useRef({ choose, press, focus: setCurrent });
  actions.current = { choose, press, focus: setCurrent };

  return (
    <>
      <Filter label="Filter by name, label, id or mark" value={filter} shown={count} />
      <div class="graph-rows">
        <table role="grid" aria-label="References" aria-rowcount={rows.length + 1}>
          <thead>
            <tr>
              {COLUMNS.map(([column, title, name = title]) => (
                <Heading key={column} column={column} title={title} name={name} order={order} setOrder={setOrder} />
              ))}
              {traits.value.counts && (
                <th scope="col" class="cut-cell">
                  <span class="graph-unseen">Cut</span>
                </th>
              )}
            </tr>
          </thead>
          <tbody ref={body}>
            {rows.map((row) => (
              <Row
                key={row.arrow.key}
                row={row}
                store={store}
                tabStop={row.arrow.key === tabStop}
                actions={actions}
                keyboard={keyboard}
              />
            ))}
          </tbody>
        </table>
      </div>
    </>
  );
}

/** Brings the first row of what the keyboard or a click chose into view; the mouse passing by moves nothing. */
function useScrollToLit(store: PictureStore, body: { readonly current: HTMLElement | null }): void {
  const box = store.selectedBox.value?.key ?? null;
  const pinned = store.pinned.value;
  useLayoutEffect(() => {
    if (box === null && pinned === null) return;
    if (body.current?.contains(document.activeElement)) return;
    const row = body.current?.querySelector<HTMLElement>("[data-lit]");
    const pane = body.current?.closest(".graph-rows");
    // scrollIntoView would scroll the page as well.
    if (row && pane) pane.scrollTop = row.offsetTop - pane.clientHeight / 3;
  }, [box, pinned]);
}

function Heading({
  column,
  title,
  name,
  order,
  setOrder,
}: {
  readonly column: Column;
  readonly title: string;
  /** For who hears it. */
  readonly name: string;
  readonly order: Order | null;
  readonly setOrder: (order: Order) => void;
}): JSX.Element {
  const mine = order?.column === column;
  // Numbers are wanted largest first.
  const descending = mine ? !order.descending : column === "count" || column === "marks";
  return (
    <th scope="col" class={column} aria-sort={mine ? (order.descending ? "descending" : "ascending") : "none"}>
      <button
        type="button"
        class="sort"
        aria-label={name}
        title={name}
        onClick={() => setOrder({ column, descending })}
      >
        {title}
        {mine && <SortIcon descending={order.descending} />}
      </button>
    </th>
  );
}

interface Actions {
  choose(row: ReferenceRow): void;
  press(event: KeyboardEvent, row: ReferenceRow): void;
  focus(key: string): void;
}

const Row = memo(function Row({
  row,
  store,
  tabStop,
  actions,
  keyboard,
}: {
  readonly row: ReferenceRow;
  readonly store: PictureStore;
  readonly tabStop: boolean;
  readonly actions: { readonly current: Actions };
  readonly keyboard: Keyboard;
}): JSX.Element {
  const { arrow, from, to, labels, marks } = row;
  const { key } = arrow;
  const lit = useComputed(() => (store.lit.value?.arrows.has(key) ? "" : undefined));
  const pinned = useComputed(() => (store.pinned.value === key ? "true" : "false"));
  const cut = useComputed(() => (store.cuts.keys.value.has(key) ? "" : undefined));
  const shownMarks = useComputed(() => {
    const all = [marks, store.cuts.keys.value.has(key) ? "cut" : ""];
    return all.filter((mark) => mark !== "").join(", ");
  });
  return (
    <tr
      tabIndex={tabStop ? 0 : -1}
      aria-selected={pinned}
      data-lit={lit}
      data-cut={cut}
      onClick={() => actions.current.choose(row)}
      onKeyDown={(event) => actions.current.press(event, row)}
      onFocus={() => {
        actions.current.focus(key);
        store.focused.value = { kind: "arrow", key };
      }}
      onBlur={() => (store.focused.value = null)}
      onPointerEnter={() => (store.hovered.value = { kind: "arrow", key })}
      onPointerLeave={() => (store.hovered.value = null)}
    >
      <NameCell box={from} keyboard={keyboard} />
      <td class="labels mono" title={labels}>
        <span class="labels-text">
          <Breakable>{labels}</Breakable>
        </span>
      </td>
      <NameCell box={to} keyboard={keyboard} />
      <td class="count">{formatCount(arrow.count)}</td>
      <td class="marks">{shownMarks}</td>
      {traits.value.counts && <CutCell arrow={arrow.key} store={store} />}
    </tr>
  );
});

/** A button that cuts the arrow, or takes its cut back; the key X does it too. */
function CutCell({ arrow, store }: { readonly arrow: string; readonly store: PictureStore }): JSX.Element {
  const pressed = useComputed(() => (store.cuts.keys.value.has(arrow) ? "true" : "false"));
  const cut = store.cuts.ofArrow(arrow);
  return (
    <td class="cut-cell">
      <button
        type="button"
        class="icon-button"
        tabIndex={-1}
        aria-label="Cut"
        aria-pressed={pressed}
        title={isCut(cut) ? "Cut for trial, or take the cut back (X)" : cut.reason}
        disabled={!isCut(cut)}
        onClick={(event) => {
          event.stopPropagation();
          store.cuts.toggle(arrow);
        }}
      >
        <CutIcon />
      </button>
    </td>
  );
}

function NameCell({ box, keyboard }: { readonly box: Box; readonly keyboard: Keyboard }): JSX.Element {
  return (
    <td class="name">
      <button
        type="button"
        class="link"
        tabIndex={-1}
        title={`Go to this box: ${box.description}`}
        onClick={(event) => {
          event.stopPropagation();
          keyboard.focus(box.key);
        }}
      >
        <Breakable>{boxName(box)}</Breakable>
      </button>
      {box.kind === "object" && <span class="id">{box.id}</span>}
    </td>
  );
}

/** A text that may be broken where a name has its joints. */
function Breakable({ children }: { readonly children: string }): JSX.Element {
  return (
    <>
      {children.split(/(?<=[._/:?])(?=[A-Za-z0-9])/).map((part, i) => (
        <Fragment key={i}>
          {i > 0 && <wbr />}
          {part}
        </Fragment>
      ))}
    </>
  );
}

function onKey(
  event: KeyboardEvent,
  row: ReferenceRow,
  choose: (row: ReferenceRow) => void,
  keyboard: Keyboard,
): boolean {
  const element = event.currentTarget as HTMLElement;
  const move = (to: Element | null | undefined) => {
    (to as HTMLElement | null | undefined)?.focus();
    return true;
  };
  switch (event.key) {
    case "ArrowUp":
      return move(element.previousElementSibling);
    case "ArrowDown":
      return move(element.nextElementSibling);
    case "Home":
      return move(element.parentElement?.firstElementChild);
    case "End":
      return move(element.parentElement?.lastElementChild);
    case "ArrowLeft":
      keyboard.focus(row.from.key);
      return true;
    case "ArrowRight":
      keyboard.focus(row.to.key);
      return true;
    case "Enter":
    case " ":
      choose(row);
      return true;
    default:
      return false;
  }
}
