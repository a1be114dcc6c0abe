import { signal } from "@preact/signals";
import { phase } from "../host.js";
import { cellMapState } from "./CellMap.js";

/** The lists of the view. */
export type List = "map" | "holders" | "steps" | "sizes" | "policies";

/** Which one is shown; kept while another view is. */
export const list = signal<List>("map");
/** The map's chosen arena, by address. */
export const map = cellMapState();

/** Shows an arena in the map. */
export function showArena(address: string): void {
  map.active.value = address;
  list.value = "map";
}

phase.subscribe(({ kind }) => {
  if (kind === "loading") map.active.value = null;
});
