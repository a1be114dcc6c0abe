/** Median, with the least and the greatest value. */
export interface Spread {
  readonly median: number;
  readonly least: number;
  readonly most: number;
}

/** The spread of at least one value; of an even count the greater of the two in the middle. */
export function spread(values: readonly number[]): Spread {
  const sorted = [...values].sort((a, b) => a - b);
  return { median: sorted[sorted.length >> 1], least: sorted[0], most: sorted[sorted.length - 1] };
}

/** "median (least to most)"; of a single value that alone. */
export function shown({ median, least, most }: Spread, digits = 2): string {
  const text = median.toFixed(digits);
  return least === most ? text : `${text} (${least.toFixed(digits)} to ${most.toFixed(digits)})`;
}
