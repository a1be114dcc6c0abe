import { printable } from "../../heap/names.js";
import { rootPaths } from "../../model/paths.js";
import { valueText } from "../duplicates.js";
import { type Detector, fingerprint } from "../Finding.js";
import { formatCount } from "../format.js";
import { leastWorth } from "../together.js";
import { equalStrings } from "../v8/equalStrings.js";
import { stringPlace } from "../v8/stringPlace.js";

const MIN_COPIES = 50;
const MIN_SAVED = 100_000;
const MIN_HEAP_SHARE = 0.01;
const VALUES_NAMED = 3;
const TEXT = 40;

/** Strings of which there are many equal ones (V8). */
export const duplicateStrings: Detector = {
  rule: "duplicate-values",
  detect(analysis) {
    const { graph } = analysis;
    const least = leastWorth(analysis, MIN_SAVED, MIN_HEAP_SHARE);
    const all = equalStrings(analysis, MIN_COPIES).sort((a, b) => b.saved - a.saved);
    const saved = all.reduce((sum, copies) => sum + copies.saved, 0);
    if (saved < least) return [];
    const count = all.reduce((sum, { nodes }) => sum + nodes.length, 0);
    const named = all
      .slice(0, VALUES_NAMED)
      .map(({ nodes }) => `${valueText(graph, nodes[0], TEXT)} × ${formatCount(nodes.length)}`)
      .join(", ");
    const held = stringPlace(analysis, all[0].nodes);
    return [
      {
        rule: "duplicate-values",
        severity: "warning",
        title: { id: "strings.title", arguments: { count, values: all.length, saved } },
        why: held
          ? { id: "strings.why-held", arguments: { named, place: printable(held.place) } }
          : { id: "strings.why", arguments: { named } },
        fix: { id: "strings.fix", arguments: {} },
        count,
        bytes: saved,
        objects: all.flatMap(({ nodes }) => [...nodes]),
        fingerprint: fingerprint("duplicate-values", "string"),
        ...(held?.holder.location && { location: held.holder.location }),
        ...(held?.holder.anchor && { anchor: held.holder.anchor }),
        path: rootPaths(analysis, all[0].nodes[0], 1)[0]?.steps ?? [],
      },
    ];
  },
};
