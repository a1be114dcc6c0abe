import type { NodeIndex, SourceLocation } from "../heap/HeapGraph.js";
import { Flag } from "../heap/kinds.js";
import type { Analysis } from "../model/Analysis.js";
import { type ModuleMembers, moduleMembers } from "../model/modules.js";
import type { Pin, PinnedArena } from "../model/pymalloc/pins.js";
import { ENTRY } from "./growth/PlaceTable.js";
import { type Places, placesOf } from "./growth/places.js";
import type { Holder } from "./Holder.js";
import { holdersOf } from "./holders.js";
import { groupBy } from "./together.js";

// Up to where something is looked for that has a module: a text in a tuple of a code object of a function.
const STEPS = 4;
// How many of an object's referrers are looked at: a text can have millions.
const REFERRERS = 1000;
const NONE = -1;

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
  /** Units in the arenas that it holds alone, and bytes of their blocks there. */
  readonly unitsAlone: readonly NodeIndex[];
  readonly bytesAlone: number;
}

const UNKNOWN: ArenaOwner = { sort: "unknown", name: "C code, or nothing that has a name", node: undefined };
const AGENT: ArenaOwner = { sort: "agent", name: "the capture agent", node: undefined };
const GARBAGE: ArenaOwner = { sort: "garbage", name: "garbage", node: undefined };

/** Tells what objects belong to. */
export class ArenaOwners {
  readonly #analysis: Analysis;
  readonly #byPlace = new Map<number, ArenaOwner>();
  readonly #byModule = new Map<number, ArenaOwner>();
  readonly #moduleOf = new Map<NodeIndex, number>();
  readonly #holders = new Map<ArenaOwner, Holder | undefined>();
  #members: ModuleMembers | undefined;

  constructor(analysis: Analysis) {
    this.#analysis = analysis;
  }

  get #places(): Places {
    return placesOf(this.#analysis);
  }

  /** Where an object stands: `app.KEPT[…]`; undefined where nothing holds it by a name. */
  placeOf(node: NodeIndex): string | undefined {
    const place = this.#places.of(node);
    if (place >= 0) return this.#places.name(place);
    const container = this.#placeAbove(node);
    if (container < 0) return undefined;
    const name = this.#places.name(container);
    return name.endsWith(ENTRY) ? name : name + ENTRY;
  }

  /** What a pin belongs to. */
  of({ unit, sort }: Pick<Pin, "unit" | "sort">): ArenaOwner {
    const { flags } = this.#analysis.graph.columns;
    if (sort === "garbage") return GARBAGE;
    let place = this.#places.of(unit);
    // Keys of dicts have no places of their own.
    if (place < 0 && sort === "entry") place = this.#placeAbove(unit);
    const named = place < 0 ? unit : this.#places.owner(place);
    if (((flags[unit] | flags[named]) & Flag.agent) !== 0) return AGENT;
    if (place >= 0) return this.#ownerAt(place, unit);
    const module = this.#module(unit);
    if (module < 0) return UNKNOWN;
    let owner = this.#byModule.get(module);
    if (!owner) {
      owner = { sort: "module", name: `module ${this.#members!.names[module]}`, node: undefined };
      this.#byModule.set(module, owner);
    }
    return owner;
  }

  /** How an owner's container is held, with its place in the source. */
  holder(owner: ArenaOwner): Holder | undefined {
    if (owner.node === undefined) return undefined;
    if (!this.#holders.has(owner)) this.#holders.set(owner, holdersOf(this.#analysis).of(owner.node));
    return this.#holders.get(owner);
  }

  /** Where an owner is named in the source; of a running function's variable the line that it is at. */
  location(owner: ArenaOwner): SourceLocation | undefined {
    const known = this.holder(owner)?.location;
    if (known || owner.node === undefined) return known;
    const place = this.#places.of(owner.node);
    return place < 0 ? undefined : this.#analysis.graph.location(this.#places.owner(place));
  }

  #ownerAt(place: number, unit: NodeIndex): ArenaOwner {
    let owner = this.#byPlace.get(place);
    if (!owner) {
      const name = this.#places.name(place);
      const parent = name.endsWith(ENTRY) ? this.#places.parent(place) : place;
      const same = parent === place ? undefined : this.#byPlace.get(parent);
      owner = same ?? {
        sort: "place",
        name: this.#places.name(parent),
        node: this.#places.of(unit) === parent ? unit : this.#referrerAt(parent, unit),
      };
      this.#byPlace.set(place, owner);
      this.#byPlace.set(parent, owner);
    }
    return owner;
  }

  #referrerAt(place: number, unit: NodeIndex): NodeIndex | undefined {
    return this.#referrers(unit).find((from) => this.#places.of(from) === place);
  }

  /** The place of what dominates an object, else of the first of its referrers that has one; -1 where none has. */
  #placeAbove(node: NodeIndex): number {
    const above = this.#analysis.ownership.idom[node];
    if (above < this.#analysis.graph.nodeCount && this.#places.of(above) >= 0) return this.#places.of(above);
    const from = this.#referrers(node).find((referrer) => this.#places.of(referrer) >= 0);
    return from === undefined ? NONE : this.#places.of(from);
  }

  /** The first of the objects that refer to a node. */
  #referrers(node: NodeIndex): Uint32Array {
    const { referrers } = this.#analysis;
    const end = Math.min(referrers.first[node + 1], referrers.first[node] + REFERRERS);
    return referrers.to.subarray(referrers.first[node], end);
  }

  #module(unit: NodeIndex): number {
    const { moduleOf } = (this.#members ??= moduleMembers(this.#analysis));
    const way: NodeIndex[] = [];
    let module = NONE;
    for (let at: NodeIndex | undefined = unit; at !== undefined && way.length < STEPS && module === NONE;) {
      const known = this.#moduleOf.get(at);
      if (known !== undefined || moduleOf[at] >= 0) {
        module = known ?? moduleOf[at];
        break;
      }
      way.push(at);
      const from: Uint32Array = this.#referrers(at);
      const member = from.find((node) => moduleOf[node] >= 0);
      if (member !== undefined) module = moduleOf[member];
      at = from.at(0);
    }
    for (const node of way) this.#moduleOf.set(node, module);
    return module;
  }
}

interface Tally {
  readonly units: Set<NodeIndex>;
  arenas: number;
  readonly alone: number[];
  readonly unitsAlone: Set<NodeIndex>;
  bytesAlone: number;
}

/** What holds nearly empty arenas: most arenas held alone first, then most arenas. */
export function arenaHolds(owners: ArenaOwners, pinned: readonly PinnedArena[]): ArenaHold[] {
  const tally = new Map<ArenaOwner, Tally>();
  for (const { arena, pins, unexplained } of pinned) {
    const groups = groupBy(pins, (pin) => owners.of(pin));
    const holding = [...groups.keys()].filter(({ sort }) => sort !== "garbage");
    for (const [owner, held] of groups) {
      let counts = tally.get(owner);
      if (!counts) {
        counts = { units: new Set(), arenas: 0, alone: [], unitsAlone: new Set(), bytesAlone: 0 };
        tally.set(owner, counts);
      }
      for (const { unit } of held) counts.units.add(unit);
      counts.arenas++;
      if (unexplained > 0 || holding.some((other) => other !== owner)) continue;
      counts.alone.push(arena);
      for (const { unit, bytes } of held) {
        counts.unitsAlone.add(unit);
        counts.bytesAlone += bytes;
      }
    }
  }
  return [...tally]
    .map(([owner, { units, unitsAlone, ...counts }]) => ({
      ...counts,
      owner,
      units: [...units],
      unitsAlone: [...unitsAlone],
    }))
    .sort((a, b) => b.alone.length - a.alone.length || b.arenas - a.arenas || a.owner.name.localeCompare(b.owner.name));
}
