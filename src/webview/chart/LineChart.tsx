import type { JSX } from "preact";
import { formatCount } from "../format.js";
import { labelled, linePoints, pointsText } from "./line.js";

const WIDTH = 340;
const HEIGHT = 126;
const FONT = 11;
const CHARACTER = 6.2;
const TOP = 12;
const BOTTOM = HEIGHT - 26;
/** Labels of the least and the most that are nearer to each other than this would touch. */
const APART = 14;
const X_LABELS = 10;
const NUMBERS_TOLD = 30;
const MANY = 40;

/** Numbers over snapshots as a line with points. For screen readers it is a picture whose name tells the numbers. */
export function LineChart({
  values,
  what,
  format = formatCount,
}: {
  readonly values: readonly number[];
  /** What the numbers are: "Entries". */
  readonly what: string;
  readonly format?: (value: number) => string;
}): JSX.Element {
  const most = Math.max(...values);
  const least = Math.min(...values);
  const widest = Math.max(format(most).length, format(least).length);
  const left = Math.min(WIDTH / 2, widest * CHARACTER + 12);
  const points = linePoints(values, { left: left + 6, right: WIDTH - 12, top: TOP, bottom: BOTTOM });
  const yOf = (value: number) => points[values.indexOf(value)][1];
  const marked = yOf(least) - yOf(most) < APART ? [most] : [most, least];
  return (
    <figure class="chart">
      <figcaption class="quiet">{what} by snapshot</figcaption>
      <svg viewBox={`0 0 ${WIDTH} ${HEIGHT}`} role="img" aria-label={chartText(what, values, format)}>
        <path class="chart-axis" d={`M${left},${TOP - 6}V${BOTTOM + 6}H${WIDTH - 4}`} />
        {marked.map((value) => (
          <g key={value}>
            <path class="chart-grid" d={`M${left},${yOf(value)}H${WIDTH - 4}`} />
            <text x={left - 6} y={yOf(value)} dy="0.35em" text-anchor="end" font-size={FONT}>
              {format(value)}
            </text>
          </g>
        ))}
        {labelled(values.length, X_LABELS).map((i) => (
          <text key={i} x={points[i][0]} y={HEIGHT - 6} text-anchor="middle" font-size={FONT}>
            {i + 1}
          </text>
        ))}
        <polyline class="chart-line" points={pointsText(points)} />
        {values.length <= MANY &&
          points.map(([x, y], i) => (
            <circle key={i} class="chart-point" cx={x} cy={y} r="3">
              <title>{`Snapshot ${i + 1}: ${format(values[i])}`}</title>
            </circle>
          ))}
      </svg>
    </figure>
  );
}

function chartText(what: string, values: readonly number[], format: (value: number) => string): string {
  const all = values.map(format);
  const half = NUMBERS_TOLD / 2;
  const told = all.length <= NUMBERS_TOLD ? all : [...all.slice(0, half), "…", ...all.slice(-half)];
  return `${what} in ${values.length} snapshots: ${told.join(", ")}`;
}
