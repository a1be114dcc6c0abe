import type { Picture, PictureFile, PictureRequest } from "../../picture/Picture.js";
import type { Session } from "../Session.js";

export function picture(session: Session, request: PictureRequest): Promise<Picture> {
  return Promise.reject(new Error(`no pictures yet: ${session.path} ${request.seed.kind}`));
}

export function pictureFile(session: Session, request: { request: PictureRequest }): Promise<PictureFile> {
  return Promise.reject(new Error(`no pictures yet: ${session.path} ${request.request.seed.kind}`));
}
