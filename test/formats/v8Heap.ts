import { bytesSource } from "../../src/formats/ByteSource.js";
import { readHeapSnapshot } from "../../src/formats/v8/reader.js";

const NODE_TYPES = [
  ...["hidden", "array", "string", "object", "code", "closure", "regexp", "number", "native", "synthetic"],
  ...["concatenated string", "sliced string", "symbol", "bigint", "object shape"],
];
const EDGE_TYPES = ["context", "element", "property", "internal", "hidden", "shortcut", "weak"];

/** As Node 20 writes them, as older versions did, and as none does. */
export const NODE_FIELDS: Readonly<Record<string, readonly string[]>> = {
  "of Node 20": ["type", "name", "id", "self_size", "edge_count", "trace_node_id", "detachedness"],
  "without traces": ["type", "name", "id", "self_size", "edge_count"],
  "in another order": ["detachedness", "edge_count", "unknown", "self_size", "id", "name", "type"],
};

type Edge = readonly [type: string, name: string | number, to: string];
export interface Draft {
  readonly type: string;
  readonly name: string;
  readonly size?: number;
  readonly detached?: true;
  readonly edges?: readonly Edge[];
}
export const draft = (type: string, name: string, size = 0, ...edges: Edge[]): Draft => ({ type, name, size, edges });

export interface Layout {
  readonly nodeFields?: readonly string[];
  readonly edgeFields?: readonly string[];
  readonly locationFields?: readonly string[];
  /** Script, line and column by node. */
  readonly places?: Readonly<Record<string, readonly [script: number, line: number, column: number]>>;
  readonly root?: string;
  /** Strings that are written in front of the others. */
  readonly strings?: readonly string[];
  /** Sections that V8 does not write, before and behind its own. */
  readonly before?: object;
  readonly behind?: object;
}

/** A snapshot as V8 lays it out; node k has the id 2k + 1. */
export function heapOf(drafts: Readonly<Record<string, Draft>>, layout: Layout = {}): string {
  const nodeFields = layout.nodeFields ?? NODE_FIELDS["of Node 20"];
  const edgeFields = layout.edgeFields ?? ["type", "name_or_index", "to_node"];
  const locationFields = layout.locationFields ?? ["object_index", "script_id", "line", "column"];
  const keys = Object.keys(drafts);
  const strings = [...(layout.strings ?? ["<dummy>"])];
  const stringOf = (text: string) => (strings.includes(text) ? strings.indexOf(text) : strings.push(text) - 1);
  const at = (key: string) => keys.indexOf(key) * nodeFields.length;
  const row = (fields: readonly string[], values: Readonly<Record<string, number>>) =>
    // A negative number where it means nothing must not tell on the next one.
    fields.map((field) => values[field] ?? -7);
  const all = Object.values(drafts);
  const nodes = all.flatMap(({ type, name, size = 0, detached, edges = [] }, k) =>
    row(nodeFields, {
      ...{ type: NODE_TYPES.indexOf(type), name: stringOf(name), id: 2 * k + 1, self_size: size },
      ...{ edge_count: edges.length, trace_node_id: 0, detachedness: detached ? 2 : k % 2 },
    }),
  );
  const edges = all.flatMap(({ edges = [] }) =>
    edges.flatMap(([type, name, to]) =>
      row(edgeFields, {
        ...{ type: EDGE_TYPES.indexOf(type), to_node: at(to) },
        name_or_index: typeof name === "number" ? name : stringOf(name),
      }),
    ),
  );
  const locations = Object.entries(layout.places ?? {}).flatMap(([key, [script_id, line, column]]) =>
    row(locationFields, { object_index: at(key), script_id, line, column }),
  );
  const meta = {
    node_fields: nodeFields,
    node_types: nodeFields.map((field) => (field === "type" ? NODE_TYPES : "number")),
    edge_fields: edgeFields,
    edge_types: edgeFields.map((field) => (field === "type" ? EDGE_TYPES : "number")),
    location_fields: locationFields,
  };
  const counts = { node_count: all.length, edge_count: all.reduce((sum, { edges = [] }) => sum + edges.length, 0) };
  const snapshot = { meta, ...counts, ...(layout.root === undefined ? {} : { root_index: at(layout.root) }) };
  return JSON.stringify({ snapshot, ...layout.before, nodes, edges, locations, strings, ...layout.behind });
}

export const read = (json: string, piece?: number) =>
  readHeapSnapshot(bytesSource("test.heapsnapshot", Buffer.from(json)), {}, piece);
