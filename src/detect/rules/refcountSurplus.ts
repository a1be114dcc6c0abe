import { printable } from "../../heap/names.js";
import type { Analysis } from "../../model/Analysis.js";
import { sourceOf } from "../../model/source.js";
import { developmentMessage, plainDevelopment } from "../development.js";
import type { Detector, Development, Finding } from "../Finding.js";
import type { Message } from "../messages.js";
import { type Surplus, surplusFingerprint, surplusOf } from "../surplus.js";
import { retainedTogether } from "../together.js";

const MANY = 100;

/**
 * Objects with references that nothing in the heap explains. C code may hold them rightly, so that one snapshot can
 * tell of them and no more.
 */
export const refcountSurplus: Detector = {
  rule: "refcount-surplus",
  detect: (analysis) =>
    surplusOf(analysis)
      .filter(({ surplus }) => surplus >= MANY)
      .map((surplus) => surplusFinding(analysis, surplus)),
};

/** The finding for objects of one type: an error where the references grow over snapshots. */
export function surplusFinding(
  analysis: Analysis,
  { type, nodes, surplus, most }: Surplus,
  growth?: Development,
): Finding {
  const { graph, references } = analysis;
  const location = sourceOf(graph, most);
  const bytes = retainedTogether(analysis, nodes);
  const why: Message = {
    id: growth?.grows ? "growth.surplus" : "surplus.why",
    arguments: { id: graph.idText(most), most: references.outside[most] },
  };
  return {
    rule: "refcount-surplus",
    severity: growth?.grows ? "error" : "info",
    title: { id: "surplus.title", arguments: { surplus, count: nodes.length, type: printable(type), bytes } },
    why: growth ? { id: "growth.with", arguments: { why, development: developmentMessage(growth) } } : why,
    count: surplus,
    bytes,
    objects: nodes,
    fingerprint: surplusFingerprint(type),
    ...(location && { location }),
    path: [{ label: "", node: most }],
    ...(growth && { growth: plainDevelopment(growth) }),
  };
}
