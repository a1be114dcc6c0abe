import { crc32, deflateRawSync } from "node:zlib";

/** A member of an archive, with what a test may bend about its records. */
export interface Member {
  readonly name: string;
  readonly data: Uint8Array;
  readonly stored?: boolean;
  /** Declared uncompressed size, where it should be a wrong one. */
  readonly size?: number;
  /** Name in the member's own header, where it should differ. */
  readonly localName?: string;
  /** General purpose bits. */
  readonly flags?: number;
  readonly method?: number;
}

/** Bytes of a ZIP archive (APPNOTE.TXT 4.3); `count` bends the number of entries that the end record declares. */
export function zipBytes(members: readonly Member[], options: { readonly count?: number } = {}): Buffer {
  const parts: Buffer[] = [];
  const directory: Buffer[] = [];
  let offset = 0;
  for (const member of members) {
    const packed = member.stored ? Buffer.from(member.data) : deflateRawSync(member.data, { level: 1 });
    const local = Buffer.from(member.localName ?? member.name);
    const name = Buffer.from(member.name);
    const common = Buffer.alloc(22);
    common.writeUInt16LE(20, 0);
    common.writeUInt16LE(member.flags ?? 0, 2);
    common.writeUInt16LE(member.method ?? (member.stored ? 0 : 8), 4);
    common.writeUInt16LE(0x21, 8);
    common.writeUInt32LE(crc32(member.data), 10);
    common.writeUInt32LE(packed.length, 14);
    common.writeUInt32LE(member.size ?? member.data.length, 18);
    const head = Buffer.concat([Buffer.from("PK\x03\x04"), common, words16(local.length, 0), local]);
    const place = Buffer.alloc(4);
    place.writeUInt32LE(offset);
    directory.push(
      Buffer.concat([
        Buffer.from("PK\x01\x02"),
        words16(20),
        common,
        words16(name.length, 0, 0, 0, 0, 0, 0),
        place,
        name,
      ]),
    );
    parts.push(head, packed);
    offset += head.length + packed.length;
  }
  const central = Buffer.concat(directory);
  const sizes = Buffer.alloc(8);
  sizes.writeUInt32LE(central.length, 0);
  sizes.writeUInt32LE(offset, 4);
  const count = options.count ?? members.length;
  return Buffer.concat([...parts, central, Buffer.from("PK\x05\x06"), words16(0, 0, count, count), sizes, words16(0)]);
}

function words16(...values: number[]): Buffer {
  const out = Buffer.alloc(2 * values.length);
  values.forEach((value, i) => out.writeUInt16LE(value, 2 * i));
  return out;
}

/** Bytes of a one-dimensional `.npy` array; `shape` and `descr` can be bent. */
export function npyBytes(descr: string, data: Uint8Array, shape: string): Buffer {
  const text = `{'descr': '${descr}', 'fortran_order': False, 'shape': ${shape}, }`;
  const header = Buffer.from(text.padEnd(63 - ((10 + text.length) % 64) + text.length) + "\n", "latin1");
  return Buffer.concat([Buffer.from("\x93NUMPY\x01\x00", "latin1"), words16(header.length), header, data]);
}

const PACK: Record<string, (values: readonly number[]) => Uint8Array> = {
  "<u8": (values) => bytesOf(BigUint64Array.from(values, BigInt)),
  "<i8": (values) => bytesOf(BigInt64Array.from(values, BigInt)),
  "<u4": (values) => bytesOf(Uint32Array.from(values)),
  "<f8": (values) => bytesOf(Float64Array.from(values)),
  "|u1": (values) => Uint8Array.from(values),
};

function bytesOf(array: ArrayBufferView): Uint8Array {
  return new Uint8Array(array.buffer, array.byteOffset, array.byteLength);
}

const DTYPES: Readonly<Record<string, string>> = {
  "nodes/refcount": "<i8",
  "nodes/type": "<u4",
  "items/length": "<u4",
  "items/kind": "|u1",
  "strings/length": "<u4",
  "strings/text": "|u1",
  "suspended/line": "<u4",
  "futures/state": "|u1",
  "zombies/bytes": "<u4",
  "equal/group": "<u4",
  "sites/stack": "<u4",
  "stacks/length": "<u4",
  "stacks/line": "<u4",
  "ints/value": "<i8",
  "floats/value": "<f8",
  "codes/line": "<u4",
  "codes/freevar_count": "<u4",
  "frames/thread": "<u4",
  "frames/line": "<u4",
  "locals/frame": "<u4",
  "borrowed/count": "<u4",
  "arenas/pools": "<u4",
  "arenas/free": "<u4",
  "arenas/untouched": "<u4",
  "pools/class": "|u1",
  "pools/used": "<u4",
};

/** A `.npy` column of the type that the format says. */
export function column(name: string, values: readonly number[], descr = DTYPES[name] ?? "<u8"): Buffer {
  return npyBytes(descr, PACK[descr](values), `(${values.length},)`);
}

type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };

/** A snapshot before it is written: columns by name without ".npy", and meta.json. */
export interface Draft {
  columns: Map<string, readonly number[]>;
  meta: Record<string, Json>;
}

/** Bytes of a draft as a snapshot. `bend` may change, drop or add members, of which meta.json is the last. */
export function snapshotBytes(
  { columns, meta }: Draft,
  bend: (members: Member[]) => readonly Member[] = (members) => members,
  options: { readonly count?: number } = {},
): Buffer {
  const members: Member[] = [...columns].map(([name, values]) => ({ name: `${name}.npy`, data: column(name, values) }));
  members.push({ name: "meta.json", data: Buffer.from(JSON.stringify(meta)) });
  return zipBytes(bend(members), options);
}

const HEAP_TYPE = 1 << 9;
const TYPE_SUBCLASS = 2 ** 31;

/** Address of node `row` in drafts. */
export const addressOf = (row: number): number => 0x7f0000001000 + 16 * row;
const MARKER = 0x7fffffff0000;
const stringId = (index: number): number => 0x7e0000000000 + 16 * index;

/** Texts and names that `smallSnapshot` uses; hostile tests replace them. */
export interface Texts {
  readonly type: string;
  readonly module: string;
  readonly attribute: string;
  readonly key: string;
  readonly value: string;
  readonly file: string;
  readonly function: string;
  readonly variable: string;
  readonly thread: string;
  readonly root: string;
  readonly argument: string;
}

export const PLAIN: Texts = {
  type: "Node",
  module: "app",
  attribute: "parent",
  key: "cached",
  value: "text value",
  file: "/srv/app.py",
  function: "make",
  variable: "inner",
  thread: "MainThread",
  root: "sys.modules",
  argument: "app.py",
};

/**
 * A small whole heap of 3.11 in which each column has entries: two `Node` instances that refer to each other
 * (garbage), a function that refers to itself through a cell (garbage), a dict from a root that holds entries and
 * another ring (alive), a weak reference, a running frame.
 */
export function smallSnapshot(texts: Texts = PLAIN): Draft {
  const strings = [texts.attribute, texts.key, texts.value, texts.file, texts.function, texts.variable, "value"];
  const [attribute, key, value, file, name, variable, plain] = strings.map((_, i) => stringId(i));
  const types: [string, string, number][] = [
    ["builtins", "dict", 2 ** 29],
    ["builtins", "function", 0],
    ["builtins", "cell", 0],
    ["builtins", "tuple", 2 ** 26],
    ["builtins", "code", 0],
    ["builtins", "str", 2 ** 28],
    ["builtins", "int", 2 ** 24],
    ["builtins", "float", 0],
    ["builtins", "type", TYPE_SUBCLASS],
    ["weakref", "ReferenceType", 0],
    [texts.module, texts.type, HEAP_TYPE],
    [texts.module, `${texts.type}Text`, HEAP_TYPE + 2 ** 28],
    [texts.module, `${texts.type}Number`, HEAP_TYPE + 2 ** 24],
  ];
  const T = { dict: 0, function: 1, cell: 2, tuple: 3, code: 4, str: 5, int: 6, float: 7, type: 8, ref: 9, node: 10 };
  // [type, refcount, size, traversed references]; tracked nodes first
  const rows: [number, number, number, number[]][] = [
    [T.dict, 2, 232, [1, 2, 12, 13, 16, 17, 18]], // 0: the root
    [T.node, 3, 48, [2, 10]], // 1 and 2: a ring that is alive
    [T.node, 2, 48, [1, 10]],
    [T.node, 1, 48, [4, 10]], // 3 and 4: a ring that is garbage
    [T.node, 1, 48, [3, 10]],
    [T.function, 1, 136, [8, 7]], // 5: refers to itself through tuple 7 and cell 6
    [T.cell, 1, 40, [5]],
    [T.tuple, 1, 48, [6]],
    [T.code, 2, 200, []], // 8
    [T.ref, 1, 72, []], // 9: refers weakly to 1
    [T.type, 7, 1000, [0]], // 10: the type of the nodes
    [T.str, 2, 60, []], // 11 and 12: key and value in the dict
    [T.str, 1, 60, []],
    [T.int, 1, 28, []], // 13
    [T.float, 1, 24, []], // 14
    [T.str, 1, 60, []], // 15: the name of the attribute
    [T.node + 1, 1, 90, [10]], // 16 and 17: instances of subclasses of str and int
    [T.node + 2, 1, 90, [10]],
    [T.tuple, 1, 64, [14, 15]], // 18
  ];
  rows[0][1] = 3;
  const tracked = 11;
  const at = addressOf;
  const text = strings.map((s) => [...Buffer.from(s)]);
  return {
    columns: new Map<string, readonly number[]>([
      ["nodes/id", rows.map((_, i) => at(i))],
      ["nodes/refcount", rows.map(([, refcount]) => refcount + 2)],
      ["nodes/type", rows.map(([type]) => type)],
      ["nodes/size", rows.map(([, , size]) => size)],
      ["edges/to", rows.flatMap(([, , , to]) => [...to.map(at), MARKER])],
      ["owned/from", [at(8)]],
      ["owned/to", [at(15)]],
      ["owned/name", [name]],
      ["items/owner", [at(0), at(1), at(2), at(3), at(4)]],
      ["items/length", [4, 1, 1, 1, 1]],
      ["items/kind", [0, 1, 1, 1, 1]],
      ["items/key", [at(11), at(11), at(11), at(13), attribute, attribute, attribute, attribute]],
      ["items/value", [at(1), at(2), at(12), at(13), at(2), at(1), at(4), at(3)]],
      ["strings/id", [attribute, at(11), at(12), file, name, variable, plain, at(15), key, value]],
      ["strings/length", [0, 1, 2, 3, 4, 5, 6, 0, 1, 2].map((i) => text[i].length)],
      ["strings/text", [0, 1, 2, 3, 4, 5, 6, 0, 1, 2].flatMap((i) => text[i])],
      ["ints/id", [at(13)]],
      ["ints/value", [-42]],
      ["floats/id", [at(14)]],
      ["floats/value", [1.5]],
      ["codes/id", [at(8)]],
      ["codes/file", [file]],
      ["codes/name", [name]],
      ["codes/qualname", [name]],
      ["codes/line", [12]],
      ["codes/freevar_count", [1]],
      ["codes/freevar", [variable]],
      ["frames/thread", [0]],
      ["frames/id", [0]],
      ["frames/code", [at(8)]],
      ["frames/line", [14]],
      ["locals/frame", [0]],
      ["locals/name", [variable]],
      ["locals/value", [at(9)]],
      ["weakrefs/referent", [at(1)]],
      ["weakrefs/ref", [at(9)]],
      ["borrowed/from", []],
      ["borrowed/to", []],
      ["borrowed/count", []],
      ["marks/frozen", []],
      ["marks/finalized", [at(3)]],
      ["marks/agent", []],
    ]),
    meta: {
      format: "pyheapsnapshot",
      version: 1,
      runtime: { implementation: "cpython", version: [3, 11, 7, "final", 0], build: "", platform: "linux" },
      process: { pid: 7, argv: [texts.argument], cwd: "/srv", capturedAt: 1760000000.5 },
      capture: { agent: "0.1.0", mode: "fork", consistent: true, insideCollection: false },
      nodes: { total: rows.length, tracked, counted: rows.length },
      refcount: { bias: 2, own: [] },
      edges: { marker: MARKER },
      strings: { limit: 120 },
      redacted: false,
      gc: {
        enabled: true,
        segments: [
          [2, 4],
          [0, 4],
          [1, 3],
        ],
        count: [5, 1, 0],
        threshold: [700, 10, 10],
      },
      types: types.map(([module, type, flags], t) => [
        t === T.node ? at(10) : 0x7d0000000000 + 16 * t,
        module,
        type,
        flags,
        0,
        40,
        0,
      ]),
      threads: [{ ident: 1, name: texts.thread, current: true }],
      roots: [[texts.root, at(0)]],
      sources: { [texts.file]: [1750000000, 1234] },
    },
  };
}

/** A copy of the small snapshot with one column replaced. */
export function withColumn(name: string, values: readonly number[]): Draft {
  const draft = smallSnapshot();
  draft.columns.set(name, values);
  return draft;
}

/** A copy of the small snapshot with keys of meta.json replaced. */
export function withMeta(changes: Record<string, Json>): Draft {
  const draft = smallSnapshot();
  Object.assign(draft.meta, changes);
  return draft;
}
