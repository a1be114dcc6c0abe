import type { Arrow, Box, Picture, Rectangle } from "../../src/picture/Picture.js";

// Pixels. Graphviz counts in points, rounds, and clips curves at borders only so exactly.
const BORDER = 1.5;
const SHRINK = 2;
const STEP = 2;

interface Point {
  readonly x: number;
  readonly y: number;
}

/** What makes a picture hard to read, each in a few words; by sort, so that a test can say which it means. */
export interface Faults {
  readonly boxOnBox: readonly string[];
  readonly labelOnBox: readonly string[];
  readonly labelOnLabel: readonly string[];
  /** A curve inside a box that is none of its ends. */
  readonly arrowThroughBox: readonly string[];
  /** A curve that runs on inside one of its own ends. */
  readonly arrowThroughEnd: readonly string[];
  /** An arrow that does not begin or end on the border of its box. */
  readonly looseEnd: readonly string[];
  readonly outside: readonly string[];
}

/** Looks for all faults. */
export function faultsOf(picture: Picture): Faults {
  const { boxes, arrows } = picture;
  const box = new Map(boxes.map((each) => [each.key, each]));
  const labelled = arrows.filter(({ label }) => label !== null);
  const labels = labelled.map((arrow) => ({ key: arrow.key, area: arrow.label! }));
  const found = {
    boxOnBox: pairs(boxes).flatMap(([a, b]) => (meet(a, b, 0.5) ? [`${a.key} ${b.key}`] : [])),
    labelOnBox: labels.flatMap(({ key, area }) =>
      boxes.filter((each) => meet(each, area, 0.5)).map((each) => `${key} on ${each.key}`),
    ),
    labelOnLabel: pairs(labels).flatMap(([a, b]) => (meet(a.area, b.area, 0.5) ? [`${a.key} ${b.key}`] : [])),
    arrowThroughBox: [] as string[],
    arrowThroughEnd: [] as string[],
    looseEnd: [] as string[],
    outside: boxes.filter((each) => !holds(picture, each)).map(({ key }) => key),
  };
  for (const { key, area } of labels) if (!holds(picture, area)) found.outside.push(key);
  for (const arrow of arrows) {
    const along = pieces(arrow.points);
    if (!along.every(({ bounds }) => holds(picture, bounds))) found.outside.push(arrow.key);
    const around = boundsOf(
      along.flatMap(({ bounds: { x, y, width, height } }) => [
        { x, y },
        { x: x + width, y: y + height },
      ]),
    );
    const runsThrough = (area: Rectangle) =>
      meet(around, area, 0) &&
      along.some(({ points, bounds }) => meet(bounds, area, 0) && points.some((at) => isInside(at, area, SHRINK)));
    for (const each of boxes) {
      if (!runsThrough(each)) continue;
      const own = each.key === arrow.from || each.key === arrow.to;
      (own ? found.arrowThroughEnd : found.arrowThroughBox).push(`${arrow.key} in ${each.key}`);
    }
    if (!endsAt(arrow, box)) found.looseEnd.push(arrow.key);
  }
  return found;
}

function pairs<T>(all: readonly T[]): [T, T][] {
  return all.flatMap((a, i) => all.slice(i + 1).map((b): [T, T] => [a, b]));
}

function meet(a: Rectangle, b: Rectangle, slack: number): boolean {
  return (
    a.x + slack < b.x + b.width &&
    b.x + slack < a.x + a.width &&
    a.y + slack < b.y + b.height &&
    b.y + slack < a.y + a.height
  );
}

function isInside({ x, y }: Point, area: Rectangle, shrink: number): boolean {
  return (
    x > area.x + shrink && x < area.x + area.width - shrink && y > area.y + shrink && y < area.y + area.height - shrink
  );
}

function holds({ width, height }: Picture, area: Rectangle): boolean {
  return area.x >= 0 && area.y >= 0 && area.x + area.width <= width && area.y + area.height <= height;
}

function endsAt({ points, from, to }: Arrow, box: ReadonlyMap<string, Box>): boolean {
  if (points.length < 8 || points.length % 6 !== 2) return false;
  const start = { x: points[0], y: points[1] };
  const tip = { x: points.at(-2)!, y: points.at(-1)! };
  return isOnBorder(start, box.get(from)!) && isOnBorder(tip, box.get(to)!);
}

function isOnBorder(point: Point, area: Rectangle): boolean {
  return isInside(point, area, -BORDER) && !isInside(point, area, BORDER);
}

/** The parts of a curve with points on them, about STEP pixels from each other. */
function pieces(points: readonly number[]): { points: Point[]; bounds: Rectangle }[] {
  const all: { points: Point[]; bounds: Rectangle }[] = [];
  for (let i = 0; i + 7 < points.length; i += 6) {
    const [x0, y0, x1, y1, x2, y2, x3, y3] = points.slice(i, i + 8);
    const length = Math.hypot(x1 - x0, y1 - y0) + Math.hypot(x2 - x1, y2 - y1) + Math.hypot(x3 - x2, y3 - y2);
    const steps = Math.max(2, Math.ceil(length / STEP));
    const on = Array.from({ length: steps + 1 }, (_, s) => {
      const t = s / steps;
      const mix = (a: number, b: number, c: number, d: number) =>
        (1 - t) ** 3 * a + 3 * (1 - t) ** 2 * t * b + 3 * (1 - t) * t * t * c + t ** 3 * d;
      return { x: mix(x0, x1, x2, x3), y: mix(y0, y1, y2, y3) };
    });
    all.push({ points: on, bounds: boundsOf(on) });
  }
  return all;
}

function boundsOf(points: readonly Point[]): Rectangle {
  const [left, top] = [Math.min(...points.map(({ x }) => x)), Math.min(...points.map(({ y }) => y))];
  const [right, bottom] = [Math.max(...points.map(({ x }) => x)), Math.max(...points.map(({ y }) => y))];
  return { x: left, y: top, width: right - left, height: bottom - top };
}
