import { overlap } from "./overlap.js";
import type { Rectangle } from "./Picture.js";
import type { Placement, Point } from "./place.js";
import type { Sketch } from "./sketch.js";

// Pixels by which a curve may cut the corner of a box.
const CORNER = 2;
const STEP = 3;

/** True if no label lies on a box or another label, and no arrow runs through a box that is none of its ends. */
export function isClear(sketch: Sketch, placement: Placement): boolean {
  const boxes = sketch.boxes.map((box, i) => ({ ...box, ...placement.boxes[i] }));
  const labels = sketch.arrows.flatMap(({ label }, i) => {
    const at = placement.arrows[i].label;
    return label && at ? [{ ...label, ...at }] : [];
  });
  if (labels.some((label, i) => [...boxes, ...labels.slice(i + 1)].some((other) => overlap(label, other))))
    return false;
  return placement.arrows.every(({ points }, i) => {
    const { from, to } = sketch.arrows[i];
    const others = boxes.filter(({ key }) => key !== from && key !== to);
    return !pieces(points).some((piece) => {
      // A curve lies within the hull of its control points.
      const near = others.filter((box) => overlap(box, hull(piece)));
      return near.length > 0 && along(piece).some((point) => near.some((box) => isInside(point, box)));
    });
  });
}

function isInside({ x, y }: Point, box: Rectangle): boolean {
  return x > box.x + CORNER && x < box.x + box.width - CORNER && y > box.y + CORNER && y < box.y + box.height - CORNER;
}

/** The four points of each Bézier curve. */
function pieces(points: readonly number[]): (readonly number[])[] {
  const all: (readonly number[])[] = [];
  for (let i = 0; i + 7 < points.length; i += 6) all.push(points.slice(i, i + 8));
  return all;
}

function hull([x0, y0, x1, y1, x2, y2, x3, y3]: readonly number[]): Rectangle {
  const [x, y] = [Math.min(x0, x1, x2, x3), Math.min(y0, y1, y2, y3)];
  return { x, y, width: Math.max(x0, x1, x2, x3) - x, height: Math.max(y0, y1, y2, y3) - y };
}

function along(piece: readonly number[]): Point[] {
  const { width, height } = hull(piece);
  const steps = Math.ceil((width + height) / STEP) + 1;
  const [x0, y0, x1, y1, x2, y2, x3, y3] = piece;
  return Array.from({ length: steps + 1 }, (_, i) => {
    const t = i / steps;
    const [a, b, c, d] = [(1 - t) ** 3, 3 * t * (1 - t) ** 2, 3 * t * t * (1 - t), t ** 3];
    return { x: a * x0 + b * x1 + c * x2 + d * x3, y: a * y0 + b * y1 + c * y2 + d * y3 };
  });
}
