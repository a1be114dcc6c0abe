import type { NodeIndex } from "../../heap/HeapGraph.js";

// A path of more steps says nothing to a reader; chains and nested containers count as one step.
const STEPS = 8;
export const NOWHERE = -1;
/** The step to an entry of a container. */
export const ENTRY = "[…]";

/**
 * Where each object stands, as a path from a name of the program's in which the keys and positions of containers are
 * left out: `app.CACHE`, `app.BUS.handlers[…]`. All objects at one path are one place, so that places can be compared
 * between snapshots, whose addresses say nothing.
 */
export interface Places {
  /** How many places there are. */
  readonly count: number;
  /** The number of a node's place, or -1. */
  of(node: NodeIndex): number;
  /** The path of a place. */
  name(place: number): string;
  /** The place one step before, or -1. */
  parent(place: number): number;
  /** What the first step of a path is a name in: a module, a class, a function, a frame. */
  owner(place: number): NodeIndex;
  /** True for a dict that is the `__dict__` of an object, and so no container of its own. */
  isNamespace(node: NodeIndex): boolean;
}

/** A place: a name, and what follows it. */
interface Place {
  readonly parent: number;
  readonly step: string;
  readonly depth: number;
  readonly owner: NodeIndex;
}

/** Paths as a tree of steps. */
export class PlaceTable {
  readonly #places: Place[] = [];
  readonly #known = new Map<string, number>();

  get count(): number {
    return this.#places.length;
  }

  name(place: number): string {
    const steps: string[] = [];
    for (let at = place; at !== NOWHERE; at = this.#places[at].parent) steps.push(this.#places[at].step);
    return steps.reverse().join("");
  }

  parent(place: number): number {
    return this.#places[place].parent;
  }

  owner(place: number): NodeIndex {
    return this.#places[place].owner;
  }

  /**
   * The number of a place, -1 where its path is too long.
   * @param parent the place before, or -1 for the first step
   * @param owner what the first step is a name in
   */
  protected add(parent: number, step: string, owner: NodeIndex): number {
    // The next of a chain, an entry of an entry: the same place.
    if (parent !== NOWHERE && (step === "" || this.#places[parent].step === step)) return parent;
    const key = `${parent} ${step}`;
    const known = this.#known.get(key);
    if (known !== undefined) return known;
    const depth = parent === NOWHERE ? 0 : this.#places[parent].depth + 1;
    const first = parent === NOWHERE ? owner : this.#places[parent].owner;
    const place = depth > STEPS ? NOWHERE : this.#places.push({ parent, step, depth, owner: first }) - 1;
    this.#known.set(key, place);
    return place;
  }
}
