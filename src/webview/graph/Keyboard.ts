import type { Box } from "../../picture/Picture.js";
import { showObject } from "../go.js";
import { copy, goToSource } from "../host.js";
import type { Camera } from "./Camera.js";
import { fitAll, nearest, type Side } from "./geometry.js";
import type { PictureStore } from "./PictureStore.js";

const PAN = 60;
const sides: Readonly<Record<string, Side>> = {
  ArrowLeft: "left",
  ArrowRight: "right",
  ArrowUp: "up",
  ArrowDown: "down",
};

/** A key, or several that belong together, and what it does. */
type KeyHelp = readonly [keys: readonly string[], does: string];

const KEYS: readonly KeyHelp[] = [
  [["←", "→", "↑", "↓"], "Go to the nearest box on that side"],
  [["Enter"], "Select the box and go to its details; on a box “more”: draw more"],
  [["Space"], "Select the box"],
  [["R"], "Show referrers"],
  [["T"], "Show referents"],
  [["P"], "Draw a path from a root"],
  [["D"], "Show all about the object"],
  [["G"], "Go to source"],
  [["C"], "Copy the id"],
  [["+", "−"], "Zoom in, zoom out"],
  [["0"], "Fit the picture into the pane"],
  [["Shift", "arrow"], "Move the picture"],
  [["U"], "Undo the last expansion"],
];

const CUT_KEYS: readonly KeyHelp[] = [
  [["X"], "Cut the selected arrow for trial, or take its cut back"],
  [["Z"], "Undo the last cut"],
];

const LAST_KEYS: readonly KeyHelp[] = [
  [["Escape"], "Select nothing; in the details: back to the box"],
  [["?"], "Show this list"],
];

/**
 * The keys, as the help lists them.
 * @param cuts with those that cut arrows
 */
export function keyHelp(cuts: boolean): readonly KeyHelp[] {
  return [...KEYS, ...(cuts ? CUT_KEYS : []), ...LAST_KEYS];
}

/** The keys of the picture; "?" is heard in all of the view. */
export class Keyboard {
  camera: Camera | null = null;
  svg: SVGSVGElement | null = null;
  readonly #store: PictureStore;
  readonly #toDetails: () => void;

  /** @param toDetails moves the keyboard to the details */
  constructor(store: PictureStore, toDetails: () => void) {
    this.#store = store;
    this.#toDetails = toDetails;
  }

  /** Moves the keyboard to a box. */
  focus(key: string): void {
    const element = this.svg?.querySelector<SVGElement>(`[data-box="${CSS.escape(key)}"]`);
    element?.focus({ preventScroll: true });
    const box = this.#store.boxes.peek().get(key);
    if (box) this.camera?.reveal(box);
  }

  /** Moves the keyboard to the box that had it last. */
  focusCurrent(): void {
    const key = this.#store.current.peek();
    if (key !== null) this.focus(key);
  }

  fit(): void {
    const shown = this.#store.shown.peek();
    if (!shown || !this.camera) return;
    this.#store.moved = true;
    this.camera.show(fitAll(shown.picture, this.camera.pane));
  }

  zoom(direction: "in" | "out"): void {
    this.#store.moved = true;
    if (direction === "in") this.camera?.zoomIn();
    else this.camera?.zoomOut();
  }

  press(event: KeyboardEvent): void {
    if (event.altKey || event.ctrlKey || event.metaKey) return;
    const side = sides[event.key];
    const box = this.#store.boxes.peek().get(this.#store.current.peek() ?? "");
    const done = side
      ? this.#move(side, box, event.shiftKey)
      : this.#view(event.key) || (box && this.#act(event.key, box));
    if (!done) return;
    event.preventDefault();
    event.stopPropagation();
  }

  #move(side: Side, box: Box | undefined, pan: boolean): boolean {
    if (pan) {
      this.#store.moved = true;
      const dx = side === "left" ? PAN : side === "right" ? -PAN : 0;
      const dy = side === "up" ? PAN : side === "down" ? -PAN : 0;
      this.camera?.pan(dx, dy);
      return true;
    }
    const next = box && nearest([...this.#store.boxes.peek().values()], box, side);
    if (next) this.focus(next.key);
    return true;
  }

  #view(key: string): boolean {
    switch (key) {
      case "+":
      case "=":
        this.zoom("in");
        return true;
      case "-":
        this.zoom("out");
        return true;
      case "0":
        this.fit();
        return true;
      case "u":
        this.#store.undo();
        return true;
      case "Escape":
        this.#store.select(null);
        return true;
      default:
        return false;
    }
  }

  #act(key: string, box: Box): boolean {
    const store = this.#store;
    switch (key) {
      case "Enter":
        if (box.kind === "more") store.more(box);
        else {
          store.select(box);
          this.#toDetails();
        }
        return true;
      case " ":
        if (box.kind === "more") store.more(box);
        else store.select(box);
        return true;
      case "r":
        store.expand({ id: box.id, direction: "referrers" }, box);
        return true;
      case "t":
        store.expand({ id: box.id, direction: "referents" }, box);
        return true;
      case "p":
        store.pathTo(box);
        return true;
      case "d":
        showObject(box.id);
        return true;
      case "g":
        if (box.location) goToSource(box.location);
        return true;
      case "c":
        copy(box.id);
        return true;
      default:
        return false;
    }
  }
}
