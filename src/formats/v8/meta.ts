import { corrupt, FORMAT } from "./errors.js";
import { SnapshotError } from "../errors.js";

/** What the `snapshot` section of a file says: how the numbers that follow are to be read. */
export interface Meta {
  readonly nodeCount: number;
  readonly edgeCount: number;
  /** Row of the root. */
  readonly root: number;
  /** Bytes that the process held beside the heap. */
  readonly extraNativeBytes: number;
  readonly nodeFields: readonly string[];
  readonly nodeTypes: readonly string[];
  readonly edgeFields: readonly string[];
  readonly edgeTypes: readonly string[];
  readonly locationFields: readonly string[];
  /** Empty where the file has no such table. */
  readonly scopeFields: readonly string[];
  readonly scopeVariableFields: readonly string[];
  readonly scopeUseFields: readonly string[];
}

// Node and edge indices are 32-bit numbers; so are the flat array's indices that edges name their targets with.
const MOST = 2 ** 32 - 2;
// A node's type is kept in a byte.
const MOST_TYPES = 256;
const NODE_FIELDS = ["type", "name", "id", "self_size", "edge_count"];
const EDGE_FIELDS = ["type", "name_or_index", "to_node"];

/**
 * Reads the `snapshot` section.
 * @throws SnapshotError corrupt, or unsupported-version where a field that is needed is missing
 */
export function parseMeta(text: string): Meta {
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch {
    throw corrupt('its "snapshot" section is no JSON');
  }
  const snapshot = record(parsed, "snapshot");
  const meta = record(snapshot["meta"], "snapshot.meta");
  const nodeFields = names(meta, "node_fields");
  const edgeFields = names(meta, "edge_fields");
  need(nodeFields, NODE_FIELDS, "node_fields");
  need(edgeFields, EDGE_FIELDS, "edge_fields");
  const rootIndex = snapshot["root_index"] === undefined ? 0 : count(snapshot, "root_index");
  const nodeCount = count(snapshot, "node_count");
  const root = rootIndex / nodeFields.length;
  if (!Number.isInteger(root) || root >= nodeCount) throw corrupt("its root is none of its nodes");
  return {
    nodeCount,
    edgeCount: count(snapshot, "edge_count"),
    root,
    extraNativeBytes: snapshot["extra_native_bytes"] === undefined ? 0 : count(snapshot, "extra_native_bytes"),
    nodeFields,
    nodeTypes: typeNames(meta, "node_types", nodeFields.indexOf("type")),
    edgeFields,
    edgeTypes: typeNames(meta, "edge_types", edgeFields.indexOf("type")),
    locationFields: optional(meta, "location_fields"),
    scopeFields: optional(meta, "scope_fields"),
    scopeVariableFields: optional(meta, "scope_context_var_fields"),
    scopeUseFields: optional(meta, "scope_use_fields"),
  };
}

function record(value: unknown, what: string): Readonly<Record<string, unknown>> {
  if (typeof value !== "object" || value === null || Array.isArray(value)) throw corrupt(`it has no ${what}`);
  return value as Readonly<Record<string, unknown>>;
}

function count(from: Readonly<Record<string, unknown>>, field: string): number {
  const value = from[field];
  if (typeof value !== "number" || !Number.isInteger(value) || value < 0) throw corrupt(`its ${field} is no count`);
  if (value > MOST) {
    throw new SnapshotError("too-large", `its ${field} is ${value}; ${MOST} can be read`, { format: FORMAT });
  }
  return value;
}

function names(meta: Readonly<Record<string, unknown>>, field: string): readonly string[] {
  const value = meta[field];
  if (!Array.isArray(value) || !value.every((name) => typeof name === "string")) {
    throw corrupt(`its ${field} is no list of names`);
  }
  return value;
}

function optional(meta: Readonly<Record<string, unknown>>, field: string): readonly string[] {
  return meta[field] === undefined ? [] : names(meta, field);
}

function need(fields: readonly string[], wanted: readonly string[], what: string): void {
  const missing = wanted.filter((field) => !fields.includes(field));
  if (missing.length > 0) {
    throw new SnapshotError("unsupported-version", `its ${what} lack ${missing.join(", ")}`, {
      format: FORMAT,
      advice: "Write the snapshot with Node 12, Chrome 72, or newer.",
    });
  }
}

/** The names of the values of a field `type`: the list that stands at its place among the types. */
function typeNames(meta: Readonly<Record<string, unknown>>, field: string, place: number): readonly string[] {
  const types = meta[field];
  const own: unknown = Array.isArray(types) ? (types as readonly unknown[])[place] : undefined;
  if (!Array.isArray(own) || !own.every((name) => typeof name === "string")) {
    throw corrupt(`its ${field} do not name the types`);
  }
  if (own.length > MOST_TYPES) throw corrupt(`its ${field} are more than ${MOST_TYPES}`);
  return own;
}
