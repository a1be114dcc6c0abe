import type { NodeIndex } from "../../heap/HeapGraph.js";
import { Kind } from "../../heap/kinds.js";
import { printable } from "../../heap/names.js";
import type { Analysis } from "../../model/Analysis.js";
import { rootPaths } from "../../model/paths.js";
import { isLibrary } from "../../model/source.js";
import { followProperty } from "../../model/v8/labels.js";
import { type Detector, type Finding, fingerprint } from "../Finding.js";
import { aliveOfType, groupBy, leastWorth, retainedTogether } from "../together.js";
import { functionText, withoutLine } from "../v8/pile.js";

const MANY = 10;
const MIN_BYTES = 64_000;
const MIN_HEAP_SHARE = 0.01;
// So much is worth telling of a few.
const LARGE_SHARE = 0.05;

/** Timers of one place that are set and keep much, or of which there are many (V8: Node's). */
export const timerPile: Detector = {
  rule: "timer-pile",
  detect(analysis) {
    const { graph } = analysis;
    const set = [...aliveOfType(analysis, ({ name }) => name === "Timeout")].filter((timer) => {
      const fn = followProperty(graph, timer, "_onTimeout");
      return fn !== undefined && graph.columns.kind[fn] === Kind.function;
    });
    const groups = groupBy(set, (timer) => graph.columns.location[functionOf(analysis, timer)]);
    return [...groups].flatMap(([place, timers]) => {
      const location = graph.locations[place - 1];
      if (!location || isLibrary(location.file)) return [];
      const bytes = retainedTogether(analysis, [...timers, ...timers.map((timer) => functionOf(analysis, timer))]);
      const isMany = timers.length >= MANY && bytes >= leastWorth(analysis, MIN_BYTES, MIN_HEAP_SHARE);
      if (!isMany && bytes < leastWorth(analysis, MIN_BYTES, LARGE_SHARE)) return [];
      const values = {
        count: timers.length,
        bytes,
        function: printable(functionText(analysis, functionOf(analysis, timers[0]))),
      };
      const found: Finding = {
        rule: "timer-pile",
        severity: "warning",
        title: { id: "timers.title", arguments: values },
        why: { id: "timers.why", arguments: values },
        fix: { id: "timers.fix", arguments: values },
        count: timers.length,
        bytes,
        objects: timers,
        fingerprint: fingerprint("timer-pile", withoutLine(values.function), location.file),
        location,
        path: rootPaths(analysis, timers[0], 1)[0]?.steps ?? [],
      };
      return [found];
    });
  },
};

function functionOf({ graph }: Analysis, timer: NodeIndex): NodeIndex {
  return followProperty(graph, timer, "_onTimeout")!;
}
