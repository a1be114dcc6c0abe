import type { SourceLocation } from "../../heap/HeapGraph.js";
import { labelPayload, LabelSort, labelSort } from "../../heap/labels.js";
import type { BytesStringTable } from "../../heap/StringTable.js";
import { corrupt } from "./errors.js";
import type { Meta } from "./meta.js";
import type { EdgeTable, NodeTable } from "./tables.js";

const SCRIPT = "system / Script / ";
// Random, so that a hostile file can't choose places that all collide; odd, so that no bit is lost.
const SEED = (Math.random() * 2 ** 32) | 1;

/** Where the nodes that have a place in source code have it. */
export interface Places {
  readonly locations: readonly SourceLocation[];
  /** By node: index into `locations` plus one, or 0. */
  readonly location: Uint32Array;
}

/**
 * Places from the `locations` section; the scripts' names from the closures, which lead to them by way of what they
 * share. A place in a script without a name is left out: nothing leads there.
 * @param rows the section's numbers
 * @throws SnapshotError corrupt
 */
export function placesOf(
  rows: Float64Array,
  meta: Meta,
  nodes: NodeTable,
  edges: EdgeTable,
  strings: BytesStringTable,
): Places {
  const fields = meta.locationFields;
  const [atNode, atScript, atLine, atColumn] = ["object_index", "script_id", "line", "column"].map((field) =>
    fields.indexOf(field),
  );
  const location = new Uint32Array(meta.nodeCount);
  const locations: SourceLocation[] = [];
  if (atNode < 0 || atScript < 0 || atLine < 0) return { locations, location };
  const finder = new ScriptFinder(nodes, edges, strings);
  const known = new PlaceIndex(rows, [atScript, atLine, atColumn < 0 ? atLine : atColumn]);
  const nodeOfRow = (at: number) => {
    const node = rows[at + atNode] / meta.nodeFields.length;
    if (!(node >= 0 && node < meta.nodeCount) || node >>> 0 !== node) throw corrupt("a location belongs to no node");
    return node;
  };
  for (let at = 0; at < rows.length; at += fields.length) finder.learn(rows[at + atScript], nodeOfRow(at));
  for (let at = 0; at < rows.length; at += fields.length) {
    const file = finder.names.get(rows[at + atScript]);
    if (file === undefined) continue;
    const node = nodeOfRow(at);
    location[node] = known.find(at, nodes.name[node]);
    if (location[node] <= locations.length) continue;
    const place = { file, line: rows[at + atLine] + 1, name: strings.get(nodes.name[node]) };
    locations.push(atColumn < 0 ? place : { ...place, column: rows[at + atColumn] + 1 });
  }
  return { locations, location };
}

/** Numbers rows by their place and name, from 1 on. Most rows are instances of few classes, so none costs an object. */
class PlaceIndex {
  readonly #rows: Float64Array;
  readonly #fields: readonly [number, number, number];
  /** By slot: a number, or 0. Open addressing, at most half full. */
  #slots = new Uint32Array(1 << 10);
  /** By number: where its first row begins, and the index of its name. */
  readonly #first: number[] = [0];
  readonly #name: number[] = [0];

  constructor(rows: Float64Array, fields: readonly [number, number, number]) {
    this.#rows = rows;
    this.#fields = fields;
  }

  /** The number of the place in the row that begins at `at`: a new one where it has not been asked for. */
  find(at: number, name: number): number {
    const slot = this.#slotOf(at, name);
    if (this.#slots[slot] > 0) return this.#slots[slot];
    const number = this.#first.push(at) - 1;
    this.#name.push(name);
    this.#slots[slot] = number;
    if (2 * number > this.#slots.length) this.#grow();
    return number;
  }

  /** The slot that has this place, or the free one for it. */
  #slotOf(at: number, name: number): number {
    const slots = this.#slots;
    const rows = this.#rows;
    const [a, b, c] = this.#fields;
    const hash = Math.imul(Math.imul(Math.imul(name, SEED) ^ rows[at + a], SEED) ^ rows[at + b], SEED) ^ rows[at + c];
    let slot = (Math.imul(hash, SEED) >>> 8) & (slots.length - 1);
    for (let number = slots[slot]; number > 0; number = slots[slot]) {
      const first = this.#first[number];
      const same = rows[first + a] === rows[at + a] && rows[first + b] === rows[at + b];
      if (same && rows[first + c] === rows[at + c] && this.#name[number] === name) return slot;
      slot = (slot + 1) & (slots.length - 1);
    }
    return slot;
  }

  #grow(): void {
    this.#slots = new Uint32Array(2 * this.#slots.length);
    for (let number = 1; number < this.#first.length; number++) {
      this.#slots[this.#slotOf(this.#first[number], this.#name[number])] = number;
    }
  }
}

/** Finds the scripts' names: a closure's `shared` has a `script`, whose name is the script's or ends with it. */
class ScriptFinder {
  readonly names = new Map<number, string>();
  readonly #nodes: NodeTable;
  readonly #edges: EdgeTable;
  readonly #strings: BytesStringTable;
  readonly #shared: ReadonlySet<number>;
  readonly #script: ReadonlySet<number>;
  readonly #asked = new Set<number>();

  constructor(nodes: NodeTable, edges: EdgeTable, strings: BytesStringTable) {
    this.#nodes = nodes;
    this.#edges = edges;
    this.#strings = strings;
    this.#shared = strings.indicesOf("shared");
    // So it is called up to Node 20.
    this.#script = new Set([...strings.indicesOf("script"), ...strings.indicesOf("script_or_debug_info")]);
  }

  /** Learns the name of a script from a node that has a place in it, unless it is known. */
  learn(script: number, node: number): void {
    if (this.names.has(script) || this.#asked.has(node)) return;
    this.#asked.add(node);
    const shared = this.#follow(node, this.#shared);
    const found = shared === undefined ? undefined : this.#follow(shared, this.#script);
    if (found === undefined) return;
    const name = this.#strings.get(this.#nodes.name[found]);
    const file = name.startsWith(SCRIPT) ? name.slice(SCRIPT.length) : name;
    if (file !== "" && !file.startsWith("system / ")) this.names.set(script, file);
  }

  #follow(node: number, names: ReadonlySet<number>): number | undefined {
    const { firstEdge } = this.#nodes;
    for (let e = firstEdge[node]; e < firstEdge[node + 1]; e++) {
      const label = this.#edges.label[e];
      if (labelSort(label) === LabelSort.internalName && names.has(labelPayload(label))) return this.#edges.to[e];
    }
    return undefined;
  }
}
