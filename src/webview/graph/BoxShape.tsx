import { useComputed } from "@preact/signals";
import type { JSX } from "preact";
import { memo } from "preact/compat";
import { type Box, BOX_PADDING } from "../../picture/Picture.js";
import { measureFont } from "./font.js";
import { CycleMark, PathMark, Tag } from "./marks.js";
import type { PictureStore } from "./PictureStore.js";

const CORNER = 4;
const INNER = 3;
// Of the height of a line.
const BASELINE = 0.74;

/** What a screen reader says of a box: its description and how it is marked. */
export function boxLabel(box: Box): string {
  const marks = [
    box.inCycle && "in the cycle",
    box.onPath && "on the path",
    box.garbage && "garbage",
    box.root !== "" && "root",
  ];
  const said = box.description.toLowerCase();
  const more = marks.filter((mark) => mark !== false && !said.includes(mark.toLowerCase()));
  return [box.description, ...more].join(", ");
}

function classOf(box: Box): string {
  const { kind, inCycle, onPath, garbage } = box;
  return `box ${kind}${inCycle ? " in-cycle" : ""}${onPath ? " on-path" : ""}${garbage ? " garbage" : ""}`;
}

/** One box of a picture. It is drawn once for each picture; what changes with the mouse are attributes. */
export const BoxShape = memo(function BoxShape({
  box,
  store,
}: {
  readonly box: Box;
  readonly store: PictureStore;
}): JSX.Element {
  const { lineHeight } = measureFont();
  const { width, height, lines, key } = box;
  const tabIndex = useComputed(() => (store.current.value === key ? 0 : -1));
  const lit = useComputed(() => (store.lit.value?.boxes.has(key) ? "" : undefined));
  const pressed = useComputed(() => (store.selectedBox.value?.key === key ? "true" : "false"));
  const middle = box.kind === "more";
  const first = BOX_PADDING.y + lineHeight * BASELINE;
  return (
    <g
      class={classOf(box)}
      transform={`translate(${box.x},${box.y})`}
      role="button"
      tabindex={tabIndex}
      aria-label={boxLabel(box)}
      {...(box.kind === "object" && { "aria-pressed": pressed })}
      data-box={key}
      data-lit={lit}
    >
      <title>{boxLabel(box)}</title>
      <rect class="ring" x={-4} y={-4} width={width + 8} height={height + 8} rx={CORNER + 3} />
      <rect class="plate" width={width} height={height} rx={middle ? height / 2 : CORNER} />
      {box.garbage && (
        <rect
          class="inner"
          x={INNER}
          y={INNER}
          width={Math.max(0, width - 2 * INNER)}
          height={Math.max(0, height - 2 * INNER)}
          rx={CORNER - 1}
        />
      )}
      {lines.map((line, i) => (
        <text
          key={i}
          class={i === 0 ? "graph-text name" : "graph-text"}
          x={middle ? width / 2 : BOX_PADDING.x}
          y={first + i * lineHeight}
        >
          {line}
        </text>
      ))}
      {box.garbage && box.kind === "object" && <Tag text="garbage" x={BOX_PADDING.x} />}
      {box.inCycle && <CycleMark x={width - BOX_PADDING.x - 4} y={BOX_PADDING.y + lineHeight / 2} />}
      {box.onPath && <PathMark x={width - 12} y={0} />}
    </g>
  );
});
