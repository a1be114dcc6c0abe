import { useComputed } from "@preact/signals";
import type { JSX } from "preact";
import { memo } from "preact/compat";
import { type Arrow, LABEL_PADDING } from "../../picture/Picture.js";
import { arrowPaths, type HeadSize, markPlace } from "./curves.js";
import { CutMark } from "./fateMarks.js";
import type { PictureStore } from "./PictureStore.js";

const PLAIN: HeadSize = { length: 8, width: 7, open: false };
const HEAVY: HeadSize = { length: 11, width: 11, open: false };
const WEAK: HeadSize = { length: 7, width: 8, open: true };

// The plate must not cover the arrow's own line, which runs along the label.
const EDGE = LABEL_PADDING.x - 1;

function classOf(name: string, { inCycle, onPath, weak }: Arrow): string {
  return `${name}${inCycle ? " in-cycle" : ""}${onPath ? " on-path" : ""}${weak ? " weak" : ""}`;
}

function useMarks(arrow: Arrow, store: PictureStore) {
  return {
    "data-arrow": arrow.key,
    "data-lit": useComputed(() => (store.lit.value?.arrows.has(arrow.key) ? "" : undefined)),
    "data-cut": useComputed(() => (store.cuts.keys.value.has(arrow.key) ? "" : undefined)),
  };
}

/** The line and the head of one arrow. A screen reader finds it in the table of references. */
export const ArrowShape = memo(function ArrowShape({
  arrow,
  store,
}: {
  readonly arrow: Arrow;
  readonly store: PictureStore;
}): JSX.Element {
  const size = arrow.weak ? WEAK : arrow.inCycle || arrow.onPath ? HEAVY : PLAIN;
  const { line, head } = arrowPaths(arrow.points, size);
  return (
    <g class={classOf("arrow", arrow)} {...useMarks(arrow, store)}>
      <path class="reach" d={line} />
      {arrow.inCycle && arrow.onPath && (
        <>
          <path class="beneath" d={line} />
          <path class="gap" d={line} />
        </>
      )}
      <path class="line" d={line} />
      <path class="head" d={head} />
    </g>
  );
});

/** The sign of a cut arrow; over the labels, so that none hides it. */
export const ArrowCutMark = memo(function ArrowCutMark({
  arrow,
  store,
}: {
  readonly arrow: Arrow;
  readonly store: PictureStore;
}): JSX.Element | null {
  const cut = useComputed(() => store.cuts.keys.value.has(arrow.key));
  if (!cut.value) return null;
  const [x, y] = markPlace(arrow.points, arrow.label);
  return <CutMark x={x} y={y} />;
});

/** The text beside an arrow, on a plate that keeps other arrows off it. */
export const LabelShape = memo(function LabelShape({
  arrow,
  store,
}: {
  readonly arrow: Arrow;
  readonly store: PictureStore;
}): JSX.Element | null {
  const marks = useMarks(arrow, store);
  if (!arrow.label) return null;
  const { x, y, width, height, text } = arrow.label;
  return (
    <g class={classOf("label", arrow)} transform={`translate(${x},${y})`} {...marks}>
      <title>{arrow.labels.join(", ")}</title>
      <rect class="plate" x={EDGE} width={Math.max(0, width - 2 * EDGE)} height={height} rx={2} />
      <text class="graph-text" x={width / 2} y={height / 2}>
        {text}
      </text>
    </g>
  );
});
