import type { Analysis } from "../model/Analysis.js";
import { CPythonHolders } from "./cpythonHolders.js";
import type { HolderFinder } from "./Holder.js";
import { V8Holders } from "./v8/holders.js";

export type { Holder, HolderFinder } from "./Holder.js";

const known = new WeakMap<Analysis, HolderFinder>();

/** The holders of a heap, made once: that takes a look at all of it. */
export function holdersOf(analysis: Analysis): HolderFinder {
  let holders = known.get(analysis);
  if (!holders) {
    holders = analysis.graph.info.runtime === "v8" ? new V8Holders(analysis) : new CPythonHolders(analysis);
    known.set(analysis, holders);
  }
  return holders;
}
