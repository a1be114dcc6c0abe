/** How a number developed over snapshots. */
export interface Trend {
  /** Rise from one snapshot to the next, by least squares. */
  readonly slope: number;
  /** How much of the change a straight line explains, 0 to 1; 1 where nothing changes. */
  readonly r2: number;
  /** True if it rises, and goes on rising at the end. */
  readonly grows: boolean;
}

// A straight enough line. What is filled once and then stays has less.
const STRAIGHT = 0.8;
// The last step is to be at least so much of the average one.
const GOES_ON = 0.25;
// Of two snapshots nothing but the difference is known: so much is more than chance.
const LEAST_RISE = 10;
const LEAST_SHARE = 0.02;
// With so few snapshots a straight line can be chance: none may fall.
const FEW = 4;

/** Slope and fit of a straight line through a series, at equal distances (ordinary least squares). */
export function trendOf(series: readonly number[]): Trend {
  const n = series.length;
  if (n < 2) return { slope: 0, r2: 1, grows: false };
  const meanX = (n - 1) / 2;
  const meanY = series.reduce((sum, y) => sum + y, 0) / n;
  let xy = 0;
  let xx = 0;
  let yy = 0;
  series.forEach((y, x) => {
    xy += (x - meanX) * (y - meanY);
    xx += (x - meanX) ** 2;
    yy += (y - meanY) ** 2;
  });
  const slope = xy / xx;
  const r2 = yy === 0 ? 1 : (xy * xy) / (xx * yy);
  return { slope, r2, grows: isGrowing(series, slope, r2) };
}

function isGrowing(series: readonly number[], slope: number, r2: number): boolean {
  const n = series.length;
  const rise = series[n - 1] - series[0];
  if (rise <= 0) return false;
  if (n === 2) return rise >= LEAST_RISE && rise >= series[0] * LEAST_SHARE;
  if (n <= FEW && series.some((y, i) => i > 0 && y < series[i - 1])) return false;
  return r2 >= STRAIGHT && series[n - 1] - series[n - 2] >= slope * GOES_ON;
}
