import type { PictureRequest } from "../../picture/Picture.js";

const LINE_HEIGHT = 16;
const SAMPLE = "0123456789abcdefghijklmnopqrstuvwxyzMW._";
let measured: PictureRequest["font"] | undefined;

/** The font of the pictures' texts, in pixels: measured once, as SVG text, which scales without hinting. */
export function measureFont(): PictureRequest["font"] {
  if (measured) return measured;
  const space = "http://www.w3.org/2000/svg";
  const svg = document.createElementNS(space, "svg");
  svg.setAttribute("class", "graph-measure");
  svg.setAttribute("aria-hidden", "true");
  const text = document.createElementNS(space, "text");
  text.setAttribute("class", "graph-text");
  text.textContent = SAMPLE;
  svg.append(text);
  document.body.append(svg);
  const charWidth = text.getComputedTextLength() / SAMPLE.length;
  svg.remove();
  const font = { charWidth: charWidth > 0 ? charWidth : 7.25, lineHeight: LINE_HEIGHT };
  if (charWidth > 0) measured = font;
  return font;
}
