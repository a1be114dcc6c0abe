import type { PictureSeed } from "../picture/Picture.js";
import { navigate } from "./host.js";

/** Shows all about an object. */
export function showObject(id: string): void {
  navigate({ view: "object", id }, id);
}

/** Shows the leak graph; `suggest` applies the suggested cuts of its cycle. */
export function showGraph(seed: PictureSeed, suggest = false): void {
  navigate(
    { view: "graph", seed, ...(suggest && { suggest }) },
    seed.kind === "object" || seed.kind === "path" ? seed.id : null,
  );
}
