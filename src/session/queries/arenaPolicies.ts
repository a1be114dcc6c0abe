import type { ArenaMap } from "../../model/pymalloc/ArenaMap.js";
import { leastArenas } from "../../model/pymalloc/packing.js";
import { emptiedBy, keptEmpty } from "../../model/pymalloc/release.js";
import type { Session } from "../Session.js";
import type { PolicyRow } from "./arenaRows.js";

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
  const byCollection = emptiedBy(map, (node) => isGarbage[node] === 1).sure.length;
  // An empty one that is still there is kept.
  const given = byCollection - keptEmpty(graph.info.version, map, byCollection);
  return [
    row("stack", "a stack of free pools, as before CPython 2.5: no arena is ever given back", 0),
    row(
      "nearly-full",
      "nearly full arenas first, as since CPython 2.5: arenas without a pool in use are given back at once (since 3.9 but for one)",
      0,
    ),
    row("collection", "the same, after a full collection", given),
    row(
      "best",
      "the best possible: all blocks moved together into as few pools and arenas as they need",
      map.arenaCount - leastArenas(map),
    ),
  ];
}
