import type { Picture } from "./Picture.js";
import type { Placement } from "./place.js";
import type { Sketch } from "./sketch.js";

/** The sketch with everything in its place. */
export function compose(sketch: Sketch, placement: Placement): Picture {
  return {
    width: placement.width,
    height: placement.height,
    boxes: sketch.boxes.map((box, i) => ({ ...box, ...placement.boxes[i] })),
    arrows: sketch.arrows.map((arrow, i) => {
      const { points, label } = placement.arrows[i];
      return { ...arrow, points, label: arrow.label && label && { ...arrow.label, ...label } };
    }),
    title: sketch.title,
    notes: sketch.notes,
  };
}
