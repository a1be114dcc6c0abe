import type { NodeIndex } from "../heap/HeapGraph.js";
import type { Analysis } from "../model/Analysis.js";
import { neighbours } from "./neighbours.js";
import type { Expansion } from "./Picture.js";

/** An object's box costs room and time; beyond so many nobody reads a picture. */
export const MAX_OBJECTS = 500;
/** So many neighbours come with each expansion. */
export const EXPANSION_STEP = 10;
// A path through a linked list can be as long as the list.
const PATH_START = 30;
const PATH_END = 70;

/** The objects that are to be drawn, in the order in which they were chosen. */
export class Selection {
  readonly #analysis: Analysis;
  readonly #nodes = new Set<NodeIndex>();
  readonly #onPath = new Set<NodeIndex>();
  readonly #steps = new Set<string>();
  readonly #opened = new Set<string>();
  #limit = MAX_OBJECTS;
  #full = false;

  constructor(analysis: Analysis) {
    this.#analysis = analysis;
  }

  get nodes(): ReadonlySet<NodeIndex> {
    return this.#nodes;
  }

  /** True if an object was left out since there were too many. */
  get full(): boolean {
    return this.#full;
  }

  /** Keeps room for so many objects, which the next call of `reserve` frees. */
  reserve(count: number): void {
    this.#limit = MAX_OBJECTS - count;
  }

  /** Adds an object if there is room; true if it is drawn. */
  add(node: NodeIndex): boolean {
    if (this.#nodes.has(node)) return true;
    if (this.#nodes.size >= this.#limit) {
      this.#full = true;
      return false;
    }
    this.#nodes.add(node);
    return true;
  }

  /** Adds up to `limit` neighbours of an object that are not drawn yet, and marks what is left for a box of its own. */
  expand(node: NodeIndex, direction: Expansion["direction"], limit: number): void {
    if (!this.add(node)) return;
    this.#opened.add(`${node} ${direction}`);
    let added = 0;
    for (const other of neighbours(this.#analysis, node, direction)) {
      if (this.#nodes.has(other)) continue;
      if (added++ === limit || !this.add(other)) break;
    }
  }

  /** True if an object was expanded in that direction. */
  isOpened(node: NodeIndex, direction: Expansion["direction"]): boolean {
    return this.#opened.has(`${node} ${direction}`);
  }

  /** Adds a path and marks it. Of a very long one only the ends are drawn; returns how many objects are left out. */
  addPath(path: readonly NodeIndex[]): number {
    const long = path.length > PATH_START + PATH_END;
    const pieces = long ? [path.slice(0, PATH_START), path.slice(-PATH_END)] : [path];
    for (const piece of pieces) {
      piece.forEach((node, i) => {
        if (!this.add(node)) return;
        this.#onPath.add(node);
        if (i > 0) this.#steps.add(`${piece[i - 1]}>${node}`);
      });
    }
    return long ? path.length - PATH_START - PATH_END : 0;
  }

  isOnPath(node: NodeIndex): boolean {
    return this.#onPath.has(node);
  }

  /** True if a marked path goes from one object straight to the other. */
  isStep(from: NodeIndex, to: NodeIndex): boolean {
    return this.#steps.has(`${from}>${to}`);
  }
}
