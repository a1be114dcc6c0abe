import { labelText } from "../heap/labels.js";
import { printable } from "../heap/names.js";
import type { Analysis } from "../model/Analysis.js";
import { sourceOf } from "../model/source.js";
import { isGarbage, moreText, objectText } from "./boxText.js";
import { cells, cutEnd } from "./cells.js";
import type { Extract, MoreAttributes, ObjectAttributes, ReferenceAttributes } from "./graph.js";
import { type Arrow, type Box, BOX_PADDING, LABEL_PADDING, type PictureRequest } from "./Picture.js";

const ARROW_LABEL = 24;
const BADGE_CELLS = 2;
const UNNAMED = "<internal>";

/** A box that has a size but no place yet. */
export type BoxSketch = Omit<Box, "x" | "y">;
/** An arrow without a course. */
export type ArrowSketch = Omit<Arrow, "points" | "label"> & {
  readonly label: { readonly text: string; readonly width: number; readonly height: number } | null;
};

/** A picture before its layout: what is written where, and how large it is. */
export interface Sketch {
  readonly direction: PictureRequest["direction"];
  readonly boxes: readonly BoxSketch[];
  readonly arrows: readonly ArrowSketch[];
  readonly title: string;
  readonly notes: readonly string[];
  /** As in the extract. */
  readonly subject: string;
}

/** Writes the texts of an extract and measures them. */
export function sketch(
  analysis: Analysis,
  extract: Extract,
  { direction, font }: Pick<PictureRequest, "direction" | "font">,
): Sketch {
  const { graph, title, notes, subject } = extract;
  const boxes = graph.mapNodes((key, attributes) => boxSketch(analysis, key, attributes, font));
  const width = new Map(boxes.map((box) => [box.key, box.width]));
  const roomFor = (from: string, to: string): number => {
    // The label of a loop stands above its box then, and beside it are the labels of other arrows.
    if (direction !== "right" || from !== to) return ARROW_LABEL;
    return Math.min(ARROW_LABEL, Math.floor((width.get(from)! - 2 * LABEL_PADDING.x) / font.charWidth));
  };
  return {
    direction,
    boxes,
    arrows: graph.mapEdges((key, attributes, from, to) =>
      arrowSketch(analysis, { key, from, to }, attributes, roomFor(from, to), font),
    ),
    title,
    notes,
    subject,
  };
}

function boxSketch(
  analysis: Analysis,
  key: string,
  attributes: ObjectAttributes | MoreAttributes,
  font: PictureRequest["font"],
): BoxSketch {
  const { graph } = analysis;
  const { node } = attributes;
  const id = graph.idText(node);
  if (attributes.kind === "more") {
    const text = moreText(analysis, attributes);
    return {
      ...{ key, id, kind: "more", direction: attributes.direction, ...text, ...sizeOf(text.lines, false, font) },
      ...{ inCycle: false, onPath: false, garbage: isGarbage(analysis, node), root: "" },
      hidden: { referrers: 0, referents: 0 },
    };
  }
  const { inCycle, onPath, root, hidden } = attributes;
  const location = sourceOf(graph, node);
  const text = objectText(analysis, attributes, location);
  return {
    ...{ key, id, kind: "object", ...text, ...sizeOf(text.lines, inCycle, font) },
    ...{ inCycle, onPath, garbage: isGarbage(analysis, node), root, hidden },
    ...(location && { location }),
  };
}

function sizeOf(lines: readonly string[], badge: boolean, { charWidth, lineHeight }: PictureRequest["font"]) {
  // The badge stands at the end of the first line.
  const widths = lines.map((line, i) => cells(line) + (i === 0 && badge ? BADGE_CELLS : 0));
  return {
    width: Math.ceil(Math.max(...widths) * charWidth + 2 * BOX_PADDING.x),
    height: Math.ceil(lines.length * lineHeight + 2 * BOX_PADDING.y),
  };
}

function arrowSketch(
  { graph }: Analysis,
  ends: { readonly key: string; readonly from: string; readonly to: string },
  { edges, count, weak, inCycle, onPath }: ReferenceAttributes,
  room: number,
  { charWidth, lineHeight }: PictureRequest["font"],
): ArrowSketch {
  const labels = edges.map((edge) => printable(labelText(graph, graph.columns.edgeLabel[edge])));
  const text = arrowText(labels, count, room);
  const label =
    text === ""
      ? null
      : {
          text,
          width: Math.ceil(cells(text) * charWidth) + 2 * LABEL_PADDING.x,
          height: Math.ceil(lineHeight) + 2 * LABEL_PADDING.y,
        };
  return { ...ends, labels, count, inCycle, onPath, weak, label };
}

/** "[0], [1], +3 more": as many labels as fit. References without a name are told by their number alone. */
function arrowText(labels: readonly string[], count: number, room: number): string {
  const named = [...new Set(labels.filter((label) => label !== UNNAMED))];
  if (named.length === 0) return labels.length > 1 ? `×${count}` : "";
  for (let shown = named.length; shown > 0; shown--) {
    const left = count - shown;
    const text = named.slice(0, shown).join(", ") + (left > 0 ? `, +${left} more` : "");
    if (cells(text) <= room) return text;
  }
  const more = count > 1 ? `, +${count - 1} more` : "";
  return cutEnd(named[0], room - cells(more)) + more;
}
