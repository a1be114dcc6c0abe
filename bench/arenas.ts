// What the allocator's records cost a capture, and what is asked of them.
import { spawnSync } from "node:child_process";
import { join } from "node:path";
import type { Row } from "./editor/editor.js";
import { shown, spread } from "./spread.js";
import { arenas } from "../src/session/queries/arenas.js";
import { Session } from "../src/session/Session.js";
import { type Python, pythons } from "../test/rig/pythons.js";

/** Rounds of each measurement. */
export const ARENA_ROUNDS = 3;
const OBJECTS = 1_000_000;
const VERSIONS = ["2.7.", "3.8.", "3.12.", "3.13."];
const MOST_SHARE = 10;

/** The table's rows: the share of a capture, by version, and the arena map of the last heap. */
export async function arenaRows(agent: string, folder: string): Promise<Row[]> {
  const chosen = pythons().filter(({ name }) => VERSIONS.some((version) => name.startsWith(version)));
  const file = join(folder, "arenas.pyheapsnapshot");
  const rows = chosen.map((python): Row => {
    const shares = Array.from({ length: ARENA_ROUNDS }, () => shareOf(python, agent, file));
    const share = spread(shares);
    const what = `CPython ${python.name}, ${OBJECTS / 1e6} M objects: arenas, pools and tables, % of the capture's CPU time`;
    return [what, shown(share, 1), `below ${MOST_SHARE}`, share.median < MOST_SHARE];
  });
  if (chosen.length === 0) return [["arenas", "no Python of these versions was found", "", undefined]];
  const session = await Session.open(file);
  const { length } = session.analysis.ownership.retained;
  const start = performance.now();
  const map = arenas(session);
  const ms = performance.now() - start;
  const { blocks, unexplained } = map.totals;
  return [
    ...rows,
    [
      `the arena map of ${(length / 1e6).toFixed(1)} M objects, ${map.arenas.length} arenas, ms`,
      ms.toFixed(0),
      "",
      undefined,
    ],
    ["blocks that no object explains, %", ((unexplained / blocks) * 100).toFixed(2), "", undefined],
  ];
}

/** In per cent; the agent tells of each of its steps when OUROBOROS_PROFILE is set. */
function shareOf(python: Python, agent: string, file: string): number {
  const script = join("bench", "synthetic_heap.py");
  const { stderr, status } = spawnSync(python.path, [script, agent, file, String(OBJECTS), "--no-peer"], {
    encoding: "utf8",
    env: { ...process.env, OUROBOROS_PROFILE: "1" },
  });
  const steps = new Map([...stderr.matchAll(/(\w+)=(\d+)ms/g)].map(([, name, ms]) => [name, Number(ms)]));
  if (status !== 0 || !steps.has("pools") || !steps.has("_allocator")) throw new Error(`${python.name}: ${stderr}`);
  const all = [...steps.values()].reduce((sum, ms) => sum + ms, 0);
  return ((steps.get("pools")! + steps.get("_allocator")!) / all) * 100;
}
