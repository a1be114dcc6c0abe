import type { JSX } from "preact";
import { useEffect, useLayoutEffect, useMemo, useRef, useState } from "preact/hooks";
import type { PictureSeed } from "../../picture/Picture.js";
import { Progress } from "../Answered.js";
import { plural, text } from "../format.js";
import { traits } from "../traits.js";
import { Canvas } from "./Canvas.js";
import { CutPanel } from "./CutPanel.js";
import { Details } from "./Details.js";
import { Help } from "./Help.js";
import { Keyboard } from "./Keyboard.js";
import { Legend } from "./Legend.js";
import { type PictureStore, type Shown, storeFor } from "./PictureStore.js";
import { ReferenceTable } from "./ReferenceTable.js";
import { Toolbar } from "./Toolbar.js";

// A pane this much wider than high has more room to the right than down.
const WIDE = 2.2;

/** Objects and the references between them as a picture that can be expanded, with a table beside it. */
export function LeakGraph({
  seed,
  suggest = false,
}: {
  readonly seed: PictureSeed;
  /** Whether the suggested cuts of its cycle are applied as it is opened. */
  readonly suggest?: boolean;
}): JSX.Element {
  const id = JSON.stringify(seed);
  const store = useMemo(() => storeFor(seed), [id]);
  return <Graph key={id} store={store} suggest={suggest} />;
}

function Graph({ store, suggest }: { readonly store: PictureStore; readonly suggest: boolean }): JSX.Element {
  const [help, setHelp] = useState(false);
  const [table, setTable] = useState(true);
  const root = useRef<HTMLDivElement>(null);
  const keyboard = useMemo(() => new Keyboard(store, () => focusDetails(root.current)), [store]);
  // The canvas below is mounted first, so that its size is known.
  useLayoutEffect(() => {
    const { width, height } = keyboard.camera?.pane ?? { width: 0, height: 0 };
    store.begin(width > WIDE * height ? "right" : "down");
  }, [store]);
  useEffect(() => {
    if (suggest && !store.cuts.offered) store.cuts.suggest();
    else store.cuts.refresh();
    return () => store.dispose();
  }, [store]);
  useCutKeys(store);
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key !== "?" || event.target instanceof HTMLInputElement) return;
    if (event.altKey || event.ctrlKey || event.metaKey) return;
    event.preventDefault();
    event.stopPropagation();
    setHelp(true);
  };
  const busy = store.busy.value !== null;
  const shown = store.shown.value;

  return (
    <div ref={root} class={table ? "leak-graph" : "leak-graph without-table"} onKeyDown={onKeyDown}>
      <div class="graph-head">
        <h1 tabIndex={-1}>Leak graph</h1>
        <p class="graph-title">{shown ? text(shown.picture.title) : ""}</p>
        <Toolbar store={store} keyboard={keyboard} help={() => setHelp(true)} />
        <Notes shown={shown} />
      </div>
      <div class="graph-pane" aria-busy={busy}>
        <Canvas store={store} keyboard={keyboard} />
        <Busy store={store} />
        <TroubleNote store={store} />
        <Legend />
        <p id="graph-hint" class="graph-unseen">
          Arrow keys go from box to box, Enter opens what can be done with one, question mark lists all keys. The table
          of references says the same in words.
        </p>
        <Told shown={shown} />
      </div>
      {traits.value.counts && <CutPanel store={store} keyboard={keyboard} />}
      <div class="graph-side">
        <Details store={store} keyboard={keyboard} />
        <section class="graph-references" aria-labelledby="graph-references-title">
          <h2 id="graph-references-title">
            <button type="button" class="graph-fold" aria-expanded={table} onClick={() => setTable(!table)}>
              <span aria-hidden="true">{table ? "▾" : "▸"}</span> References
            </button>
          </h2>
          {table && <ReferenceTable store={store} keyboard={keyboard} />}
        </section>
      </div>
      <Help open={help} close={() => setHelp(false)} />
    </div>
  );
}

/** An arrow has no focus of its own in the picture: its keys are heard wherever nothing is typed. */
function useCutKeys(store: PictureStore): void {
  useEffect(() => {
    const listener = (event: KeyboardEvent) => {
      if (event.altKey || event.ctrlKey || event.metaKey || event.target instanceof HTMLInputElement) return;
      const arrow = store.currentArrow.peek();
      if (event.key === "z" && store.cuts.undoable.peek() > 0) store.cuts.undo();
      else if (event.key === "x" && arrow !== null && traits.peek().counts) store.cuts.toggle(arrow);
      else return;
      event.preventDefault();
      event.stopPropagation();
    };
    document.addEventListener("keydown", listener);
    return () => document.removeEventListener("keydown", listener);
  }, [store]);
}

function focusDetails(root: HTMLElement | null): void {
  // The selection is drawn first.
  requestAnimationFrame(() => root?.querySelector<HTMLElement>(".graph-details button")?.focus());
}

function Notes({ shown }: { readonly shown: Shown | null }): JSX.Element | null {
  const notes = shown?.picture.notes ?? [];
  if (notes.length === 0) return null;
  return (
    <ul class="graph-notes" aria-label="Notes">
      {notes.map((note) => (
        <li key={note}>{text(note)}</li>
      ))}
    </ul>
  );
}

/** What has changed, for a screen reader. */
function Told({ shown }: { readonly shown: Shown | null }): JSX.Element {
  return (
    <p class="graph-unseen" role="status">
      {shown ? toldOf(shown) : ""}
    </p>
  );
}

function toldOf({ picture, before }: Shown): string {
  const drawn = `${plural(picture.boxes.length, "box", "boxes")}, ${plural(picture.arrows.length, "arrow")}`;
  if (!before) return drawn;
  const known = new Set(before.boxes.map(({ key }) => key));
  const added = picture.boxes.filter(({ key }) => !known.has(key)).length;
  return `${drawn}, ${plural(added, "new box", "new boxes")}`;
}

function Busy({ store }: { readonly store: PictureStore }): JSX.Element | null {
  const busy = store.busy.value;
  if (!busy) return null;
  return (
    <div class="graph-busy waiting">
      <Progress doing="Drawing" done={busy.done} step={busy.step} />
      <button type="button" class="button" onClick={() => store.cancel()}>
        Cancel
      </button>
    </div>
  );
}

function TroubleNote({ store }: { readonly store: PictureStore }): JSX.Element | null {
  const trouble = store.trouble.value;
  if (!trouble) return null;
  return (
    <div class="graph-trouble trouble" role="alert">
      <p class="problem">{text(trouble.message, 2000)}</p>
      {trouble.advice !== "" && <p>{text(trouble.advice, 2000)}</p>}
      <div class="actions">
        <button type="button" class="button" onClick={() => trouble.retry()}>
          Try again
        </button>
        {store.shown.value && (
          <button type="button" class="button" onClick={() => (store.trouble.value = null)}>
            Dismiss
          </button>
        )}
      </div>
    </div>
  );
}
