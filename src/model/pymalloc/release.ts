import { smallestUnions } from "../../graph/index.js";
import type { HeapGraph, NodeIndex, RuntimeInfo } from "../../heap/HeapGraph.js";
import { Flag, Kind } from "../../heap/kinds.js";
import type { ArenaMap } from "./ArenaMap.js";
import type { PinnedArena } from "./pins.js";

/** Let go of these, and these arenas are released too. */
export interface ReleaseStep {
  readonly units: readonly NodeIndex[];
  readonly arenas: readonly number[];
}

/** Which entries to let go of, so that few of them release many arenas. */
export interface Release {
  readonly steps: readonly ReleaseStep[];
  /** At the end of each step: no choice of as few entries releases more arenas. */
  readonly isBest: boolean;
  /** Arenas that no entries alone would release: by blocks that nothing explains, else by what is no entry. */
  readonly heldByUnexplained: number;
  readonly heldByStructure: number;
}

/**
 * Which entries to let go of for arenas to be released. Garbage counts as gone: the next collection frees it. An arena
 * is released when all its blocks are free, once a full collection has emptied the interpreter's free lists.
 */
export function suggestRelease(pinned: readonly PinnedArena[]): Release {
  const numberOf = new Map<NodeIndex, number>();
  const unitOf: NodeIndex[] = [];
  const arenas: number[] = [];
  const first = [0];
  const element: number[] = [];
  let heldByUnexplained = 0;
  let heldByStructure = 0;
  for (const { arena, pins, unexplained } of pinned) {
    const entries = pins.filter(({ sort }) => sort === "entry");
    if (unexplained > 0) heldByUnexplained++;
    else if (pins.some(({ sort }) => sort === "structure")) heldByStructure++;
    else if (entries.length > 0) {
      for (const { unit } of entries) {
        let number = numberOf.get(unit);
        if (number === undefined) {
          number = unitOf.push(unit) - 1;
          numberOf.set(unit, number);
        }
        element.push(number);
      }
      arenas.push(arena);
      first.push(element.length);
    }
  }
  const { steps, isExact } = smallestUnions({
    first: Uint32Array.from(first),
    element: Uint32Array.from(element),
    elementCount: unitOf.length,
  });
  return {
    steps: steps.map(({ elements, sets }) => ({
      units: elements.map((e) => unitOf[e]),
      arenas: sets.map((s) => arenas[s]),
    })),
    isBest: isExact,
    heldByUnexplained,
    heldByStructure,
  };
}

/** What becomes of arenas if objects go. */
export interface Emptied {
  /** Arenas in use whose blocks in use all belong to these objects. */
  readonly sure: readonly number[];
  /**
   * The same but for blocks that no object explains, which can be on free lists or belong to C code for good, or for
   * objects that may stay on a free list.
   */
  readonly unsure: readonly number[];
}

/**
 * The arenas that would be empty if objects went.
 * @param isGone by node
 * @param lingering of those that go, what may stay on a free list
 */
export function emptiedBy(
  map: ArenaMap,
  isGone: (node: NodeIndex) => boolean,
  lingering: ReadonlySet<NodeIndex> = new Set(),
): Emptied {
  const emptied: { sure: number[]; unsure: number[] } = { sure: [], unsure: [] };
  const { firstPool, poolUsed } = map.pymalloc;
  for (let arena = 0; arena < map.arenaCount; arena++) {
    let isEmptied = true;
    let used = 0;
    let unexplained = 0;
    let stays = false;
    for (let pool = firstPool[arena]; isEmptied && pool < firstPool[arena + 1]; pool++) {
      used += poolUsed[pool];
      unexplained += map.unexplained(pool);
      const end = map.firstEntry[pool + 1];
      for (let entry = map.firstEntry[pool]; isEmptied && entry < end; entry++) {
        isEmptied = isGone(map.entryNode[entry]);
        stays ||= lingering.has(map.entryNode[entry]);
      }
    }
    if (isEmptied && used > 0) (unexplained > 0 || stays ? emptied.unsure : emptied.sure).push(arena);
  }
  return emptied;
}

/** True where a full collection does not empty the free lists of lists and dicts: in 2.7 (Modules/gcmodule.c). */
export function keepsFreeLists([major]: RuntimeInfo["version"]): boolean {
  return major < 3;
}

/** Lists, and dicts, that 2.7 keeps for later use (Objects/listobject.c, dictobject.c). */
const FREE_LIST = 80;

/**
 * What may stay on a free list when objects die, where `keepsFreeLists`: the first lists and dicts that die. None does
 * where the free lists are full already, which no snapshot tells.
 * @param deaths in the order in which objects die
 */
export function lingeringOf({ columns, info }: HeapGraph, ...deaths: readonly Uint32Array[]): Set<NodeIndex> {
  const lingering = new Set<NodeIndex>();
  if (!keepsFreeLists(info.version)) return lingering;
  const { kind, flags } = columns;
  const room = new Map<number, number>([
    [Kind.list, FREE_LIST],
    [Kind.dict, FREE_LIST],
  ]);
  for (const nodes of deaths) {
    for (const node of nodes) {
      const left = room.get(kind[node]) ?? 0;
      if (left === 0 || (flags[node] & Flag.heapType) !== 0) continue;
      room.set(kind[node], left - 1);
      lingering.add(node);
    }
  }
  return lingering;
}

/** Arenas without a block in use that the allocator still holds. */
export function emptyArenas(map: ArenaMap): number {
  let empty = 0;
  for (let arena = 0; arena < map.arenaCount; arena++) if (map.counts(arena).blocks === 0) empty++;
  return empty;
}

/**
 * How many of the arenas that become empty the interpreter may keep, 0 or 1: since 3.9 it does not give back an arena
 * that is the last one in its order, the one with most free pools (Objects/obmalloc.c, insert_to_freepool). Whether one
 * is depends on the order in which blocks are freed, but not where an empty one is there already.
 */
export function keptEmpty(version: RuntimeInfo["version"], map: ArenaMap, emptied: number): number {
  const [major, minor] = version;
  const keeps = major > 3 || (major === 3 && minor >= 9);
  return keeps && emptied > 0 && emptyArenas(map) === 0 ? 1 : 0;
}
