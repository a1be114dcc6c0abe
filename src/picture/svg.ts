import { type Arrow, type Box, BOX_PADDING, LABEL_PADDING, type Picture, type PictureRequest } from "./Picture.js";

const MARGIN = 16;
const TITLE_SIZE = 16;
const NOTE_SIZE = 12;
const LINE = 20;
const BADGE = "↻";

// Light colours, readable in print without colour as well: the cycle is dashed, heavy and has a badge.
const STYLE = `
    text { font-family: "DejaVu Sans Mono", Menlo, Consolas, monospace; fill: #1f2328; }
    .title { font-weight: bold; }
    .note { fill: #59636e; }
    .box rect { fill: #ffffff; stroke: #59636e; }
    .box.garbage rect { fill: #f3f4f6; }
    .box.more rect { fill: none; stroke-dasharray: 2 3; }
    .box.cycle rect { stroke: #a1260d; stroke-width: 2.5; }
    .box.path rect { stroke: #0969da; stroke-width: 3; }
    .box .name { font-weight: bold; }
    .badge { fill: #a1260d; font-weight: bold; }
    .arrow path { fill: none; stroke: #59636e; stroke-width: 1.2; }
    .label text { fill: #424a53; }
    .label rect { fill: #ffffff; fill-opacity: 0.85; }
    .arrow.weak path { stroke-dasharray: 1 4; stroke-linecap: round; }
    .arrow.cycle path { stroke: #a1260d; stroke-width: 2.5; stroke-dasharray: 7 4; }
    .label.cycle text { fill: #a1260d; }
    .arrow.path path { stroke: #0969da; stroke-width: 3.2; }
    .arrow.path.cycle path { stroke: #a1260d; }`;

const HEADS: readonly (readonly [string, string])[] = [
  ["head", "#59636e"],
  ["cycle-head", "#a1260d"],
  ["path-head", "#0969da"],
];

/**
 * The picture as the text of an SVG file that stands alone: its own light colours, no script, nothing to load.
 * @param font what the picture was laid out for, in pixels
 */
export function pictureSvg(picture: Picture, font: PictureRequest["font"]): string {
  const top = MARGIN + LINE * (1 + picture.notes.length);
  const width = Math.max(picture.width, 480) + 2 * MARGIN;
  const height = picture.height + top + 2 * MARGIN;
  // Characters are a little wider than half as wide as they are high in the fonts that are named.
  const size = number(Math.min(font.charWidth / 0.602, font.lineHeight * 0.85));
  const notes = picture.notes.map((note, i) => text(note, MARGIN, MARGIN + LINE * (i + 1.7), NOTE_SIZE, "note"));
  return `<?xml version="1.0" encoding="UTF-8"?>
<svg xmlns="http://www.w3.org/2000/svg" width="${number(width)}" height="${number(height)}" viewBox="0 0 ${number(width)} ${number(height)}" role="img">
  <title>${escaped(picture.title)}</title>
  <desc>${escaped([`${picture.boxes.length} boxes, ${picture.arrows.length} arrows.`, ...picture.notes].join(" "))}</desc>
  <style>${STYLE}
  </style>
  <defs>${HEADS.map(head).join("")}
  </defs>
  <rect width="100%" height="100%" fill="#ffffff"/>
  ${text(picture.title, MARGIN, MARGIN + LINE * 0.7, TITLE_SIZE, "title")}${notes.map((note) => `\n  ${note}`).join("")}
  <g transform="translate(${MARGIN} ${top})" font-size="${size}">
${picture.arrows.map(arrowSvg).join("\n")}
${picture.arrows.flatMap((arrow) => labelSvg(arrow, font)).join("\n")}
${picture.boxes.map((box) => boxSvg(box, font)).join("\n")}
  </g>
</svg>
`;
}

function head([id, colour]: readonly [string, string]): string {
  const shape = `<path d="M0 0 L10 4 L0 8 Z" fill="${colour}"/>`;
  return `
    <marker id="${id}" viewBox="0 0 10 8" refX="9.5" refY="4" markerWidth="10" markerHeight="8" markerUnits="userSpaceOnUse" orient="auto">${shape}</marker>`;
}

function arrowSvg(arrow: Arrow): string {
  const [x, y, ...rest] = arrow.points.map(number);
  const pieces: string[] = [];
  for (let i = 0; i + 5 < rest.length; i += 6) pieces.push(`C${rest.slice(i, i + 6).join(" ")}`);
  const marker = arrow.inCycle ? "cycle-head" : arrow.onPath ? "path-head" : "head";
  const curve = x === undefined ? "" : `<path d="M${x} ${y}${pieces.join("")}" marker-end="url(#${marker})"/>`;
  return `    <g class="${arrowClasses("arrow", arrow)}">${titleOf(arrow)}${curve}</g>`;
}

/** The labels lie over all arrows. */
function labelSvg(arrow: Arrow, { lineHeight }: PictureRequest["font"]): string[] {
  const { label } = arrow;
  if (!label) return [];
  const plate = `<rect x="${number(label.x + 2)}" y="${number(label.y + 1)}" width="${number(label.width - 4)}" height="${number(label.height - 2)}"/>`;
  const written = text(label.text, label.x + LABEL_PADDING.x, label.y + LABEL_PADDING.y + lineHeight * 0.75);
  return [`    <g class="${arrowClasses("label", arrow)}">${titleOf(arrow)}${plate}${written}</g>`];
}

function arrowClasses(base: string, { weak, inCycle, onPath }: Arrow): string {
  return classes(base, { weak, cycle: inCycle, path: onPath });
}

function titleOf({ labels }: Arrow): string {
  return `<title>${escaped(labels.join(", "))}</title>`;
}

function boxSvg(box: Box, { charWidth, lineHeight }: PictureRequest["font"]): string {
  const kind = classes("box", {
    more: box.kind === "more",
    garbage: box.garbage,
    cycle: box.inCycle,
    path: box.onPath && !box.inCycle,
  });
  const rectangle = `<rect x="${number(box.x)}" y="${number(box.y)}" width="${number(box.width)}" height="${number(box.height)}" rx="${box.kind === "more" ? 10 : 3}"/>`;
  const top = box.y + (box.height - box.lines.length * lineHeight) / 2;
  const lines = box.lines.map((line, i) =>
    text(line, box.x + BOX_PADDING.x, top + lineHeight * (i + 0.75), undefined, i === 0 ? "name" : undefined),
  );
  const badge = box.inCycle
    ? text(BADGE, box.x + box.width - BOX_PADDING.x - charWidth, top + lineHeight * 0.75, undefined, "badge")
    : "";
  return `    <g class="${kind}"><title>${escaped(box.description)}</title>${rectangle}${lines.join("")}${badge}</g>`;
}

function text(value: string, x: number, y: number, size?: number, kind?: string): string {
  const attributes = `${size === undefined ? "" : ` font-size="${size}"`}${kind ? ` class="${kind}"` : ""}`;
  return `<text x="${number(x)}" y="${number(y)}" xml:space="preserve"${attributes}>${escaped(value)}</text>`;
}

function classes(base: string, extra: Readonly<Record<string, boolean>>): string {
  return [base, ...Object.keys(extra).filter((name) => extra[name])].join(" ");
}

function number(value: number): number {
  return Math.round(value * 100) / 100;
}

const ENTITIES: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;",
};

/** Text as XML can hold it: markup escaped, and lone surrogates and the few characters that XML forbids replaced. */
function escaped(value: string): string {
  return value
    .replace(/[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]/gu, "\ufffd")
    .replace(/[&<>"']/g, (c) => ENTITIES[c]);
}
