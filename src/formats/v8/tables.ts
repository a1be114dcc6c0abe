import { EdgeKind, Flag, Standing } from "../../heap/kinds.js";
import { LabelSort, packLabel } from "../../heap/labels.js";
import { V8_EDGE_SHIFT, V8Edge } from "../../heap/v8.js";
import type { ByteStream } from "./ByteStream.js";
import { corrupt } from "./errors.js";
import { readIntegers } from "./integers.js";
import type { Meta } from "./meta.js";

const ROWS = 1 << 13;
const DETACHED = 2;

/** The nodes of a file, a column a field. */
export interface NodeTable {
  /** Index into the file's types. */
  readonly type: Uint8Array;
  /** String index: that of the file plus one. */
  readonly name: Uint32Array;
  readonly id: Float64Array;
  /** Bytes. */
  readonly selfSize: Float64Array;
  /** nodeCount + 1 entries. */
  readonly firstEdge: Uint32Array;
  readonly flags: Uint16Array;
  /** The greatest string index. */
  readonly mostName: number;
}

/** The edges of a file, in columns as `HeapColumns` has them. */
export interface EdgeTable {
  readonly to: Uint32Array;
  readonly edgeClass: Uint8Array;
  readonly label: Uint32Array;
  readonly mostName: number;
}

/** A table's rows, field by field as they stand in the file. */
interface Rows {
  readonly stride: number;
  readonly most: number;
  readonly what: string;
  /** Takes so many whole rows that stand in the block; the first of them is row `from`. */
  readonly take: (block: Float64Array, rows: number, from: number) => void;
}

async function readRows(stream: ByteStream, rows: Rows, step: () => void): Promise<number> {
  const { stride, most, what } = rows;
  const block = new Float64Array(ROWS * stride);
  let done = 0;
  await readIntegers(
    stream,
    block,
    (count) => {
      const whole = count / stride;
      if (!Number.isInteger(whole)) throw corrupt(`its last ${what} is cut off`, stream.offset);
      if (done + whole > most) throw corrupt(`it holds more ${what}s than the ${most} that it declares`, stream.offset);
      rows.take(block, whole, done);
      done += whole;
    },
    step,
  );
  return done;
}

/**
 * Reads the `nodes` section, behind its bracket.
 * @throws SnapshotError corrupt or truncated
 */
export async function readNodes(stream: ByteStream, meta: Meta, step: () => void): Promise<NodeTable> {
  const { nodeCount: count, nodeFields: fields } = meta;
  const stride = fields.length;
  const [atType, atName, atId, atSize, atEdges, atDetached] = [
    ...["type", "name", "id", "self_size", "edge_count", "detachedness"],
  ].map((field) => fields.indexOf(field));
  const type = new Uint8Array(count);
  const name = new Uint32Array(count);
  const id = new Float64Array(count);
  const selfSize = new Float64Array(count);
  const firstEdge = new Uint32Array(count + 1);
  const flags = new Uint16Array(count);
  const types = meta.nodeTypes.length;
  let mostName = 0;
  let edges = 0;
  const take = (block: Float64Array, rows: number, from: number) => {
    for (let row = 0, at = 0; row < rows; row++, at += stride) {
      const node = from + row;
      const ofType = block[at + atType];
      if (ofType < 0 || ofType >= types) throw corrupt(`node ${node} has an unknown type`, stream.offset);
      type[node] = ofType;
      const named = block[at + atName] + 1;
      if (named > mostName) mostName = named;
      if (named < 1) throw corrupt(`node ${node} has an impossible name`, stream.offset);
      name[node] = named;
      id[node] = block[at + atId];
      if (block[at + atSize] < 0) throw corrupt(`node ${node} has a negative size`, stream.offset);
      selfSize[node] = block[at + atSize];
      if (block[at + atEdges] < 0) throw corrupt(`node ${node} has a negative count of edges`, stream.offset);
      edges += block[at + atEdges];
      if (edges > meta.edgeCount) throw corrupt("its nodes have more edges than it declares", stream.offset);
      firstEdge[node + 1] = edges;
      if (atDetached >= 0 && block[at + atDetached] === DETACHED) flags[node] = Flag.detached;
    }
  };
  const read = await readRows(stream, { stride, most: count, what: "node", take }, step);
  if (read < count) throw corrupt(`it holds ${read} nodes; it declares ${count}`, stream.offset);
  if (edges < meta.edgeCount) throw corrupt(`its nodes have ${edges} edges; it declares ${meta.edgeCount}`);
  return { type, name, id, selfSize, firstEdge, flags, mostName };
}

/** How the edges of a V8 type stand in the heap. */
interface EdgeType {
  readonly kind: number;
  readonly sort: LabelSort;
  readonly v8: V8Edge;
}

const strong = EdgeKind.strong | Standing.traversed;
const INTERNAL: EdgeType = { kind: strong, sort: LabelSort.internalName, v8: V8Edge.internal };
const EDGE_TYPES: ReadonlyMap<string, EdgeType> = new Map<string, EdgeType>(
  Object.entries({
    context: { kind: strong, sort: LabelSort.closure, v8: V8Edge.context },
    element: { kind: strong, sort: LabelSort.index, v8: V8Edge.element },
    property: { kind: strong, sort: LabelSort.attribute, v8: V8Edge.property },
    internal: INTERNAL,
    hidden: { kind: strong, sort: LabelSort.index, v8: V8Edge.hidden },
    // It stands for another edge, of which it spares the walker the way.
    shortcut: { kind: EdgeKind.internal | Standing.none, sort: LabelSort.attribute, v8: V8Edge.shortcut },
    weak: { kind: EdgeKind.weak | Standing.none, sort: LabelSort.internalName, v8: V8Edge.weak },
  }),
);

/**
 * Reads the `edges` section, behind its bracket.
 * @throws SnapshotError corrupt or truncated
 */
export async function readEdges(stream: ByteStream, meta: Meta, step: () => void): Promise<EdgeTable> {
  const { edgeCount: count, edgeFields: fields, nodeCount } = meta;
  const stride = fields.length;
  const [atType, atName, atTo] = ["type", "name_or_index", "to_node"].map((field) => fields.indexOf(field));
  const nodeStride = meta.nodeFields.length;
  const to = new Uint32Array(count);
  const edgeClass = new Uint8Array(count);
  const label = new Uint32Array(count);
  // A type that is not known here is taken for one that keeps its target alive, as DevTools does.
  const known = meta.edgeTypes.map((type) => EDGE_TYPES.get(type) ?? INTERNAL);
  const classes = Uint8Array.from(known, (type) => type.kind | (type.v8 << V8_EDGE_SHIFT));
  const sorts = known.map((type) => type.sort);
  let mostName = 0;
  const take = (block: Float64Array, rows: number, from: number) => {
    for (let row = 0, at = 0; row < rows; row++, at += stride) {
      const edge = from + row;
      const type = block[at + atType];
      const ofClass = classes[type];
      if (ofClass === undefined) throw corrupt(`edge ${edge} has an unknown type`, stream.offset);
      const target = block[at + atTo] / nodeStride;
      if (!(target >= 0 && target < nodeCount) || target >>> 0 !== target) {
        throw corrupt(`edge ${edge} leads to no node`, stream.offset);
      }
      to[edge] = target;
      edgeClass[edge] = ofClass;
      const sort = sorts[type];
      const named = block[at + atName];
      if (named < 0) throw corrupt(`edge ${edge} has an impossible name`, stream.offset);
      if (sort === LabelSort.index) label[edge] = packLabel(sort, named);
      else {
        if (named + 1 > mostName) mostName = named + 1;
        label[edge] = packLabel(sort, named + 1);
      }
    }
  };
  const read = await readRows(stream, { stride, most: count, what: "edge", take }, step);
  if (read < count) throw corrupt(`it holds ${read} edges; it declares ${count}`, stream.offset);
  return { to, edgeClass, label, mostName };
}

/**
 * Reads a table whose length is not declared, behind its bracket, into one array a field.
 * @throws SnapshotError corrupt, also where it has more rows than `most`, or truncated
 */
export async function readTable(
  stream: ByteStream,
  fields: number,
  most: number,
  what: string,
  step: () => void,
): Promise<Float64Array> {
  let values = new Float64Array(0);
  const take = (block: Float64Array, rows: number, from: number) => {
    const needed = (from + rows) * fields;
    if (needed > values.length) {
      const larger = new Float64Array(Math.max(needed, 2 * values.length));
      larger.set(values);
      values = larger;
    }
    values.set(block.subarray(0, rows * fields), from * fields);
  };
  const rows = await readRows(stream, { stride: fields, most, what, take }, step);
  return values.subarray(0, rows * fields);
}
