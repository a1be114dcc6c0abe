import type { Analysis } from "../model/Analysis.js";
import { closureCycle } from "./rules/closureCycle.js";
import type { Detector, Finding } from "./Finding.js";
import { objectCycle } from "./rules/objectCycle.js";
import { tracebackPin } from "./rules/tracebackPin.js";
import { unboundedCache } from "./rules/unboundedCache.js";

/** All rules. */
export const detectors: readonly Detector[] = [closureCycle, objectCycle, tracebackPin, unboundedCache];

/** What all detectors find, most bytes first. */
export function findAll(analysis: Analysis): Finding[] {
  return detectors.flatMap((detector) => detector.detect(analysis)).sort((a, b) => b.bytes - a.bytes);
}
