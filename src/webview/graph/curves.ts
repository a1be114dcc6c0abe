import type { Rectangle } from "../../picture/Picture.js";

/** An arrow as two SVG paths: its line, which ends where the head begins, and its head. */
export interface ArrowPaths {
  readonly line: string;
  readonly head: string;
}

/** Size of an arrow's head in pixels. */
export interface HeadSize {
  readonly length: number;
  readonly width: number;
  /** Two strokes rather than an area. */
  readonly open: boolean;
}

/**
 * Paths for a Bézier curve: x and y of its start, then two control points and an end for each piece. The line is
 * shortened by the length of the head, so that a heavy line does not show beside its point.
 */
export function arrowPaths(points: readonly number[], head: HeadSize): ArrowPaths {
  const count = points.length;
  if (count < 8) return { line: "", head: "" };
  const [endX, endY] = [points[count - 2], points[count - 1]];
  const [dx, dy] = endDirection(points);
  const short = head.open ? [...points] : shortened(points, [dx, dy], head.length);
  let line = `M${at(short, 0)}`;
  for (let i = 2; i + 5 < short.length; i += 6) line += `C${at(short, i)} ${at(short, i + 2)} ${at(short, i + 4)}`;
  const [baseX, baseY] = [endX - dx * head.length, endY - dy * head.length];
  const [sideX, sideY] = [(-dy * head.width) / 2, (dx * head.width) / 2];
  const left = `${round(baseX + sideX)},${round(baseY + sideY)}`;
  const right = `${round(baseX - sideX)},${round(baseY - sideY)}`;
  return { line, head: `M${left}L${round(endX)},${round(endY)}L${right}${head.open ? "" : "Z"}` };
}

function at(points: readonly number[], i: number): string {
  return `${round(points[i])},${round(points[i + 1])}`;
}

const round = (value: number) => Math.round(value * 10) / 10;

/** Unit vector along which the curve arrives; control points that coincide with the end say nothing. */
function endDirection(points: readonly number[]): [number, number] {
  const count = points.length;
  for (let i = count - 4; i >= 0; i -= 2) {
    const dx = points[count - 2] - points[i];
    const dy = points[count - 1] - points[i + 1];
    const length = Math.hypot(dx, dy);
    if (length > 0.5) return [dx / length, dy / length];
  }
  return [0, 1];
}

/** The curve with its end moved back; a last piece that the head covers goes altogether. */
function shortened(points: readonly number[], [dx, dy]: readonly [number, number], length: number): number[] {
  const count = points.length;
  const covered = Math.hypot(points[count - 2] - points[count - 8], points[count - 1] - points[count - 7]);
  const drop = count > 8 && covered <= length;
  const short = drop ? points.slice(0, -6) : [...points];
  const back = drop ? length - covered : length;
  // The control point before the end gives it its direction.
  for (const i of [short.length - 4, short.length - 2]) {
    short[i] -= dx * back;
    short[i + 1] -= dy * back;
  }
  return short;
}

// Of the course, the places best first: a mark stands off the arrow's ends and off its label.
const MARK_PLACES = [0.35, 0.25, 0.65, 0.5, 0.75, 0.15];
const MARK_ROOM = 10;
const SAMPLES = 12;

/** A place on a curve for a mark, where it does not cover a label. */
export function markPlace(points: readonly number[], label: Rectangle | null): [x: number, y: number] {
  const course: [number, number][] = [[points[0], points[1]]];
  for (let i = 2; i + 5 < points.length; i += 6) {
    for (let s = 1; s <= SAMPLES; s++) course.push(onPiece(points, i - 2, s / SAMPLES));
  }
  const along = [0];
  for (let i = 1; i < course.length; i++)
    along.push(along[i - 1] + Math.hypot(course[i][0] - course[i - 1][0], course[i][1] - course[i - 1][1]));
  const at = (part: number) => course[along.findIndex((length) => length >= part * along[along.length - 1])];
  const free = ([x, y]: [number, number]) =>
    !label ||
    x < label.x - MARK_ROOM ||
    x > label.x + label.width + MARK_ROOM ||
    y < label.y - MARK_ROOM ||
    y > label.y + label.height + MARK_ROOM;
  return MARK_PLACES.map(at).find(free) ?? at(MARK_PLACES[0]);
}

/** The point of a cubic Bézier curve that begins at `points[i]`, for `t` from 0 to 1. */
function onPiece(points: readonly number[], i: number, t: number): [number, number] {
  const u = 1 - t;
  const weights = [u * u * u, 3 * u * u * t, 3 * u * t * t, t * t * t];
  const sum = (offset: number) => weights.reduce((total, weight, k) => total + weight * points[i + 2 * k + offset], 0);
  return [sum(0), sum(1)];
}
