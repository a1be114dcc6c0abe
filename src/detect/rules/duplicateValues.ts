import { printable } from "../../heap/names.js";
import type { Analysis } from "../../model/Analysis.js";
import { rootPaths } from "../../model/paths.js";
import { type Detector, type Finding, fingerprint } from "../Finding.js";
import { commonHolder, Constants, type Copies, copiesOf, valueText } from "../duplicates.js";
import { formatCount } from "../format.js";
import { groupBy, leastWorth } from "../together.js";

const MIN_COPIES = 50;
const MIN_SAVED = 100_000;
const MIN_HEAP_SHARE = 0.01;
const VALUES_NAMED = 3;
const TEXT = 40;

/** Immutable values of which there are many equal objects: numbers, texts, bytes, tuples of such. */
export const duplicateValues: Detector = {
  rule: "duplicate-values",
  detect(analysis) {
    const { graph } = analysis;
    const least = leastWorth(analysis, MIN_SAVED, MIN_HEAP_SHARE);
    const byType = groupBy(copiesOf(analysis, MIN_COPIES, Constants.direct), ({ nodes }) => graph.typeName(nodes[0]));
    return [...byType].flatMap(([type, all]) => {
      const saved = all.reduce((sum, copies) => sum + copies.saved, 0);
      return saved < least ? [] : [finding(analysis, type, all, saved)];
    });
  },
};

function finding(analysis: Analysis, type: string, all: readonly Copies[], saved: number): Finding {
  const { graph } = analysis;
  const sorted = [...all].sort((a, b) => b.saved - a.saved);
  const count = all.reduce((sum, { nodes }) => sum + nodes.length, 0);
  const named = sorted
    .slice(0, VALUES_NAMED)
    .map(({ nodes }) => `${valueText(graph, nodes[0], TEXT)} × ${formatCount(nodes.length)}`);
  const [first] = sorted[0].nodes;
  const held = commonHolder(analysis, sorted[0].nodes);
  return {
    rule: "duplicate-values",
    severity: "warning",
    title: { id: "duplicates.title", arguments: { count, type: printable(type), values: all.length, saved } },
    why: held
      ? { id: "duplicates.why-held", arguments: { named: named.join(", "), place: printable(held.place) } }
      : { id: "duplicates.why", arguments: { named: named.join(", ") } },
    fix: { id: type === "str" ? "duplicates.fix-text" : "duplicates.fix", arguments: {} },
    count,
    bytes: saved,
    objects: sorted.flatMap(({ nodes }) => [...nodes]),
    fingerprint: fingerprint("duplicate-values", type),
    ...(held?.holder.location && { location: held.holder.location }),
    ...(held?.holder.anchor && { anchor: held.holder.anchor }),
    path: rootPaths(analysis, first, 1)[0]?.steps ?? [],
  };
}
