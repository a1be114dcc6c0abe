import { cycleFinding, isClosureCycle } from "../cycles.js";
import type { Detector } from "../Finding.js";

/** Objects that refer to each other, other than functions and their own closures. */
export const objectCycle: Detector = {
  rule: "object-cycle",
  detect: (analysis) =>
    analysis.families
      .filter((family) => !isClosureCycle(analysis, family))
      .map((family) => cycleFinding(analysis, family, "object-cycle")),
};
