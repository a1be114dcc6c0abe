import type { NodeIndex } from "../heap/HeapGraph.js";
import { Flag } from "../heap/kinds.js";
import type { Analysis } from "../model/Analysis.js";
import { type ModuleMembers, moduleMembers } from "../model/modules.js";
import type { Pin, PinnedArena } from "../model/pymalloc/pins.js";
import { ENTRY } from "./growth/PlaceTable.js";
import { type Places, placesOf } from "./growth/places.js";
import type { Holder } from "./Holder.js";
import { holdersOf } from "./holders.js";

// Up to where something is looked for that has a module: a text in a tuple of a code object of a function.
const STEPS = 4;

/** What objects in arenas belong to: a container or a variable by its path, a module, garbage, the agent, or nothing known. */
export interface ArenaOwner {
  readonly sort: "place" | "module" | "garbage" | "agent" | "unknown";
  /** `app.KEPT`, `module json`. */
  readonly name: string;
  /** The container or the variable's value; of several at one path the one that came first. */
  readonly node: NodeIndex | undefined;
}

/** What an owner holds in nearly empty arenas. */
export interface ArenaHold {
  readonly owner: ArenaOwner;
  /** Objects that would have to go, each once. */
  readonly units: readonly NodeIndex[];
  /** Nearly empty arenas in which it has blocks. */
  readonly arenas: number;
  /** Of these, arenas that nothing else holds, garbage apart. */
  readonly alone: readonly number[];
}

const UNKNOWN: ArenaOwner = { sort: "unknown", name: "held by C code or by nothing that has a name", node: undefined };
const AGENT: ArenaOwner = { sort: "agent", name: "the capture agent", node: undefined };
const GARBAGE: ArenaOwner = { sort: "garbage", name: "garbage", node: undefined };

/** Tells what objects belong to. */
export class ArenaOwners {
  readonly #analysis: Analysis;
  readonly #places: Places;
  readonly #byKey = new Map<string, ArenaOwner>();
  readonly #holders = new Map<ArenaOwner, Holder | undefined>();
  #members: ModuleMembers | undefined;

  constructor(analysis: Analysis) {
    this.#analysis = analysis;
    this.#places = placesOf(analysis);
  }

  /** Where an object stands: `app.KEPT[…]`; undefined where nothing holds it by a name. */
  placeOf(node: NodeIndex): string | undefined {
    const place = this.#places.of(node);
    return place < 0 ? undefined : this.#places.name(place);
  }

  /** What a pin belongs to. */
  of({ unit, sort }: Pick<Pin, "unit" | "sort">): ArenaOwner {
    const { flags } = this.#analysis.graph.columns;
    if (sort === "garbage") return GARBAGE;
    const place = this.#places.of(unit);
    const named = place < 0 ? unit : this.#places.owner(place);
    if (((flags[unit] | flags[named]) & Flag.agent) !== 0) return AGENT;
    if (place >= 0) {
      const container = this.#places.name(place).endsWith(ENTRY) ? this.#places.parent(place) : place;
      return this.#owner("place", this.#places.name(container), () => this.#at(container, unit));
    }
    const module = this.#moduleOf(unit);
    return module === undefined ? UNKNOWN : this.#owner("module", `module ${module}`, () => undefined);
  }

  /** How an owner's container is held, with its place in the source. */
  holder(owner: ArenaOwner): Holder | undefined {
    if (owner.node === undefined) return undefined;
    if (!this.#holders.has(owner)) this.#holders.set(owner, holdersOf(this.#analysis).of(owner.node));
    return this.#holders.get(owner);
  }

  #owner(sort: ArenaOwner["sort"], name: string, find: () => NodeIndex | undefined): ArenaOwner {
    let owner = this.#byKey.get(name);
    if (!owner) {
      owner = { sort, name, node: find() };
      this.#byKey.set(name, owner);
    }
    return owner;
  }

  /** The unit itself, or what refers to it, whichever stands at a place. */
  #at(place: number, unit: NodeIndex): NodeIndex | undefined {
    if (this.#places.of(unit) === place) return unit;
    const { referrers } = this.#analysis;
    for (let r = referrers.first[unit]; r < referrers.first[unit + 1]; r++) {
      if (this.#places.of(referrers.to[r]) === place) return referrers.to[r];
    }
    return undefined;
  }

  #moduleOf(unit: NodeIndex): string | undefined {
    const { referrers } = this.#analysis;
    const { moduleOf, names } = (this.#members ??= moduleMembers(this.#analysis));
    let at: NodeIndex | undefined = unit;
    for (let step = 0; step < STEPS && at !== undefined; step++) {
      if (moduleOf[at] >= 0) return names[moduleOf[at]];
      let next: NodeIndex | undefined;
      for (let r = referrers.first[at]; r < referrers.first[at + 1]; r++) {
        if (moduleOf[referrers.to[r]] >= 0) return names[moduleOf[referrers.to[r]]];
        next ??= referrers.to[r];
      }
      at = next;
    }
    return undefined;
  }
}

/** What holds nearly empty arenas: most arenas held alone first, then most arenas. */
export function arenaHolds(owners: ArenaOwners, pinned: readonly PinnedArena[]): ArenaHold[] {
  const tally = new Map<ArenaOwner, { units: Set<NodeIndex>; arenas: number; alone: number[] }>();
  for (const { arena, pins, unexplained } of pinned) {
    const here = new Map<ArenaOwner, Pin[]>();
    for (const pin of pins) {
      const owner = owners.of(pin);
      const known = here.get(owner);
      if (known) known.push(pin);
      else here.set(owner, [pin]);
    }
    const holding = [...here.keys()].filter(({ sort }) => sort !== "garbage");
    for (const [owner, held] of here) {
      let counts = tally.get(owner);
      if (!counts) tally.set(owner, (counts = { units: new Set(), arenas: 0, alone: [] }));
      for (const { unit } of held) counts.units.add(unit);
      counts.arenas++;
      const isAlone = holding.length === 0 || (holding.length === 1 && holding[0] === owner);
      if (isAlone && unexplained === 0) counts.alone.push(arena);
    }
  }
  return [...tally]
    .map(([owner, { units, arenas, alone }]) => ({ owner, units: [...units], arenas, alone }))
    .sort((a, b) => b.alone.length - a.alone.length || b.arenas - a.arenas || a.owner.name.localeCompare(b.owner.name));
}
