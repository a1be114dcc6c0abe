import { useComputed } from "@preact/signals";
import type { JSX } from "preact";
import { memo } from "preact/compat";
import { useLayoutEffect, useMemo, useRef } from "preact/hooks";
import type { Arrow, Box, Picture } from "../../picture/Picture.js";
import { formatCount } from "../format.js";
import { ArrowCutMark, ArrowShape, LabelShape } from "./ArrowShape.js";
import { BoxShape } from "./BoxShape.js";
import { Hatching } from "./fateMarks.js";
import { Camera } from "./Camera.js";
import { Culler } from "./Culler.js";
import { firstView, hold } from "./geometry.js";
import type { Keyboard } from "./Keyboard.js";
import type { PictureStore, Shown, Target } from "./PictureStore.js";

// At smaller scales only names are drawn in the boxes.
const FAR = 0.3;

/** The picture, which the mouse zooms and moves. */
export function Canvas({
  store,
  keyboard,
}: {
  readonly store: PictureStore;
  readonly keyboard: Keyboard;
}): JSX.Element {
  const svg = useRef<SVGSVGElement>(null);
  const group = useRef<SVGGElement>(null);
  const camera = useRef<Camera | null>(null);
  const culler = useMemo(() => new Culler(), [store]);
  const shown = store.shown.value;

  const hadFocus = svg.current?.contains(document.activeElement) ?? false;
  const groupClass = useComputed(() => (store.dimmed.value ? "graph-root dimmed" : "graph-root"));

  useLayoutEffect(() => {
    const made = new Camera(svg.current!, group.current!, (view, byHand) => {
      store.view = view;
      svg.current!.classList.toggle("far", view.k < FAR);
      culler.update(view, made.pane);
      if (byHand) store.moved = true;
    });
    camera.current = made;
    keyboard.camera = made;
    keyboard.svg = svg.current;
    const observer = new ResizeObserver(() => resized(made, store));
    observer.observe(svg.current!);
    return () => {
      observer.disconnect();
      made.dispose();
      keyboard.camera = null;
      keyboard.svg = null;
    };
  }, [store]);

  useLayoutEffect(() => {
    if (!shown) return;
    culler.collect(svg.current!, store);
    arrive(camera.current!, store, shown);
    // The box that had the keyboard may be gone.
    if (hadFocus && !svg.current!.contains(document.activeElement)) keyboard.focusCurrent();
  }, [shown]);

  // An SVG that listens to the focus itself would be a stop of the Tab key.
  return (
    <div
      class="graph-sheet"
      onFocusIn={(event) => onFocus(event, store, camera.current!)}
      onFocusOut={() => (store.focused.value = null)}
    >
      <svg
        ref={svg}
        class="graph-canvas"
        role="application"
        aria-label={shown ? canvasLabel(shown.picture) : "Leak graph"}
        aria-describedby="graph-hint"
        onKeyDown={(event) => keyboard.press(event)}
        onClick={(event) => onClick(event, store)}
        onDblClick={(event) => onDoubleClick(event, store)}
        onPointerOver={(event) => onHover(event, store, camera.current!)}
        onPointerLeave={() => (store.hovered.value = null)}
      >
        <Hatching />
        <g ref={group} class={groupClass}>
          {shown && <Drawing picture={shown.picture} store={store} />}
        </g>
      </svg>
    </div>
  );
}

function canvasLabel({ title, boxes, arrows }: Picture): string {
  return `${title}: ${formatCount(boxes.length)} boxes, ${formatCount(arrows.length)} arrows`;
}

/** Everything that is drawn; drawn anew only for another picture. */
const Drawing = memo(function Drawing({
  picture,
  store,
}: {
  readonly picture: Picture;
  readonly store: PictureStore;
}): JSX.Element {
  // Marked arrows lie over the others.
  const weight = ({ inCycle, onPath }: Arrow) => (inCycle ? 1 : 0) + (onPath ? 2 : 0);
  const arrows = picture.arrows.toSorted((a, b) => weight(a) - weight(b));
  return (
    <>
      <g aria-hidden="true">
        {arrows.map((arrow) => (
          <ArrowShape key={arrow.key} arrow={arrow} store={store} />
        ))}
      </g>
      <g aria-hidden="true">
        {arrows.map((arrow) => (
          <LabelShape key={arrow.key} arrow={arrow} store={store} />
        ))}
      </g>
      <g>
        {picture.boxes.map((box) => (
          <BoxShape key={box.key} box={box} store={store} />
        ))}
      </g>
      <g aria-hidden="true">
        {arrows.map((arrow) => (
          <ArrowCutMark key={arrow.key} arrow={arrow} store={store} />
        ))}
      </g>
    </>
  );
});

/** Shows a new picture: from its beginning, or with the box that asked for it where it was. */
function arrive(camera: Camera, store: PictureStore, shown: Shown): void {
  camera.content = shown.picture;
  if (!store.boxes.peek().has(store.current.peek() ?? "")) store.current.value = heir(shown)?.key ?? null;
  const pair = store.arrived === shown ? undefined : anchorPair(shown, store);
  store.arrived = shown;
  if (pair && store.view) {
    store.moved = true;
    camera.show(hold(store.view, pair[0], pair[1]));
  } else place(camera, store, shown);
}

function place(camera: Camera, store: PictureStore, shown: Shown): void {
  if (camera.pane.width > 0) camera.show((store.moved && store.view) || firstView(shown.picture, camera.pane));
}

/** Until it is moved, a picture stays where it is best seen; then the selected box stays in the pane. */
function resized(camera: Camera, store: PictureStore): void {
  const shown = store.shown.peek();
  const box = store.selectedBox.peek();
  if (!shown) return;
  if (!store.moved) place(camera, store, shown);
  else if (box) camera.reveal(box);
}

/** The box whose place is kept, as it was and as it is. */
function anchorPair({ before, picture, anchors }: Shown, store: PictureStore): [Box, Box] | undefined {
  if (!before) return undefined;
  const wanted = [...anchors, store.selectedBox.peek()?.key, store.current.peek(), ...picture.boxes.map((b) => b.key)];
  for (const key of wanted) {
    const was = before.boxes.find((box) => box.key === key);
    const is = picture.boxes.find((box) => box.key === key);
    if (was && is) return [was, is];
  }
  return undefined;
}

/** The box that takes the place of one that is gone in the order of the Tab key. */
function heir({ picture, anchors }: Shown): Box | undefined {
  const { boxes } = picture;
  for (const key of anchors) {
    const found = boxes.find((box) => box.key === key);
    if (found) return found;
  }
  return boxes.find((box) => box.inCycle) ?? boxes.find((box) => box.onPath) ?? boxes[0];
}

function targetOf(element: EventTarget | null): Target | null {
  const found = element instanceof Element ? element.closest("[data-box], [data-arrow]") : null;
  if (!found) return null;
  const box = found.getAttribute("data-box");
  return box === null ? { kind: "arrow", key: found.getAttribute("data-arrow")! } : { kind: "box", key: box };
}

/** What passes under the pointer while the picture moves is not pointed at. */
function onHover(event: PointerEvent, store: PictureStore, camera: Camera): void {
  if (event.buttons === 0 && !camera.moving) store.hovered.value = targetOf(event.target);
}

function onFocus(event: FocusEvent, store: PictureStore, camera: Camera): void {
  const target = targetOf(event.target);
  store.focused.value = target;
  const box = target?.kind === "box" ? store.boxes.value.get(target.key) : undefined;
  if (!box) return;
  store.current.value = box.key;
  // A click must not move what it clicks.
  if ((event.target as Element).matches(":focus-visible")) camera.reveal(box);
}

function onClick(event: MouseEvent, store: PictureStore): void {
  const target = targetOf(event.target);
  if (!target) {
    (document.activeElement as HTMLElement | null)?.blur();
    store.select(null);
  } else if (target.kind === "arrow") {
    store.pinned.value = target.key;
  } else {
    const box = store.boxes.value.get(target.key)!;
    if (box.kind === "more") store.more(box);
    else store.select(box);
  }
}

function onDoubleClick(event: MouseEvent, store: PictureStore): void {
  const target = targetOf(event.target);
  const box = target?.kind === "box" ? store.boxes.value.get(target.key) : undefined;
  if (box?.kind === "object") store.expand({ id: box.id, direction: "referents" }, box);
}
