import type { SourceLocation } from "../../heap/HeapGraph.js";
import { labelPayload, LabelSort, labelSort } from "../../heap/labels.js";
import type { BytesStringTable } from "../../heap/StringTable.js";
import { corrupt } from "./errors.js";
import type { Meta } from "./meta.js";
import type { EdgeTable, NodeTable } from "./tables.js";

const SCRIPT = "system / Script / ";

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
  const known = new Map<string, number>();
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
    const column = atColumn < 0 ? undefined : rows[at + atColumn] + 1;
    const key = `${rows[at + atLine]} ${column} ${nodes.name[node]} ${file}`;
    let index = known.get(key);
    if (index === undefined) {
      const name = strings.get(nodes.name[node]);
      const place = { file, line: rows[at + atLine] + 1, name };
      index = locations.push(column === undefined ? place : { ...place, column });
      known.set(key, index);
    }
    location[node] = index;
  }
  return { locations, location };
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
