import { overlap } from "../../picture/overlap.js";
import type { Rectangle } from "../../picture/Picture.js";
import type { Size, View } from "./geometry.js";
import type { PictureStore } from "./PictureStore.js";

// Of the pane's size, on each side: so much more is drawn than is seen.
const BEYOND = 0.5;
// A region so many times larger than the pane was made for a smaller scale.
const TOO_LARGE = 4;

interface Item {
  readonly element: SVGElement;
  readonly area: Rectangle;
  drawn: boolean;
}

/**
 * Leaves out texts that are far outside of the pane: browsers lay out each text of an SVG anew for each scale, seen or
 * not. Boxes and arrows themselves stay, so that the keyboard reaches them.
 */
export class Culler {
  #items: Item[] = [];
  #region: Rectangle | null = null;

  /** Takes the texts of a picture that has just been drawn. */
  collect(svg: SVGSVGElement, store: PictureStore): void {
    this.#region = null;
    this.#items = [];
    const take = (element: SVGElement | null, area: Rectangle | null | undefined) => {
      if (!element || !area) return;
      element.removeAttribute("data-away");
      this.#items.push({ element, area, drawn: true });
    };
    for (const element of svg.querySelectorAll<SVGElement>("[data-box]")) {
      take(element.querySelector(".lines"), store.boxes.peek().get(element.getAttribute("data-box")!));
    }
    for (const element of svg.querySelectorAll<SVGElement>(".label[data-arrow]")) {
      take(element, store.arrows.peek().get(element.getAttribute("data-arrow")!)?.label);
    }
  }

  /** Draws the texts that the view may show, and no others. */
  update({ k, x, y }: View, pane: Size): void {
    const seen = { x: -x / k, y: -y / k, width: pane.width / k, height: pane.height / k };
    if (this.#region && contains(this.#region, seen) && this.#region.width < TOO_LARGE * seen.width) return;
    const region = {
      x: seen.x - seen.width * BEYOND,
      y: seen.y - seen.height * BEYOND,
      width: seen.width * (1 + 2 * BEYOND),
      height: seen.height * (1 + 2 * BEYOND),
    };
    this.#region = region;
    for (const item of this.#items) {
      const drawn = overlap(region, item.area);
      if (drawn === item.drawn) continue;
      item.drawn = drawn;
      // The stylesheet hides the text itself; a hidden group would still be laid out.
      item.element.toggleAttribute("data-away", !drawn);
    }
  }
}

function contains(outer: Rectangle, inner: Rectangle): boolean {
  return (
    inner.x >= outer.x &&
    inner.y >= outer.y &&
    inner.x + inner.width <= outer.x + outer.width &&
    inner.y + inner.height <= outer.y + outer.height
  );
}
