import { basename } from "node:path";
import { compose } from "../../picture/compose.js";
import { exportDot } from "../../picture/dot.js";
import { PictureRequestError } from "../../picture/errors.js";
import { extract } from "../../picture/extract.js";
import { layout } from "../../picture/layout.js";
import type { Picture, PictureFile, PictureRequest } from "../../picture/Picture.js";
import { type Sketch, sketch } from "../../picture/sketch.js";
import { pictureSvg } from "../../picture/svg.js";
import type { Session } from "../Session.js";

const NAME_LENGTH = 60;

/**
 * A laid-out picture of a part of the heap.
 * @throws PictureRequestError, UnknownObjectError, LayoutError; an AbortError where the signal gave up
 */
export async function picture(session: Session, request: PictureRequest, signal?: AbortSignal): Promise<Picture> {
  return layOut(draw(session, request), signal);
}

/**
 * A picture as SVG or DOT, with a name for the file: the snapshot's and the object's that it is about.
 * @throws as `picture`
 */
export async function pictureFile(
  session: Session,
  { request, format }: { readonly request: PictureRequest; readonly format: "svg" | "dot" },
  signal?: AbortSignal,
): Promise<PictureFile> {
  const drawn = draw(session, request);
  const text = format === "dot" ? exportDot(drawn) : pictureSvg(await layOut(drawn, signal), request.font);
  const snapshot = basename(session.path).replace(/\.[^.]*$/, "");
  const about = Array.from(drawn.subject).slice(0, NAME_LENGTH).join("");
  return { name: `${[snapshot, about].filter((part) => part !== "").join("-")}.${format}`, text };
}

function draw(session: Session, request: PictureRequest): Sketch {
  checkFont(request.font);
  return sketch(session.analysis, extract(session, request), request);
}

async function layOut(drawn: Sketch, signal: AbortSignal | undefined): Promise<Picture> {
  return compose(drawn, await layout(drawn, signal));
}

function checkFont({ charWidth, lineHeight }: PictureRequest["font"]): void {
  const fits = (pixels: number) => pixels >= 1 && pixels <= 200;
  if (!fits(charWidth) || !fits(lineHeight))
    throw new PictureRequestError("The font is smaller than 1 or larger than 200 pixels.", "Choose another font size.");
}
