import { useSignal } from "@preact/signals";
import type { JSX } from "preact";
import { useLayoutEffect, useRef } from "preact/hooks";
import type { CutPreview } from "../../session/queries/cut.js";
import { Progress } from "../Answered.js";
import { formatBytes, formatCount, plural, text } from "../format.js";
import { copy } from "../host.js";
import { CutOrder } from "./CutOrder.js";
import { figuresText, fixText, type Suggestion, type SuggestedCut } from "./cuts.js";
import type { CutStore } from "./CutStore.js";
import type { Keyboard } from "./Keyboard.js";
import type { PictureStore } from "./PictureStore.js";

const TEXT = 2000;

/** What the references that are cut for trial would free. */
export function CutPanel({
  store: { cuts: store },
  keyboard,
}: {
  readonly store: PictureStore;
  readonly keyboard: Keyboard;
}): JSX.Element {
  const order = useSignal(false);
  const more = useRef<HTMLDivElement>(null);
  useToTheNewest(more, order.value, store.suggestion.value);
  const count = store.cuts.value.length;
  const preview = store.preview.value;
  const suggestion = store.suggestion.value;
  const empty = count === 0 && !suggestion && !store.trouble.value;
  const then = (run: () => void) => () => {
    run();
    // A button that goes takes the keyboard with it.
    if (store.cuts.peek().length === 0) keyboard.focusCurrent();
  };
  return (
    <section
      class={empty ? "graph-cuts empty" : "graph-cuts"}
      aria-label="Cut references"
      aria-busy={store.busy.value !== null}
    >
      <div class="cut-bar">
        <p class="cut-figures" role="status">
          {preview && count > 0
            ? figuresText(preview, count, formatBytes)
            : count > 0
              ? `${formatCount(count)} cut`
              : ""}
        </p>
        {count > 0 && (
          <div class="actions">
            <button
              type="button"
              class="button"
              disabled={store.undoable.value === 0}
              onClick={then(() => store.undo())}
            >
              Undo cut
            </button>
            <button type="button" class="button" onClick={then(() => store.reset())}>
              Reset cuts
            </button>
            <button
              type="button"
              class="button"
              aria-expanded={order.value}
              onClick={() => (order.value = !order.value)}
            >
              <span aria-hidden="true">{order.value ? "▾" : "▸"}</span> Order of destruction
            </button>
          </div>
        )}
      </div>
      <Waiting store={store} />
      {!empty && (
        <div ref={more} class="cut-more">
          {preview && count > 0 && <Doubts preview={preview} />}
          {suggestion && <Suggested suggestion={suggestion} store={store} keyboard={keyboard} />}
          {preview && count > 0 && order.value && <CutOrder preview={preview} />}
        </div>
      )}
    </section>
  );
}

/** Brings what was just asked for into view: the list of steps is below the suggestion. */
function useToTheNewest(
  more: { readonly current: HTMLElement | null },
  order: boolean,
  suggestion: Suggestion | null,
): void {
  const show = (selector: string) => {
    const pane = more.current;
    const part = pane?.querySelector<HTMLElement>(selector);
    if (!pane || !part) return;
    // In a narrow window the page scrolls, and the panel can be below its end.
    pane.parentElement?.scrollIntoView({ block: "nearest" });
    pane.scrollTop += part.getBoundingClientRect().top - pane.getBoundingClientRect().top;
  };
  useLayoutEffect(() => {
    if (order) show(".cut-order");
  }, [order]);
  useLayoutEffect(() => {
    if (suggestion) show(".cut-suggestion");
  }, [suggestion]);
}

function Waiting({ store }: { readonly store: CutStore }): JSX.Element | null {
  const busy = store.busy.value;
  const trouble = store.trouble.value;
  if (busy) {
    return (
      <div class="graph-cut-busy waiting">
        <Progress doing={busy.doing} done={busy.done} step={busy.step} />
        <button type="button" class="button" onClick={() => store.cancel()}>
          Cancel
        </button>
      </div>
    );
  }
  if (!trouble) return null;
  return (
    <div class="trouble" role="alert">
      <p class="problem">{text(trouble.message, TEXT)}</p>
      {trouble.advice !== "" && <p>{text(trouble.advice, TEXT)}</p>}
      <div class="actions">
        <button type="button" class="button" onClick={() => trouble.retry()}>
          Try again
        </button>
        <button type="button" class="button" onClick={() => (store.trouble.value = null)}>
          Dismiss
        </button>
      </div>
    </div>
  );
}

function Doubts({ preview }: { readonly preview: CutPreview }): JSX.Element | null {
  if (preview.unknown.length === 0) return null;
  return (
    <div>
      <p>This is not certain:</p>
      <ul class="notes">
        {preview.unknown.map((reason) => (
          <li key={reason}>{text(reason, TEXT)}</li>
        ))}
      </ul>
    </div>
  );
}

function Suggested({
  suggestion,
  store,
  keyboard,
}: {
  readonly suggestion: Suggestion;
  readonly store: CutStore;
  readonly keyboard: Keyboard;
}): JSX.Element {
  const hide = () => {
    store.suggestion.value = null;
    keyboard.focusCurrent();
  };
  const { rows, fix, none } = suggestion;
  return (
    <div class="cut-suggestion">
      <div class="heading-line">
        <h2>{rows.length === 0 ? "No cut to suggest" : "Suggested cuts"}</h2>
        <div class="actions">
          {fix !== undefined && rows.length > 1 && (
            <button type="button" class="button" onClick={() => copy(fix)}>
              Copy fix for all
            </button>
          )}
          <button type="button" class="button" onClick={hide}>
            Hide
          </button>
        </div>
      </div>
      {none !== undefined && <p>{text(none, TEXT)}</p>}
      {rows.length > 0 && (
        <ol>
          {rows.map((row, i) => (
            <Row key={i} row={row} store={store} />
          ))}
        </ol>
      )}
    </div>
  );
}

function Row({ row, store }: { readonly row: SuggestedCut; readonly store: CutStore }): JSX.Element {
  const { name, label, to, why, idiom, code } = row;
  return (
    <li>
      <div class="cut-row-line">
        <p class="anywhere">
          {text(name, 120)} <span class="mono label">{text(label, 120)}</span> → {text(to, 120)}{" "}
          <span class="quiet">({stateText(row, store)})</span>
        </p>
        <button
          type="button"
          class="button"
          aria-label={`Copy fix for ${text(label, 120)}`}
          onClick={() => copy(fixText(row))}
        >
          Copy fix
        </button>
      </div>
      <p>{text(why, TEXT)}</p>
      <p>
        <strong>What to do:</strong> {text(idiom, TEXT)}
      </p>
      {code !== undefined && <code class="cut-code">{text(code, TEXT)}</code>}
    </li>
  );
}

/** How many of the references that a row stands for are cut. */
function stateText({ cuts, count }: SuggestedCut, store: CutStore): string {
  const cut = cuts.filter(({ key }) => store.keys.value.has(key)).length;
  if (count === 1) return cut === 1 ? "cut" : cuts.length === 0 ? "not drawn, not cut" : "not cut";
  const missing = cuts.length < count ? ", the others are not drawn" : "";
  return `${formatCount(cut)} of ${plural(count, "reference")} cut${missing}`;
}
