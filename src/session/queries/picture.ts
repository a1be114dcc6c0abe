import { basename } from "node:path";
import { compose } from "../../picture/compose.js";
import { exportDot } from "../../picture/dot.js";
import { extract } from "../../picture/extract.js";
import { layout } from "../../picture/layout.js";
import type { Picture, PictureFile, PictureRequest } from "../../picture/Picture.js";
import { sketch } from "../../picture/sketch.js";
import { pictureSvg } from "../../picture/svg.js";
import type { Session } from "../Session.js";

const NAME_LENGTH = 60;

/**
 * A laid-out picture of a part of the heap.
 * @throws PictureRequestError, UnknownObjectError, LayoutError; an AbortError where the signal gave up
 */
export async function picture(session: Session, request: PictureRequest, signal?: AbortSignal): Promise<Picture> {
  const drawn = sketched(session, request);
  return compose(drawn, await layout(drawn, signal));
}

/**
 * A picture as SVG or DOT.
 * @throws as `picture`
 */
export async function pictureFile(
  session: Session,
  { request, format }: { readonly request: PictureRequest; readonly format: "svg" | "dot" },
  signal?: AbortSignal,
): Promise<PictureFile> {
  const drawn = sketched(session, request);
  const text =
    format === "dot" ? exportDot(drawn) : pictureSvg(compose(drawn, await layout(drawn, signal)), request.font);
  const about = drawn.title
    .replace(/[^\w.-]+/g, "-")
    .replace(/^[-.]+|[-.]+$/g, "")
    .slice(0, NAME_LENGTH);
  return { name: `${basename(session.path).replace(/\.[^.]*$/, "")}-${about}.${format}`, text };
}

function sketched(session: Session, request: PictureRequest) {
  return sketch(session.analysis, extract(session, request), request);
}
