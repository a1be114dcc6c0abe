import { type ArenaHold, type ArenaOwner, arenaHolds, ArenaOwners } from "../../detect/arenaOwners.js";
import type { NodeIndex, SourceLocation } from "../../heap/HeapGraph.js";
import { addressText, printable } from "../../heap/names.js";
import type { ArenaMap } from "../../model/pymalloc/ArenaMap.js";
import { sizeClasses } from "../../model/pymalloc/packing.js";
import { NEARLY_EMPTY, nearlyEmptyArenas, type Pin, type PinnedArena, pinsOf } from "../../model/pymalloc/pins.js";
import { keepsFreeLists, keptEmpty, type Release, suggestRelease } from "../../model/pymalloc/release.js";
import { needCPython } from "../runtime.js";
import type { Session } from "../Session.js";
import { SourceFiles } from "../SourceFiles.js";
import { type ComparedArenas, compared, NOTHING_COMPARED } from "./arenaComparison.js";
import { addCounts, allocatorFacts, arenaRow, arenaRows, readArenas } from "./arenaCounts.js";
import { policyRows } from "./arenaPolicies.js";
import type {
  ArenaDetails,
  ArenaOwnerRow,
  ArenasResult,
  EarlierArenas,
  PinRow,
  PoolDetails,
  Suggestion,
} from "./arenaRows.js";

const PINS_SHOWN = 200;
const STEPS_SHOWN = 200;
const OWNERS_SHOWN = 100;

/** An address that is in no arena of the snapshot, or in no pool. */
export class UnknownArenaError extends Error {
  constructor(address: string, what: "arena" | "pool") {
    super(`there is no ${what} at ${JSON.stringify(address)}; \`arenas\` lists the addresses of arenas`);
    this.name = "UnknownArenaError";
  }
}

export interface ArenaOptions {
  /** Share of an arena's bytes up to which it is nearly empty, 0 to 1. */
  readonly limit?: number;
  readonly all?: boolean;
}

/**
 * The arenas of CPython's allocator, what holds those that are nearly empty, and what would release them.
 * @param compared those of earlier snapshots of the process
 * @throws WrongRuntimeError
 */
export function arenas(
  session: Session,
  { earlier, notes }: ComparedArenas = NOTHING_COMPARED,
  options: ArenaOptions = {},
): ArenasResult {
  needCPython(session, "What is in which arena");
  const { analysis, graph } = session;
  const map = analysis.arenas;
  const limit = options.limit ?? NEARLY_EMPTY;
  const rows = map ? arenaRows(map, limit) : [];
  // What holds an arena can't be told where only objects show its blocks.
  const exact = map?.pymalloc.exact ? map : null;
  const pinned = exact ? nearlyEmptyArenas(exact, analysis.units, limit) : [];
  const namer = namerOf(session);
  const holds = arenaHolds(namer.owners, pinned);
  const { id, selfSize } = graph.columns;
  const outside = { objects: 0, bytes: 0 };
  for (let node = 0; node < graph.nodeCount; node++) {
    if (!map || selfSize[node] === 0 || map.poolAt(id[node]) >= 0) continue;
    outside.objects++;
    outside.bytes += selfSize[node];
  }
  return {
    allocator: allocatorFacts(graph, map),
    totals: addCounts(rows),
    outside,
    nearlyEmptyLimit: limit,
    arenas: rows,
    classes: map ? sizeClasses(map).map(({ room: _, ...row }) => row) : [],
    owners: ownerRows(session, options.all ? holds : holds.slice(0, OWNERS_SHOWN), namer),
    ownersTotal: holds.length,
    suggestion: suggestionOf(session, exact, pinned, namer, options.all === true),
    policies: exact ? policyRows(session, exact) : [],
    notes,
    earlier,
  };
}

/**
 * The same, compared with files.
 * @param files snapshots of the process, which are read one after the other
 * @throws WrongRuntimeError, SnapshotError
 */
export async function arenasWith(session: Session, files: readonly string[]): Promise<ArenasResult> {
  const others: EarlierArenas[] = [];
  for (const file of files) if (file !== session.path) others.push(await readArenas(session, file, NEARLY_EMPTY));
  return arenas(session, compared(session, others));
}

/**
 * What holds an arena, most bytes first.
 * @param most how many of the rows are made
 * @throws UnknownArenaError, WrongRuntimeError
 */
export function arenaPins(session: Session, address: string, most: number): Pick<ArenaDetails, "pins" | "pinsTotal"> {
  const { map, index } = arenaAt(session, address);
  const { pins } = pinsOf(map, session.analysis.units, index);
  const namer = namerOf(session);
  return { pins: pins.slice(0, most).map((pin) => namer.row(pin)), pinsTotal: pins.length };
}

function arenaAt(session: Session, address: string): { readonly map: ArenaMap; readonly index: number } {
  needCPython(session, "What is in which arena");
  const map = session.analysis.arenas;
  const index = map ? map.arenaAt(Number(address)) : -1;
  if (!map || index < 0) throw new UnknownArenaError(address, "arena");
  return { map, index };
}

/**
 * One arena and what holds it.
 * @throws UnknownArenaError, WrongRuntimeError
 */
export function arena(session: Session, address: string, options: { readonly all?: boolean } = {}): ArenaDetails {
  const { map, index } = arenaAt(session, address);
  const { firstPool, poolUsed, untouched } = map.pymalloc;
  const pools = Array.from({ length: firstPool[index + 1] - firstPool[index] }, (_, i) => firstPool[index] + i);
  return {
    arena: arenaRow(map, index, NEARLY_EMPTY),
    sizes: pools.map((pool) => map.blockBytes(pool)),
    used: pools.map((pool) => poolUsed[pool]),
    room: pools.map((pool) => map.room(pool)),
    firstPool: addressText(map.poolAddress(firstPool[index])),
    untouched: untouched[index],
    ...arenaPins(session, address, options.all ? Infinity : PINS_SHOWN),
  };
}

/**
 * One pool and what is in its blocks.
 * @throws UnknownArenaError, WrongRuntimeError
 */
export function pool(session: Session, address: string): PoolDetails {
  needCPython(session, "What is in which arena");
  const { analysis, graph } = session;
  const map = analysis.arenas;
  const index = map ? map.poolAt(Number(address)) : -1;
  if (!map || index < 0) throw new UnknownArenaError(address, "pool");
  const entries = Array.from(
    { length: map.firstEntry[index + 1] - map.firstEntry[index] },
    (_, i) => map.firstEntry[index] + i,
  );
  return {
    address: addressText(map.poolAddress(index)),
    size: map.blockBytes(index),
    room: map.room(index),
    used: map.pymalloc.poolUsed[index],
    blocks: entries.map((entry) => {
      const node = map.entryNode[entry];
      return {
        at: map.entryAt[entry],
        id: graph.idText(node),
        name: printable(graph.nodeName(node)),
        type: printable(graph.typeName(node)),
        table: map.entryIsTable[entry] === 1,
      };
    }),
    unexplained: map.unexplained(index),
  };
}

const namers = new WeakMap<Session, PinNamer>();

function namerOf(session: Session): PinNamer {
  let namer = namers.get(session);
  if (!namer) namers.set(session, (namer = new PinNamer(session)));
  return namer;
}

/** Makes rows of pins; what belongs to one owner is looked up once. */
class PinNamer {
  readonly owners: ArenaOwners;
  readonly #session: Session;
  readonly #sources: SourceFiles;
  readonly #locations = new Map<ArenaOwner, SourceLocation | undefined>();

  constructor(session: Session) {
    this.#session = session;
    this.owners = new ArenaOwners(session.analysis);
    this.#sources = new SourceFiles(session.graph);
  }

  location(owner: ArenaOwner): SourceLocation | undefined {
    if (!this.#locations.has(owner)) {
      const location = this.owners.location(owner);
      this.#locations.set(owner, location && this.#sources.refine(location, this.owners.holder(owner)?.anchor));
    }
    return this.#locations.get(owner);
  }

  row({ unit, sort, blocks, bytes }: Pin): PinRow {
    const { graph } = this.#session;
    const owner = this.owners.of({ unit, sort });
    const location = this.location(owner);
    const heldBy = this.owners.placeOf(unit) ?? (owner.sort === "module" ? owner.name : null);
    return {
      id: graph.idText(unit),
      name: printable(graph.nodeName(unit)),
      type: printable(graph.typeName(unit)),
      blocks,
      bytes,
      heldBy: heldBy === null ? null : printable(heldBy),
      ...(location && { location }),
      sort,
    };
  }
}

function ownerRows(
  { analysis, graph }: Session,
  holds: readonly ArenaHold[],
  namer: PinNamer,
): readonly ArenaOwnerRow[] {
  const arenaBytes = analysis.arenas?.pymalloc.arenaBytes ?? 0;
  return holds.map(({ owner, units, arenas: held, alone }) => {
    const location = namer.location(owner);
    return {
      id: owner.node === undefined ? null : graph.idText(owner.node),
      name: printable(owner.name),
      ...(location && { location }),
      objects: units.length,
      arenas: held,
      alone: alone.length,
      bytes: alone.length * arenaBytes,
    };
  });
}

function suggestionOf(
  { analysis }: Session,
  map: ArenaMap | null,
  pinned: readonly PinnedArena[],
  namer: PinNamer,
  all: boolean,
): Suggestion {
  const release: Release = map
    ? suggestRelease(pinned)
    : { steps: [], isBest: true, heldByStructure: 0, heldByUnexplained: 0 };
  const byArena = new Map(pinned.map((row) => [row.arena, row]));
  const steps: Suggestion["steps"][number][] = [];
  let objects = 0;
  let released = 0;
  for (const step of release.steps) {
    objects += step.units.length;
    released += step.arenas.length;
    if (!all && steps.length >= STEPS_SHOWN) continue;
    const counts = new Map<NodeIndex, { blocks: number; bytes: number }>();
    for (const pin of step.arenas.flatMap((index) => byArena.get(index)!.pins)) {
      const known = counts.get(pin.unit);
      counts.set(pin.unit, { blocks: pin.blocks + (known?.blocks ?? 0), bytes: pin.bytes + (known?.bytes ?? 0) });
    }
    steps.push({
      objects: step.units.map((unit) => namer.row({ unit, sort: "entry", ...counts.get(unit)! })),
      arenas: step.arenas.map((index) => addressText(map!.pymalloc.arenaAddress[index])),
      objectsSoFar: objects,
      arenasSoFar: released,
    });
  }
  const kept = map ? keptEmpty(analysis.graph.info.version, map, released) : 0;
  return {
    steps,
    objects,
    arenas: released - kept,
    keptEmpty: kept,
    freeListsStay: released > 0 && keepsFreeLists(analysis.graph.info.version),
    bytes: (released - kept) * (map?.pymalloc.arenaBytes ?? 0),
    isBest: release.isBest,
    heldByStructure: release.heldByStructure,
    heldByUnexplained: release.heldByUnexplained,
  };
}
