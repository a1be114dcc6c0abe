import { select } from "d3-selection";
import { type D3ZoomEvent, zoom, type ZoomBehavior, zoomIdentity, type ZoomTransform } from "d3-zoom";
import type { Rectangle } from "../../picture/Picture.js";
import { LARGEST, reveal, type Size, SMALLEST, type View, within } from "./geometry.js";

const STEP = 1.25;
// A mouse moves a little while it clicks.
const CLICK_DISTANCE = 4;

/** Zooms and pans an SVG: all of its content is in one group, whose transform is set. */
export class Camera {
  readonly #svg: SVGSVGElement;
  readonly #zoom: ZoomBehavior<SVGSVGElement, unknown>;
  #content: Size = { width: 0, height: 0 };
  #moving = false;
  #view: View = { k: 1, x: 0, y: 0 };

  /** `moved` is told each new view, and whether the user's hand moved it. */
  constructor(svg: SVGSVGElement, group: SVGGElement, moved: (view: View, byHand: boolean) => void) {
    this.#svg = svg;
    this.#zoom = zoom<SVGSVGElement, unknown>()
      .scaleExtent([SMALLEST, LARGEST])
      .extent(() => [
        [0, 0],
        [svg.clientWidth, svg.clientHeight],
      ])
      .constrain((transform) => this.#constrained(transform))
      .clickDistance(CLICK_DISTANCE)
      .on("start", ({ sourceEvent }: D3ZoomEvent<SVGSVGElement, unknown>) => {
        this.#moving = sourceEvent instanceof Event;
        svg.classList.toggle("panning", this.#moving && (sourceEvent as Event).type === "mousedown");
      })
      .on("end", () => {
        this.#moving = false;
        svg.classList.remove("panning");
      })
      .on("zoom", ({ transform, sourceEvent }: D3ZoomEvent<SVGSVGElement, unknown>) => {
        this.#view = { k: transform.k, x: transform.x, y: transform.y };
        group.setAttribute("transform", `translate(${transform.x},${transform.y}) scale(${transform.k})`);
        moved(this.#view, sourceEvent !== null && sourceEvent !== undefined);
      });
    select(svg).call(this.#zoom).on("dblclick.zoom", null);
  }

  get view(): View {
    return this.#view;
  }

  /** True while a hand moves the picture. */
  get moving(): boolean {
    return this.#moving;
  }

  /** Size of the pane. */
  get pane(): Size {
    return { width: this.#svg.clientWidth, height: this.#svg.clientHeight };
  }

  /** Tells how large the picture is, of which a part always stays in the pane. */
  set content(size: Size) {
    this.#content = size;
  }

  show({ k, x, y }: View): void {
    select(this.#svg).call(this.#zoom.transform, zoomIdentity.translate(x, y).scale(k));
  }

  zoomIn(): void {
    select(this.#svg).call(this.#zoom.scaleBy, STEP);
  }

  zoomOut(): void {
    select(this.#svg).call(this.#zoom.scaleBy, 1 / STEP);
  }

  /** Moves the picture by pixels of the pane. */
  pan(dx: number, dy: number): void {
    this.show(within({ ...this.#view, x: this.#view.x + dx, y: this.#view.y + dy }, this.#content, this.pane));
  }

  /** Moves the picture as little as possible so that an area of it is in the pane. */
  reveal(area: Rectangle, keep?: Rectangle): void {
    this.show(reveal(this.#view, area, this.pane, keep));
  }

  dispose(): void {
    select(this.#svg).on(".zoom", null);
  }

  #constrained(transform: ZoomTransform): ZoomTransform {
    const { k, x, y } = within(transform, this.#content, this.pane);
    return zoomIdentity.translate(x, y).scale(k);
  }
}
