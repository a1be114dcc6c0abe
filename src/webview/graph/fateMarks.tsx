import type { ReadonlySignal } from "@preact/signals";
import type { JSX } from "preact";
import { BOX_PADDING } from "../../picture/Picture.js";
import { type BoxFate, fateTag } from "./cuts.js";
import { shortTag, tagWidth } from "./marks.js";

const HATCH_ID = "graph-hatch";
/** The hatching as a paint. */
export const HATCH = `url(#${HATCH_ID})`;

/** Defines the hatching of what the next collection frees. */
export function Hatching(): JSX.Element {
  return (
    <defs>
      <pattern id={HATCH_ID} width={7} height={7} patternUnits="userSpaceOnUse" patternTransform="rotate(45)">
        <rect class="hatch-line" width={2} height={7} />
      </pattern>
    </defs>
  );
}

/** The sign of a cut: a cross on a disc. */
export function CutMark({ x, y }: { readonly x: number; readonly y: number }): JSX.Element {
  return (
    <g class="cut-mark" transform={`translate(${x},${y})`} aria-hidden="true">
      <circle class="disc" r={8} />
      <path class="sign" d="M-3.6,-3.6L3.6,3.6M3.6,-3.6L-3.6,3.6" />
    </g>
  );
}

/** On the lower edge of a box: what becomes of its object. */
export function FateTag({
  fate,
  width,
  height,
}: {
  readonly fate: ReadonlySignal<BoxFate | undefined>;
  readonly width: number;
  readonly height: number;
}): JSX.Element | null {
  const found = fate.value;
  const words = found ? fateTag(found) : null;
  if (words === null) return null;
  const text = shortTag(words, width - 2 * BOX_PADDING.x);
  return <FateLabel text={text} x={BOX_PADDING.x} y={height - 3} />;
}

/** A word that says what becomes of an object. */
export function FateLabel({
  text,
  x,
  y,
}: {
  readonly text: string;
  readonly x: number;
  readonly y: number;
}): JSX.Element {
  const wide = tagWidth(text);
  return (
    <g class="tag fate-tag" transform={`translate(${x},${y})`} aria-hidden="true">
      <rect class="disc" width={wide} height={15} rx={3} />
      <text x={wide / 2} y={11}>
        {text}
      </text>
    </g>
  );
}
