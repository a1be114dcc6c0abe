import { type HeapGraph, type NodeIndex, typeInfoName } from "../heap/HeapGraph.js";
import { Kind } from "../heap/kinds.js";
import type { Analysis } from "../model/Analysis.js";

// Random, so that a hostile file can't choose values that all collide.
const SEED = (Math.random() * 2 ** 32) | 1;

const known = new WeakMap<Analysis, Uint32Array>();

/**
 * For each node that is alive and has a value that is known (int, float, str, bytes, tuple of such) the first node
 * with an equal one, plus one; 0 for all others. Types are told apart, 0.0 and -0.0 too; nan has no value that equals
 * anything. Made once a heap.
 */
export function firstEquals(analysis: Analysis): Uint32Array {
  let found = known.get(analysis);
  if (!found) known.set(analysis, (found = findEquals(analysis)));
  return found;
}

function findEquals({ graph, roots }: Analysis): Uint32Array {
  const { kind, type } = graph.columns;
  const first = new Uint32Array(graph.nodeCount);
  const keys = plainValues(graph);
  const plain = new Distinct((a, b) => type[a] === type[b] && Object.is(keys[a], keys[b]));
  const bits = new Float64Array(1);
  const words = new Uint32Array(bits.buffer);
  for (let node = 0; node < graph.nodeCount; node++) {
    if (Number.isNaN(keys[node]) || roots.isGarbage[node] === 1) continue;
    bits[0] = keys[node];
    first[node] = plain.firstOf(node, mix(mix(type[node], words[0]), words[1])) + 1;
  }
  const isTuple = graph.types.map((info) => typeInfoName(info) === "tuple");
  const tuples = new Distinct((a, b) => sameElements(graph, first, a, b));
  for (let node = 0; node < graph.nodeCount; node++) {
    if (kind[node] !== Kind.tuple || !isTuple[type[node]] || roots.isGarbage[node] === 1) continue;
    const hash = hashElements(graph, first, node);
    if (hash !== undefined) first[node] = tuples.firstOf(node, hash) + 1;
  }
  return first;
}

/** A number for each node that is equal for equal values of one type; NaN where there is none. */
function plainValues(graph: HeapGraph): Float64Array {
  const { kind, type } = graph.columns;
  const keys = new Float64Array(graph.nodeCount).fill(NaN);
  const { equalGroup } = graph.facts;
  equalGroup?.nodes.forEach((node, i) => (keys[node] = equalGroup.values[i]));
  const isFloat = graph.types.map((info) => typeInfoName(info) === "float");
  for (let node = 0; node < graph.nodeCount; node++) {
    if (kind[node] !== Kind.number) continue;
    const number = graph.numbers.get(node);
    // Larger ints are rounded to what a double holds, and unequal ones would be taken for equal.
    if (number !== undefined && (isFloat[type[node]] || Number.isSafeInteger(number))) keys[node] = number;
  }
  return keys;
}

/** An element as a number: the first node that is equal, or itself where its value is not known. */
function element(first: Uint32Array, node: NodeIndex): NodeIndex {
  return first[node] === 0 ? node : first[node] - 1;
}

/** Undefined for the empty tuple and for those with elements that are neither numbers, texts, bytes nor None. */
function hashElements({ columns }: HeapGraph, first: Uint32Array, tuple: NodeIndex): number | undefined {
  const { firstEdge, edgeTo, kind } = columns;
  const [start, end] = [firstEdge[tuple], firstEdge[tuple + 1]];
  let hash = end - start;
  for (let e = start; e < end; e++) {
    const of = kind[edgeTo[e]];
    if (of !== Kind.str && of !== Kind.bytes && of !== Kind.number && of !== Kind.none) return undefined;
    hash = mix(hash, element(first, edgeTo[e]));
  }
  return start === end ? undefined : hash;
}

function sameElements({ columns }: HeapGraph, first: Uint32Array, a: NodeIndex, b: NodeIndex): boolean {
  const { firstEdge, edgeTo } = columns;
  const shift = firstEdge[b] - firstEdge[a];
  if (firstEdge[a + 1] + shift !== firstEdge[b + 1]) return false;
  for (let e = firstEdge[a]; e < firstEdge[a + 1]; e++) {
    if (element(first, edgeTo[e]) !== element(first, edgeTo[e + shift])) return false;
  }
  return true;
}

function mix(hash: number, value: number): number {
  const mixed = Math.imul(hash ^ value, SEED);
  return Math.imul(mixed ^ (mixed >>> 15), 0x2c1b3c6d) >>> 0;
}

/** The first of each kind of equal nodes: open addressing with linear probing, no object an entry. */
class Distinct {
  readonly #same: (a: NodeIndex, b: NodeIndex) => boolean;
  /** Node plus one, 0 where a slot is free. */
  #slots = new Uint32Array(1024);
  #hashes = new Uint32Array(1024);
  #used = 0;

  constructor(same: (a: NodeIndex, b: NodeIndex) => boolean) {
    this.#same = same;
  }

  /** The first node asked for that is equal to this one: itself where it is new. */
  firstOf(node: NodeIndex, hash: number): NodeIndex {
    const mask = this.#slots.length - 1;
    let slot = (hash ^ (hash >>> 16)) & mask;
    for (; this.#slots[slot] !== 0; slot = (slot + 1) & mask) {
      const other = this.#slots[slot] - 1;
      if (this.#hashes[slot] === hash && this.#same(other, node)) return other;
    }
    this.#slots[slot] = node + 1;
    this.#hashes[slot] = hash;
    if (++this.#used * 2 > this.#slots.length) this.#grow();
    return node;
  }

  #grow(): void {
    const [slots, hashes] = [this.#slots, this.#hashes];
    const mask = slots.length * 2 - 1;
    this.#slots = new Uint32Array(mask + 1);
    this.#hashes = new Uint32Array(mask + 1);
    for (let i = 0; i < slots.length; i++) {
      if (slots[i] === 0) continue;
      let slot = (hashes[i] ^ (hashes[i] >>> 16)) & mask;
      while (this.#slots[slot] !== 0) slot = (slot + 1) & mask;
      this.#slots[slot] = slots[i];
      this.#hashes[slot] = hashes[i];
    }
  }
}
