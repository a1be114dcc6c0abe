import type { NodeIndex } from "../../heap/HeapGraph.js";
import type { ArenaMap } from "../../model/pymalloc/ArenaMap.js";
import { leastArenas } from "../../model/pymalloc/packing.js";
import { emptiedBy, keepsFreeLists, keptEmpty } from "../../model/pymalloc/release.js";
import type { Session } from "../Session.js";
import type { PolicyRow } from "./arenaRows.js";
import { FREE_LISTS_STAY } from "./arenaWords.js";

/** What policies would release of the arenas as they stand. */
export function policyRows({ analysis, graph }: Session, map: ArenaMap): PolicyRow[] {
  const { arenaBytes } = map.pymalloc;
  const { isGarbage } = analysis.roots;
  const row = (policy: PolicyRow["policy"], what: string, released: number): PolicyRow => ({
    policy,
    what,
    held: map.arenaCount - released,
    released,
    bytes: released * arenaBytes,
  });
  const isGone = (node: NodeIndex) => isGarbage[node] === 1;
  const byCollection = emptiedBy(map, isGone).sure.length;
  // An empty one that is still there is kept.
  const given = byCollection - keptEmpty(graph.info.version, map, byCollection);
  const unsure = byCollection > 0 && keepsFreeLists(graph.info.version) ? `; ${FREE_LISTS_STAY}` : "";
  return [
    row("stack", "a stack of free pools, as before CPython 2.5: no arena is ever given back", 0),
    row(
      "nearly-full",
      "nearly full arenas first, as since CPython 2.5: an arena without a pool in use has been given back already",
      0,
    ),
    row("collection", `the same, after a full collection${unsure}`, given),
    row(
      "best",
      "the best possible: after a collection, all blocks moved together into as few pools and arenas as they need",
      map.arenaCount - leastArenas(map, isGone),
    ),
  ];
}
