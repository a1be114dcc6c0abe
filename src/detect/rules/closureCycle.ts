import { cycleFinding, isClosureCycle } from "../cycles.js";
import type { Detector } from "../Finding.js";

/** Functions that hold themselves through their own closure. */
export const closureCycle: Detector = {
  rule: "closure-cycle",
  detect: (analysis) =>
    analysis.families
      .filter((family) => isClosureCycle(analysis, family))
      .map((family) => cycleFinding(analysis, family, "closure-cycle")),
};
