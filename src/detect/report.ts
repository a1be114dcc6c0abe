import type { Analysis } from "../model/Analysis.js";
import type { Detector, Finding } from "./Finding.js";
import { arenaPin } from "./rules/arenaPin.js";
import { callbackPin } from "./rules/callbackPin.js";
import { closureCycle } from "./rules/closureCycle.js";
import { contextPin } from "./rules/contextPin.js";
import { deadClosureVariable } from "./rules/deadClosureVariable.js";
import { detachedDom } from "./rules/detachedDom.js";
import { duplicateStrings } from "./rules/duplicateStrings.js";
import { duplicateValues } from "./rules/duplicateValues.js";
import { generatorPile } from "./rules/generatorPile.js";
import { listenerPile } from "./rules/listenerPile.js";
import { loggingGrowth } from "./rules/loggingGrowth.js";
import { lruCacheSelf } from "./rules/lruCacheSelf.js";
import { objectCycle } from "./rules/objectCycle.js";
import { promisePile } from "./rules/promisePile.js";
import { refcountSurplus } from "./rules/refcountSurplus.js";
import { taskPile } from "./rules/taskPile.js";
import { threadPin } from "./rules/threadPin.js";
import { timerPile } from "./rules/timerPile.js";
import { tracebackPin } from "./rules/tracebackPin.js";
import { typeExplosion } from "./rules/typeExplosion.js";
import { unboundedCache } from "./rules/unboundedCache.js";
import { uncollectable } from "./rules/uncollectable.js";
import { weakMisuse } from "./rules/weakMisuse.js";
import { weakMisuseV8 } from "./rules/weakMisuseV8.js";
import { zombieFrames } from "./rules/zombieFrames.js";
import { NO_SOURCES, type Sources } from "./Sources.js";

/** All rules for CPython's heaps. */
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
  arenaPin,
];

/** All rules for V8's heaps. */
export const v8Detectors: readonly Detector[] = [
  unboundedCache,
  deadClosureVariable,
  listenerPile,
  timerPile,
  promisePile,
  detachedDom,
  weakMisuseV8,
  duplicateStrings,
];

/** Names of all rules, each once. */
export const ruleNames: readonly string[] = [...new Set([...detectors, ...v8Detectors].map(({ rule }) => rule))];

/** What all detectors find, most bytes first. */
export function findAll(analysis: Analysis, sources: Sources = NO_SOURCES): Finding[] {
  const rules = analysis.graph.info.runtime === "v8" ? v8Detectors : detectors;
  return rules.flatMap((detector) => detector.detect(analysis, sources)).sort((a, b) => b.bytes - a.bytes);
}
