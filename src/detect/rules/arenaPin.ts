import { printable } from "../../heap/names.js";
import { rootPaths } from "../../model/paths.js";
import { NEARLY_EMPTY, nearlyEmptyArenas, type PinnedArena } from "../../model/pymalloc/pins.js";
import type { Analysis } from "../../model/Analysis.js";
import { isLibrary } from "../../model/source.js";
import { type ArenaHold, arenaHolds, type ArenaOwner, ArenaOwners } from "../arenaOwners.js";
import { type Detector, type Finding, fingerprint } from "../Finding.js";

/** What nearly empty arenas must come to, in bytes and as a share of all arenas. */
const MIN_BYTES = 5_000_000;
const MIN_SHARE = 0.1;
const NAMES = 3;
/** Of several that keep arenas together, those are told that are in so many of the arenas, compared with the first. */
const MAIN_SHARE = 0.25;

/** Few objects that keep many nearly empty arenas from going back to the system. */
export const arenaPin: Detector = {
  rule: "arena-pin",
  detect(analysis) {
    const map = analysis.graph.pymalloc ? analysis.arenas : null;
    if (!map) return [];
    const { arenaBytes } = map.pymalloc;
    const least = Math.max(MIN_BYTES, map.arenaCount * arenaBytes * MIN_SHARE);
    const pinned = nearlyEmptyArenas(map, analysis.units, NEARLY_EMPTY);
    if (pinned.length * arenaBytes < least) return [];
    const owners = new ArenaOwners(analysis);
    const isTold = ({ owner, alone }: ArenaHold) => owner.sort === "place" && alone.length * arenaBytes >= least;
    const told = arenaHolds(owners, pinned).filter(isTold);
    const findings = told.map((hold) => finding(analysis, owners, [hold], hold));
    const arenasTold = new Set(told.flatMap(({ alone }) => alone));
    const others = pinned.filter(({ arena }) => !arenasTold.has(arena));
    const main = mainHolds(owners, others);
    // What is left of one that was told already is no news.
    if (main.length < 2 || told.some(({ owner }) => owner === main[0].owner)) return findings;
    const together = heldBy(owners, others, new Set(main.map(({ owner }) => owner)));
    if (together.alone.length * arenaBytes >= least) findings.push(finding(analysis, owners, main, together));
    return findings;
  },
};

/** Those that are in most of the arenas. Arenas of the program's start hold some of everything, modules too. */
function mainHolds(owners: ArenaOwners, pinned: readonly PinnedArena[]): ArenaHold[] {
  const holds = arenaHolds(owners, pinned).filter(({ owner }) => owner.sort === "place");
  holds.sort((a, b) => b.arenas - a.arenas || b.units.length - a.units.length);
  return holds.filter(({ arenas }) => arenas >= holds[0].arenas * MAIN_SHARE);
}

/** What arenas are held by, and nothing else: units, and bytes of their blocks. */
type Held = Pick<ArenaHold, "alone" | "unitsAlone" | "bytesAlone">;

/** Arenas that nothing but some owners holds, garbage apart. */
function heldBy(owners: ArenaOwners, pinned: readonly PinnedArena[], wanted: ReadonlySet<ArenaOwner>): Held {
  const isHeld = ({ pins, unexplained }: PinnedArena) =>
    unexplained === 0 && pins.every((pin) => pin.sort === "garbage" || wanted.has(owners.of(pin)));
  const held = pinned.filter(isHeld);
  const pins = held.flatMap((row) => row.pins.filter(({ sort }) => sort !== "garbage"));
  return {
    alone: held.map(({ arena }) => arena),
    unitsAlone: [...new Set(pins.map(({ unit }) => unit))],
    bytesAlone: pins.reduce((sum, { bytes }) => sum + bytes, 0),
  };
}

/** Arenas that one container, or several together, keep. */
function finding(analysis: Analysis, owners: ArenaOwners, holds: readonly ArenaHold[], held: Held): Finding {
  const names = holds.map(({ owner }) => owner.name);
  const shown = names.slice(0, NAMES).map((name) => printable(name));
  const count = held.alone.length;
  const bytes = count * analysis.arenas!.pymalloc.arenaBytes;
  const title =
    names.length === 1
      ? { id: "arenas.title" as const, arguments: { name: shown[0], count, bytes } }
      : { id: "arenas.title-shared" as const, arguments: { names: shown.join(", "), count, bytes } };
  return {
    rule: "arena-pin",
    severity: severity(owners, holds[0]),
    title,
    why: { id: "arenas.why", arguments: { objects: held.unitsAlone.length, used: held.bytesAlone } },
    fix: { id: "arenas.fix", arguments: {} },
    count,
    bytes,
    objects: held.unitsAlone,
    fingerprint: fingerprint("arena-pin", ...names.toSorted()),
    ...place(owners, holds[0]),
    path: rootPaths(analysis, held.unitsAlone[0], 1)[0]?.steps ?? [],
  };
}

function severity(owners: ArenaOwners, { owner }: ArenaHold): Finding["severity"] {
  const file = owners.location(owner)?.file;
  return file !== undefined && isLibrary(file) ? "info" : "warning";
}

function place(owners: ArenaOwners, { owner }: ArenaHold): Pick<Finding, "location" | "anchor"> {
  const location = owners.location(owner);
  const anchor = owners.holder(owner)?.anchor;
  return { ...(location && { location }), ...(anchor && { anchor }) };
}
