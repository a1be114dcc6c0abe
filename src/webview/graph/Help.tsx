import type { JSX } from "preact";
import { useEffect, useRef } from "preact/hooks";
import { traits } from "../traits.js";
import { keyHelp } from "./Keyboard.js";

const MOUSE: readonly (readonly [gesture: string, does: string])[] = [
  ["Wheel", "Zoom at the pointer"],
  ["Drag", "Move the picture"],
  ["Click", "Select a box or an arrow; on a box “more”: draw more"],
  ["Double click", "Show referents of the box"],
];

/** The keys and gestures of the picture, in a dialog. */
export function Help({ open, close }: { readonly open: boolean; close(): void }): JSX.Element {
  const dialog = useRef<HTMLDialogElement>(null);
  const cuts = traits.value.counts;
  useEffect(() => {
    if (open) dialog.current?.showModal();
    else dialog.current?.close();
  }, [open]);
  return (
    <dialog
      ref={dialog}
      class="graph-help"
      aria-labelledby="graph-help-title"
      onClose={close}
      // The dialog's own area is its backdrop.
      onClick={(event) => event.target === dialog.current && close()}
    >
      <div>
        <h2 id="graph-help-title">Keys and mouse</h2>
        <p>Keys act on the box that has the focus. Tab leads to the picture, and on to the details and the table.</p>
        <dl>
          {keyHelp(cuts).map(([keys, does]) => (
            <div key={does}>
              <dt>
                {keys.map((key) => (
                  <kbd key={key}>{key}</kbd>
                ))}
              </dt>
              <dd>{does}</dd>
            </div>
          ))}
          {MOUSE.map(([gesture, does]) => (
            <div key={gesture}>
              <dt>{gesture}</dt>
              <dd>{does}</dd>
            </div>
          ))}
        </dl>
        <p>
          In the table of references: <kbd>↑</kbd> <kbd>↓</kbd> go through the rows, <kbd>Enter</kbd> highlights the
          arrow, <kbd>←</kbd> <kbd>→</kbd> go to the box at its beginning or end
          {cuts && (
            <>
              , <kbd>X</kbd> cuts the arrow of the row
            </>
          )}
          .
        </p>
        <button type="button" class="button primary" onClick={close}>
          Close
        </button>
      </div>
    </dialog>
  );
}
