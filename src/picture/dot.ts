import type { ArrowSketch, Sketch } from "./sketch.js";

// Graphviz counts in points, 72 to the inch. One point stands for one pixel here.
const PIXELS = 72;

/**
 * The sketch as DOT for the layout alone: sizes, no text of the snapshot. Nodes are n0, n1, ... and edges have the
 * ids e0, e1, ... in the sketch's order. Labels are empty tables of their size, which Graphviz makes room for.
 * @param attributes of the graph, beside the usual ones
 */
export function layoutDot(sketch: Sketch, attributes: readonly string[] = []): string {
  const number = new Map(sketch.boxes.map(({ key }, i) => [key, i]));
  const inches = (pixels: number) => (pixels / PIXELS).toFixed(4);
  const lines = [
    "digraph {",
    `graph [${[`rankdir=${rankdir(sketch)}`, ...attributes].join(" ")}];`,
    'node [shape=box fixedsize=true label=""];',
  ];
  sketch.boxes.forEach(({ width, height }, i) => {
    lines.push(`n${i} [width=${inches(width)} height=${inches(height)}];`);
  });
  sketch.arrows.forEach((arrow, i) => {
    const table = arrow.label ? ` label=${emptyTable(arrow.label)}` : "";
    const rest = `weight=${weightOf(arrow)}${table}`;
    lines.push(`n${number.get(arrow.from)} -> n${number.get(arrow.to)} [id=e${i} ${rest}];`);
  });
  return [...lines, "}"].join("\n");
}

function emptyTable({ width, height }: { readonly width: number; readonly height: number }): string {
  const plain = 'BORDER="0" CELLBORDER="0" CELLSPACING="0" CELLPADDING="0" FIXEDSIZE="TRUE"';
  return `<<TABLE ${plain} WIDTH="${Math.ceil(width)}" HEIGHT="${Math.ceil(height)}"><TR><TD></TD></TR></TABLE>>`;
}

/** Heavier edges come out shorter and straighter. */
function weightOf({ inCycle, onPath, weak }: ArrowSketch): number {
  return onPath ? 4 : inCycle ? 2 : weak ? 0 : 1;
}

function rankdir({ direction }: Sketch): string {
  return direction === "right" ? "LR" : "TB";
}

/** The sketch as a DOT file for people and other programs, with all texts. */
export function exportDot(sketch: Sketch): string {
  const number = new Map(sketch.boxes.map(({ key }, i) => [key, i]));
  const lines = [
    `digraph ${quoted(sketch.title)} {`,
    `  graph [rankdir=${rankdir(sketch)} labelloc=t label=${quoted([sketch.title, ...sketch.notes].join("\n"))}];`,
    '  node [shape=box fontname="monospace" fontsize=10];',
    '  edge [fontname="monospace" fontsize=9];',
  ];
  sketch.boxes.forEach((box, i) => {
    const style = [...(box.kind === "more" ? ["rounded"] : []), ...(box.inCycle ? ["bold"] : [])];
    const attributes = [
      `label=${quoted(`${box.inCycle ? "↻ " : ""}${box.lines.join("\n")}`)}`,
      `tooltip=${quoted(box.description)}`,
      ...(style.length > 0 ? [`style="${style.join(",")}"`] : []),
      ...(box.onPath ? ["penwidth=2"] : []),
    ];
    lines.push(`  n${i} [${attributes.join(" ")}];`);
  });
  sketch.arrows.forEach((arrow) => {
    const attributes = [
      ...(arrow.label ? [`label=${quoted(arrow.label.text)}`] : []),
      `tooltip=${quoted(arrow.labels.join(", "))}`,
      ...(arrow.weak ? ["style=dotted arrowhead=empty"] : []),
      ...(arrow.inCycle ? ["style=dashed penwidth=2"] : arrow.onPath ? ["penwidth=3"] : []),
    ];
    lines.push(`  n${number.get(arrow.from)} -> n${number.get(arrow.to)} [${attributes.join(" ")}];`);
  });
  return [...lines, "}", ""].join("\n");
}

/** A quoted string: Graphviz reads backslashes and HTML entities within one. UTF-8 has no halves of characters. */
function quoted(text: string): string {
  const whole = text.replace(/[\p{Cs}\ufffe\uffff]/gu, "\ufffd");
  const escaped = whole
    .replaceAll("\\", "\\\\")
    .replaceAll("&", "&amp;")
    .replaceAll('"', '\\"')
    .replaceAll("\n", "\\n");
  return `"${escaped}"`;
}
