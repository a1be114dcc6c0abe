import type { NodeIndex } from "../../heap/HeapGraph.js";
import { printable } from "../../heap/names.js";
import { rootPaths } from "../../model/paths.js";
import { nearlyEmptyArenas, type PinnedArena } from "../../model/pymalloc/pins.js";
import type { Analysis } from "../../model/Analysis.js";
import { isLibrary } from "../../model/source.js";
import { type ArenaHold, arenaHolds, type ArenaOwner, ArenaOwners } from "../arenaOwners.js";
import { type Detector, type Finding, fingerprint } from "../Finding.js";

/** Share of an arena's bytes in use, up to which it is nearly empty. */
const NEARLY_EMPTY = 0.1;
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
    const map = analysis.arenas;
    if (!map?.pymalloc.exact) return [];
    const { arenaBytes } = map.pymalloc;
    const least = Math.max(MIN_BYTES, map.arenaCount * arenaBytes * MIN_SHARE);
    const pinned = nearlyEmptyArenas(map, analysis.units, NEARLY_EMPTY);
    if (pinned.length * arenaBytes < least) return [];
    const owners = new ArenaOwners(analysis);
    const holds = arenaHolds(owners, pinned).filter(({ owner }) => owner.sort === "place");
    const told = new Set<number>();
    const toldOwners = new Set<ArenaOwner>();
    const findings: Finding[] = [];
    for (const hold of holds) {
      if (hold.alone.length * arenaBytes < least) continue;
      for (const arena of hold.alone) told.add(arena);
      toldOwners.add(hold.owner);
      findings.push(finding(analysis, owners, hold, held(pinned, hold.alone)));
    }
    const others = pinned.filter(({ arena }) => !told.has(arena));
    if (others.length * arenaBytes < least) return findings;
    const together = arenaHolds(owners, others).filter(({ owner }) => owner.sort === "place");
    together.sort((a, b) => b.arenas - a.arenas || b.units.length - a.units.length);
    // Arenas of the program's start hold some of everything: the modules that it loads, too.
    const main = together.filter(({ arenas }) => arenas >= together[0].arenas * MAIN_SHARE);
    if (main.length > 0 && main[0].arenas * arenaBytes >= least && !toldOwners.has(main[0].owner)) {
      findings.push(shared(analysis, owners, main, others));
    }
    return findings;
  },
};

/** Arenas and what of them is in use. */
interface Held {
  readonly arenas: number;
  readonly used: number;
}

function held(pinned: readonly PinnedArena[], wanted: readonly number[]): Held {
  const chosen = new Set(wanted);
  const rows = pinned.filter(({ arena }) => chosen.has(arena));
  const used = rows.reduce((sum, { pins }) => sum + pins.reduce((bytes, pin) => bytes + pin.bytes, 0), 0);
  return { arenas: rows.length, used };
}

/** One container, or one object, whose entries alone keep arenas. */
function finding(analysis: Analysis, owners: ArenaOwners, hold: ArenaHold, { arenas, used }: Held): Finding {
  const { arenaBytes } = analysis.arenas!.pymalloc;
  const name = printable(hold.owner.name);
  return {
    rule: "arena-pin",
    severity: severity(owners, hold),
    title: { id: "arenas.title", arguments: { name, count: arenas, bytes: arenas * arenaBytes } },
    why: { id: "arenas.why", arguments: { objects: hold.units.length, used } },
    fix: { id: "arenas.fix", arguments: {} },
    count: arenas,
    bytes: arenas * arenaBytes,
    objects: hold.units,
    fingerprint: fingerprint("arena-pin", hold.owner.name),
    ...place(owners, hold),
    path: path(analysis, hold.units[0]),
  };
}

/** Arenas that several keep together. */
function shared(
  analysis: Analysis,
  owners: ArenaOwners,
  holds: readonly ArenaHold[],
  pinned: readonly PinnedArena[],
): Finding {
  const { arenaBytes } = analysis.arenas!.pymalloc;
  const names = holds.slice(0, NAMES).map(({ owner }) => printable(owner.name));
  const units = [...new Set(holds.flatMap((hold) => hold.units))];
  const bytes = pinned.length * arenaBytes;
  return {
    rule: "arena-pin",
    severity: severity(owners, holds[0]),
    title: { id: "arenas.title-shared", arguments: { names: names.join(", "), count: pinned.length, bytes } },
    why: {
      id: "arenas.why",
      arguments: {
        objects: units.length,
        used: held(
          pinned,
          pinned.map(({ arena }) => arena),
        ).used,
      },
    },
    fix: { id: "arenas.fix", arguments: {} },
    count: pinned.length,
    bytes,
    objects: units,
    fingerprint: fingerprint("arena-pin", "shared", ...names),
    ...place(owners, holds[0]),
    path: path(analysis, holds[0].units[0]),
  };
}

function severity(owners: ArenaOwners, { owner }: ArenaHold): Finding["severity"] {
  const file = owners.holder(owner)?.location?.file;
  return file !== undefined && isLibrary(file) ? "info" : "warning";
}

function place(owners: ArenaOwners, { owner }: ArenaHold): Pick<Finding, "location" | "anchor"> {
  const holder = owners.holder(owner);
  return {
    ...(holder?.location && { location: holder.location }),
    ...(holder?.anchor && { anchor: holder.anchor }),
  };
}

function path(analysis: Analysis, unit: NodeIndex): Finding["path"] {
  return rootPaths(analysis, unit, 1)[0]?.steps ?? [];
}
