/** The room of a line in user units. */
export interface Box {
  readonly left: number;
  readonly right: number;
  readonly top: number;
  readonly bottom: number;
}

// What changes by less than this share of its size is drawn nearly flat: noise is not to look like growth.
const LEAST_SPREAD = 0.1;

/** Where each number lies: to the right the snapshots at equal distances, upwards the size. */
export function linePoints(values: readonly number[], { left, right, top, bottom }: Box): [x: number, y: number][] {
  const high = values.reduce((most, value) => Math.max(most, value), 0);
  const low = values.reduce((least, value) => Math.min(least, value), high * (1 - LEAST_SPREAD));
  const step = values.length > 1 ? (right - left) / (values.length - 1) : 0;
  const first = values.length > 1 ? left : (left + right) / 2;
  return values.map((value, i) => [
    round(first + i * step),
    round(high > low ? bottom - ((value - low) / (high - low)) * (bottom - top) : (top + bottom) / 2),
  ]);
}

/** The points as SVG's `points` has them. */
export function pointsText(points: readonly (readonly [number, number])[]): string {
  return points.map((point) => point.join(",")).join(" ");
}

/** Positions that get a label on the axis: not more than fit, the first and the last among them. */
export function labelled(count: number, most: number): number[] {
  const step = Math.max(1, Math.ceil(count / most));
  const last = count - 1;
  // What is too near to the last one would touch its label.
  return [...Array(count).keys()].filter((i) => i === last || (i % step === 0 && last - i >= step * 0.9));
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}
