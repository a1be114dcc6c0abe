import type { JSX } from "preact";
import { linePoints, pointsText } from "./line.js";

const BOX = { left: 2, right: 58, top: 2.5, bottom: 13.5 };

/** The course of a few numbers beside their text: it tells nothing of its own, so screen readers pass it over. */
export function Sparkline({ values }: { readonly values: readonly number[] }): JSX.Element {
  const points = linePoints(values, BOX);
  const [x, y] = points[points.length - 1];
  return (
    <svg class="sparkline" viewBox="0 0 60 16" aria-hidden="true" focusable="false">
      <polyline class="chart-line" points={pointsText(points)} />
      <circle class="chart-point" cx={x} cy={y} r="1.8" />
    </svg>
  );
}
