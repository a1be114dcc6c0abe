import type { Box, Picture, Rectangle } from "../../picture/Picture.js";

/** Where a picture is seen: a point p of it stands at (k * p.x + x, k * p.y + y) pixels. */
export interface View {
  readonly k: number;
  readonly x: number;
  readonly y: number;
}

/** Size of the pane in pixels. */
export interface Size {
  readonly width: number;
  readonly height: number;
}

export type Side = "left" | "right" | "up" | "down";

/** Below this scale 12 px text is too small to read. */
export const READABLE = 0.65;
// Of a picture that does not fit in any case a part is shown at this scale.
const COMFORTABLE = 0.8;
export const SMALLEST = 0.02;
export const LARGEST = 4;
const MARGIN = 24;
// A box straight ahead is nearer than one as far away but to the side.
const ASIDE = 2;

/** The smallest rectangle around some; an empty one at the origin for none. */
export function unite(rectangles: readonly Rectangle[]): Rectangle {
  if (rectangles.length === 0) return { x: 0, y: 0, width: 0, height: 0 };
  let left = Infinity;
  let top = Infinity;
  let right = -Infinity;
  let bottom = -Infinity;
  for (const { x, y, width, height } of rectangles) {
    left = Math.min(left, x);
    top = Math.min(top, y);
    right = Math.max(right, x + width);
    bottom = Math.max(bottom, y + height);
  }
  return { x: left, y: top, width: right - left, height: bottom - top };
}

function centred(area: Rectangle, pane: Size, k: number): View {
  return {
    k,
    x: pane.width / 2 - k * (area.x + area.width / 2),
    y: pane.height / 2 - k * (area.y + area.height / 2),
  };
}

function scaleFor(area: Rectangle, pane: Size): number {
  const across = (pane.width - 2 * MARGIN) / Math.max(1, area.width);
  const along = (pane.height - 2 * MARGIN) / Math.max(1, area.height);
  return Math.min(1, Math.max(SMALLEST, Math.min(across, along)));
}

/** All of the picture in the middle of the pane, never enlarged. */
export function fitAll(picture: Picture, pane: Size): View {
  const area = { x: 0, y: 0, width: picture.width, height: picture.height };
  return centred(area, pane, scaleFor(area, pane));
}

/**
 * What is seen at first: all where the text stays readable; else the cycle, or the first box of the path, or the
 * box that nothing stands before.
 */
export function firstView(picture: Picture, pane: Size): View {
  const all = fitAll(picture, pane);
  if (all.k >= READABLE || picture.boxes.length === 0) return all;
  const cycle = picture.boxes.filter((box) => box.inCycle);
  const area = unite(cycle);
  const k = scaleFor(area, pane);
  if (cycle.length > 0 && k >= READABLE) return filling(centred(area, pane, k), picture, pane);
  const start = cycle[0] ?? picture.boxes.find((box) => box.onPath) ?? foremost(picture.boxes);
  return filling(centred(start, pane, COMFORTABLE), picture, pane);
}

/** The view moved so that no side of the pane is left empty that the picture could fill. */
function filling(view: View, picture: Size, pane: Size): View {
  const fill = (at: number, length: number, space: number) =>
    length + 2 * MARGIN <= space ? (space - length) / 2 : Math.min(MARGIN, Math.max(space - MARGIN - length, at));
  return {
    k: view.k,
    x: fill(view.x, view.k * picture.width, pane.width),
    y: fill(view.y, view.k * picture.height, pane.height),
  };
}

function foremost(boxes: readonly Box[]): Box {
  return boxes.reduce((best, box) => (box.x + box.y < best.x + best.y ? box : best));
}

/**
 * The view moved as little as possible so that `area` is within the pane; where `area` is too large, its upper left
 * corner. `keep`, if given, stays within the pane even so.
 */
export function reveal(view: View, area: Rectangle, pane: Size, keep?: Rectangle): View {
  const moved = {
    k: view.k,
    x: view.x + shift(view.k * area.x + view.x, view.k * area.width, pane.width),
    y: view.y + shift(view.k * area.y + view.y, view.k * area.height, pane.height),
  };
  return keep ? reveal(moved, keep, pane) : moved;
}

function shift(start: number, length: number, space: number): number {
  const margin = Math.min(MARGIN, Math.max(0, (space - length) / 2));
  if (start < margin || length > space) return margin - start;
  return Math.min(0, space - margin - (start + length));
}

/** The view in which `after` has its middle where `before` has it now. */
export function hold(view: View, before: Rectangle, after: Rectangle): View {
  return {
    k: view.k,
    x: view.x + view.k * (before.x + before.width / 2 - after.x - after.width / 2),
    y: view.y + view.k * (before.y + before.height / 2 - after.y - after.height / 2),
  };
}

/** The view moved so that at least `rest` pixels of the picture stay in the pane. */
export function within(view: View, picture: Size, pane: Size, rest = 60): View {
  const clamp = (at: number, length: number, space: number) => {
    const kept = Math.min(rest, length, space);
    return Math.min(space - kept, Math.max(kept - length, at));
  };
  return {
    k: view.k,
    x: clamp(view.x, view.k * picture.width, pane.width),
    y: clamp(view.y, view.k * picture.height, pane.height),
  };
}

/** The nearest box on one side of another, or undefined where that side is empty. */
export function nearest(boxes: readonly Box[], from: Box, side: Side): Box | undefined {
  let best: Box | undefined;
  let least = Infinity;
  for (const box of boxes) {
    if (box.key === from.key) continue;
    const [ahead, aside] = distances(from, box, side);
    if (ahead <= 0) continue;
    const distance = ahead + ASIDE * aside;
    if (distance >= least) continue;
    least = distance;
    best = box;
  }
  return best;
}

/** How far `to` is ahead and how far aside, between the middles; a box that overlaps sidewards is less far aside. */
function distances(from: Rectangle, to: Rectangle, side: Side): [ahead: number, aside: number] {
  const across = to.x + to.width / 2 - from.x - from.width / 2;
  const along = to.y + to.height / 2 - from.y - from.height / 2;
  const upright = side === "up" || side === "down";
  const ahead = { left: -across, right: across, up: -along, down: along }[side];
  // Boxes of one row have their middles a little apart where their heights differ.
  const same = upright
    ? from.y < to.y + to.height && to.y < from.y + from.height
    : from.x < to.x + to.width && to.x < from.x + from.width;
  if (same) return [0, 0];
  const apart = upright ? Math.abs(across) : Math.abs(along);
  const halves = upright ? (from.width + to.width) / 2 : (from.height + to.height) / 2;
  return [ahead, apart < halves ? apart / 4 : apart - (halves * 3) / 4];
}
