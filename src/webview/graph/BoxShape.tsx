import { useComputed } from "@preact/signals";
import { Fragment, type JSX } from "preact";
import { memo } from "preact/compat";
import { type Box, BOX_PADDING } from "../../picture/Picture.js";
import { plural } from "../format.js";
import { FateTag, HATCH } from "./fateMarks.js";
import { measureFont } from "./font.js";
import { CycleMark, PathMark, Tag } from "./marks.js";
import { fateTag } from "./cuts.js";
import type { PictureStore } from "./PictureStore.js";

const CORNER = 4;
const INNER = 3;
// Of the height of a line.
const BASELINE = 0.74;

/** What a screen reader says of a box: what is written in it, how it is marked, what is not drawn. */
export function boxLabel({ lines, inCycle, onPath, garbage, hidden }: Box, fate: string | null): string {
  const parts = [
    // As it is written, so that who says what is seen means this box.
    [...lines, ...(garbage ? ["garbage"] : []), ...(fate === null ? [] : [fate])].join(", "),
    inCycle && "in the cycle",
    onPath && "on the path",
    hidden.referrers > 0 && `${plural(hidden.referrers, "referrer")} not drawn`,
    hidden.referents > 0 && `${plural(hidden.referents, "referent")} not drawn`,
  ];
  return parts.filter((part) => part !== false).join(". ");
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
  const fate = useComputed(() => (box.kind === "object" ? store.cuts.fates.value.get(box.id) : undefined));
  const fateMark = useComputed(() => (fate.value?.fate === "stays" ? undefined : fate.value?.fate));
  const label = useComputed(() => boxLabel(box, fate.value ? fateTag(fate.value) : null));
  const middle = box.kind === "more";
  const first = BOX_PADDING.y + lineHeight * BASELINE;
  return (
    <g
      class={classOf(box)}
      transform={`translate(${box.x},${box.y})`}
      role="button"
      tabindex={tabIndex}
      aria-label={label}
      {...(box.kind === "object" && { "aria-pressed": pressed })}
      data-box={key}
      data-lit={lit}
      data-fate={fateMark}
    >
      <title>{box.description}</title>
      <rect class="ring" x={-4} y={-4} width={width + 8} height={height + 8} rx={CORNER + 3} />
      {box.inCycle && box.onPath && <rect class="beneath" width={width} height={height} rx={CORNER} />}
      <rect class="plate" width={width} height={height} rx={middle ? height / 2 : CORNER} />
      {!middle && <rect class="hatch" width={width} height={height} rx={CORNER} fill={HATCH} />}
      {box.garbage && !middle && (
        <rect
          class="inner"
          x={INNER}
          y={INNER}
          width={Math.max(0, width - 2 * INNER)}
          height={Math.max(0, height - 2 * INNER)}
          rx={CORNER - 1}
        />
      )}
      <g class="lines">
        {lines.map((line, i) => (
          <Fragment key={i}>
            <text
              class={i === 0 ? "graph-text name" : "graph-text"}
              x={middle ? width / 2 : BOX_PADDING.x}
              y={first + i * lineHeight}
            >
              {line}
            </text>
            {/* Not drawn; it keeps the lines' words apart for whoever reads the text. */}{" "}
          </Fragment>
        ))}
      </g>
      {box.garbage && !middle && <Tag text="garbage" x={BOX_PADDING.x} />}
      {!middle && " "}
      {!middle && <FateTag fate={fate} width={width} height={height} />}
      {box.inCycle && <CycleMark x={width - BOX_PADDING.x - 4} y={BOX_PADDING.y + lineHeight / 2} />}
      {box.onPath && <PathMark x={width - (box.inCycle ? 36 : 12)} y={0} />}
    </g>
  );
});
