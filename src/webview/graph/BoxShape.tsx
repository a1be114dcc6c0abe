import { useComputed } from "@preact/signals";
import type { JSX } from "preact";
import { memo } from "preact/compat";
import type { Box } from "../../picture/Picture.js";
import { measureFont } from "./font.js";
import { CycleMark, PathMark, Tag } from "./marks.js";
import type { PictureStore } from "./PictureStore.js";

const PADDING = 10;
const CORNER = 4;
const INNER = 3;

/** What a screen reader says of a box: its description and how it is marked. */
export function boxLabel(box: Box): string {
  const marks = [
    box.inCycle && "in the cycle",
    box.onPath && "on the path",
    box.garbage && "garbage",
    box.root !== "" && `root: ${box.root}`,
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
  const { charWidth, lineHeight } = measureFont();
  const { width, height, lines, key } = box;
  const tabIndex = useComputed(() => (store.current.value === key ? 0 : -1));
  const lit = useComputed(() => (store.lit.value?.boxes.has(key) ? "" : undefined));
  const pressed = useComputed(() => (store.selectedBox.value?.key === key ? "true" : "false"));
  const longest = Math.max(...lines.map((line) => line.length));
  const left = Math.max(CORNER, Math.min(PADDING, (width - longest * charWidth) / 2));
  const middle = box.kind === "more";
  const first = (height - lines.length * lineHeight) / 2 + lineHeight * 0.72;
  const tags = [box.root !== "" && "root", box.garbage && "garbage"].filter((tag) => tag !== false);
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
          x={middle ? width / 2 : left}
          y={first + i * lineHeight}
        >
          {line}
        </text>
      ))}
      {tags.map((tag, i) => (
        <Tag key={tag} text={tag} x={6 + tags.slice(0, i).reduce((sum, { length }) => sum + length * 6 + 14, 0)} />
      ))}
      {box.inCycle && <CycleMark x={width - 8} y={0} />}
      {box.onPath && <PathMark x={width - (box.inCycle ? 27 : 8)} y={0} />}
    </g>
  );
});
