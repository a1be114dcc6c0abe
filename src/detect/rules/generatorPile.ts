import type { NodeIndex } from "../../heap/HeapGraph.js";
import { Flag, Kind } from "../../heap/kinds.js";
import { printable } from "../../heap/names.js";
import type { Analysis } from "../../model/Analysis.js";
import { rootPaths } from "../../model/paths.js";
import { isStandardLibrary } from "../../model/source.js";
import { type Detector, type Finding, fingerprint } from "../Finding.js";
import { holdersOf } from "../holders.js";
import { aliveOf, groupBy, retainedTogether } from "../together.js";

const MANY = 20;
// Some that only local variables keep are at work.
const UNNAMED = 100;
const VERY_MANY = 1000;
const MIN_BYTES = 64_000;

/** Suspended generators that are kept for good, with all their variables. */
export const generatorPile: Detector = {
  rule: "generator-pile",
  detect(analysis) {
    const { graph } = analysis;
    const waiting = [...aliveOf(analysis, Kind.generator)].filter(
      (node) =>
        graph.location(node) !== undefined && !graph.hasFlag(node, Flag.unstarted) && isSuspended(analysis, node),
    );
    const groups = groupBy(waiting, (node) => `${graph.location(node)!.file}:${graph.location(node)!.line}`);
    const holders = holdersOf(analysis);
    return [...groups.values()].flatMap((group): Finding[] => {
      const { file } = graph.location(group[0])!;
      if (group.length < MANY || isStandardLibrary(file)) return [];
      const bytes = retainedTogether(analysis, group);
      if (bytes < MIN_BYTES && group.length < VERY_MANY) return [];
      const holder = holders.of(group[0]);
      return holder || group.length >= UNNAMED ? [finding(analysis, group, bytes, holder?.name)] : [];
    });
  },
};

/** As far as the capture tells: else each one that has variables. */
function isSuspended({ graph }: Analysis, node: NodeIndex): boolean {
  const { suspendedLine } = graph.facts;
  return suspendedLine ? suspendedLine.get(node) !== undefined : true;
}

function finding(analysis: Analysis, group: readonly NodeIndex[], bytes: number, place = "local variables"): Finding {
  const { graph } = analysis;
  const location = graph.location(group[0])!;
  const line = graph.facts.suspendedLine?.get(group[0]);
  const name = printable(graph.string(graph.columns.text[group[0]]).split(".").at(-1) ?? "");
  return {
    rule: "generator-pile",
    severity: "warning",
    title: { id: "generators.title", arguments: { count: group.length, name, bytes } },
    why:
      line === undefined
        ? { id: "generators.why", arguments: { place: printable(place) } }
        : { id: "generators.why-line", arguments: { place: printable(place), line: String(line) } },
    fix: { id: "generators.fix", arguments: {} },
    count: group.length,
    bytes,
    objects: group,
    fingerprint: fingerprint("generator-pile", location.name, place.replace(/\[.*?\]/g, "[…]")),
    location,
    path: rootPaths(analysis, group[0], 1)[0]?.steps ?? [],
  };
}
