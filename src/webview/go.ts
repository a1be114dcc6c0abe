import type { PictureSeed } from "../picture/Picture.js";
import { navigate } from "./host.js";

/** Shows all about an object. */
export function showObject(id: string): void {
  navigate({ view: "object", id }, id);
}

/** Shows the leak graph. */
export function showGraph(seed: PictureSeed): void {
  navigate({ view: "graph", seed }, seed.kind === "object" || seed.kind === "path" ? seed.id : null);
}
