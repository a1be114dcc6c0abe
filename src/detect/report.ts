import type { Analysis } from "../model/Analysis.js";
import type { Detector, Finding } from "./Finding.js";
import { callbackPin } from "./rules/callbackPin.js";
import { closureCycle } from "./rules/closureCycle.js";
import { contextPin } from "./rules/contextPin.js";
import { duplicateValues } from "./rules/duplicateValues.js";
import { generatorPile } from "./rules/generatorPile.js";
import { loggingGrowth } from "./rules/loggingGrowth.js";
import { lruCacheSelf } from "./rules/lruCacheSelf.js";
import { objectCycle } from "./rules/objectCycle.js";
import { refcountSurplus } from "./rules/refcountSurplus.js";
import { taskPile } from "./rules/taskPile.js";
import { threadPin } from "./rules/threadPin.js";
import { tracebackPin } from "./rules/tracebackPin.js";
import { typeExplosion } from "./rules/typeExplosion.js";
import { unboundedCache } from "./rules/unboundedCache.js";
import { uncollectable } from "./rules/uncollectable.js";
import { weakMisuse } from "./rules/weakMisuse.js";
import { zombieFrames } from "./rules/zombieFrames.js";

/** All rules. */
export const detectors: readonly Detector[] = [
  closureCycle,
  objectCycle,
  unboundedCache,
  tracebackPin,
  lruCacheSelf,
  taskPile,
  generatorPile,
  typeExplosion,
  callbackPin,
  contextPin,
  threadPin,
  weakMisuse,
  loggingGrowth,
  zombieFrames,
  duplicateValues,
  refcountSurplus,
  uncollectable,
];

/** What all detectors find, most bytes first. */
export function findAll(analysis: Analysis): Finding[] {
  // What the rules know of closures, caches and tasks is CPython's; the reader of V8's snapshots says so in a note.
  if (analysis.graph.info.runtime !== "cpython") return [];
  return detectors.flatMap((detector) => detector.detect(analysis)).sort((a, b) => b.bytes - a.bytes);
}
