import type { Analysis } from "../../model/Analysis.js";
import { V8Places } from "../v8/V8Places.js";
import { CPythonPlaces } from "./cpythonPlaces.js";
import type { Places } from "./PlaceTable.js";

export type { Places } from "./PlaceTable.js";

/** Where each object of a heap stands: one walk over it. */
export function placesOf(analysis: Analysis): Places {
  return analysis.graph.info.runtime === "v8" ? new V8Places(analysis) : new CPythonPlaces(analysis);
}
