import type { JSX } from "preact";
import { formatCount } from "../format.js";
import { CutIcon } from "../icons.js";
import type { Keyboard } from "./Keyboard.js";
import type { PictureStore } from "./PictureStore.js";

/** What can be done with the picture as a whole. */
export function Toolbar({
  store,
  keyboard,
  help,
}: {
  readonly store: PictureStore;
  readonly keyboard: Keyboard;
  help(): void;
}): JSX.Element {
  const shown = store.shown.value;
  const none = shown === null;
  const undoable = store.undoable.value;
  const direction = shown?.wish.direction;
  return (
    <div class="graph-toolbar">
      <div class="choice" role="group" aria-label="Zoom">
        <button type="button" class="button" aria-label="Zoom out" disabled={none} onClick={() => keyboard.zoom("out")}>
          −
        </button>
        <button type="button" class="button" disabled={none} onClick={() => keyboard.fit()}>
          Fit
        </button>
        <button type="button" class="button" aria-label="Zoom in" disabled={none} onClick={() => keyboard.zoom("in")}>
          +
        </button>
      </div>
      <div class="choice" role="group" aria-label="References point">
        {(["down", "right"] as const).map((way) => (
          <button
            key={way}
            type="button"
            class="button"
            aria-label={`References point ${way}`}
            aria-pressed={direction === way}
            disabled={none}
            onClick={() => store.turn(way)}
          >
            {way === "down" ? "Down ↓" : "Right →"}
          </button>
        ))}
      </div>
      <div class="actions">
        <button
          type="button"
          class="button"
          title="Undo the last expansion"
          disabled={undoable === 0}
          onClick={() => store.undo()}
        >
          {undoable > 1 ? `Undo (${formatCount(undoable)})` : "Undo"}
        </button>
        <button
          type="button"
          class="button"
          title="Undo all expansions"
          disabled={undoable === 0}
          onClick={() => store.reset()}
        >
          Reset
        </button>
      </div>
      {store.cuts.suggests && (
        <button
          type="button"
          class="button graph-suggest"
          title="Cut for trial what ends this cycle with the least effort"
          disabled={none}
          onClick={() => store.cuts.suggest()}
        >
          <CutIcon /> Suggest cut
        </button>
      )}
      <div class="actions">
        <button type="button" class="button" disabled={none} onClick={() => void store.export("svg")}>
          Export SVG
        </button>
        <button type="button" class="button" disabled={none} onClick={() => void store.export("dot")}>
          Export DOT
        </button>
      </div>
      <button
        type="button"
        class="button graph-help-button"
        aria-label="Keys and mouse"
        title="Keys and mouse (?)"
        onClick={help}
      >
        ?
      </button>
    </div>
  );
}
