import { slopeText } from "../../detect/development.js";
import { formatBytes, formatCount } from "../format.js";

/** "+100", "−2.5", "0": a rise of a number from one snapshot to the next. */
export function riseText(slope: number): string {
  return signed(slope, slopeText(Math.abs(slope)));
}

/** "+8.8 kB": as `riseText`, of bytes. */
export function bytesRiseText(slope: number): string {
  return signed(slope, formatBytes(Math.abs(slope)));
}

/** "100 → 500" */
export function fromToText(values: readonly number[], format: (value: number) => string = formatCount): string {
  return `${format(values[0])} → ${format(values[values.length - 1])}`;
}

/** "0.98" */
export function straightnessText(r2: number): string {
  return r2.toFixed(2);
}

function signed(slope: number, size: string): string {
  if (/^0( bytes)?$/.test(size)) return size;
  return slope < 0 ? `−${size}` : `+${size}`;
}
