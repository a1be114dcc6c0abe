import type { Analysis } from "../../model/Analysis.js";
import { V8Places } from "../v8/V8Places.js";
import { CPythonPlaces } from "./cpythonPlaces.js";
import type { Places } from "./PlaceTable.js";

export type { Places } from "./PlaceTable.js";

const known = new WeakMap<Analysis, Places>();

/** Where each object of a heap stands: one walk over it, made once. */
export function placesOf(analysis: Analysis): Places {
  let places = known.get(analysis);
  if (!places) {
    places = analysis.graph.info.runtime === "v8" ? new V8Places(analysis) : new CPythonPlaces(analysis);
    known.set(analysis, places);
  }
  return places;
}
