import { Kind } from "../../heap/kinds.js";
import type { MetaType } from "./meta.js";

// Bits of tp_flags, Include/object.h.
const TPFLAGS_HEAPTYPE = 1 << 9;
const TPFLAGS_HAVE_GC = 1 << 14;
const SUBCLASS_KINDS: readonly [bit: number, kind: Kind][] = [
  [31, Kind.type],
  [30, Kind.exception],
  [29, Kind.dict],
  [28, Kind.str],
  [27, Kind.bytes],
  [26, Kind.tuple],
  [25, Kind.list],
  [24, Kind.number],
];

const BUILTIN_KINDS: Readonly<Record<string, Kind>> = {
  function: Kind.function,
  cell: Kind.cell,
  method: Kind.method,
  instancemethod: Kind.method,
  builtin_function_or_method: Kind.builtin,
  builtin_method: Kind.builtin,
  "method-wrapper": Kind.builtin,
  method_descriptor: Kind.descriptor,
  classmethod_descriptor: Kind.descriptor,
  wrapper_descriptor: Kind.descriptor,
  getset_descriptor: Kind.descriptor,
  member_descriptor: Kind.descriptor,
  classmethod: Kind.descriptor,
  staticmethod: Kind.descriptor,
  property: Kind.descriptor,
  code: Kind.code,
  frame: Kind.frame,
  generator: Kind.generator,
  async_generator: Kind.generator,
  coroutine: Kind.coroutine,
  traceback: Kind.traceback,
  weakref: Kind.weakref,
  ReferenceType: Kind.weakref,
  weakproxy: Kind.weakref,
  weakcallableproxy: Kind.weakref,
  module: Kind.module,
  dict: Kind.dict,
  list: Kind.list,
  tuple: Kind.tuple,
  set: Kind.set,
  frozenset: Kind.set,
  str: Kind.str,
  unicode: Kind.str,
  bytes: Kind.bytes,
  bytearray: Kind.bytes,
  int: Kind.number,
  long: Kind.number,
  bool: Kind.number,
  float: Kind.number,
  complex: Kind.number,
  NoneType: Kind.none,
  type: Kind.type,
  classobj: Kind.type,
  instance: Kind.instance,
};

/** tp_flags as an unsigned number; `bit` counts from 0. */
function hasTypeFlag(flags: number, bit: number): boolean {
  return Math.floor(flags / 2 ** bit) % 2 === 1;
}

export function isHeapType(type: MetaType): boolean {
  return (type.flags & TPFLAGS_HEAPTYPE) !== 0;
}

/** True if its instances can be on the collector's lists. */
export function canBeTracked(type: MetaType): boolean {
  return (type.flags & TPFLAGS_HAVE_GC) !== 0;
}

/**
 * The kind of a type's instances: by name for static types of the interpreter, else by the
 * `Py_TPFLAGS_*_SUBCLASS` bits, else plain instances.
 */
export function kindOfType(type: MetaType): Kind {
  const builtin = type.module === "builtins" || type.module === "__builtin__" || type.module === "";
  if (!isHeapType(type)) {
    // Static types such as weakref.ReferenceType carry a module; their names are unique all the same.
    const kind = Object.hasOwn(BUILTIN_KINDS, type.name) ? BUILTIN_KINDS[type.name] : undefined;
    if (kind !== undefined && (builtin || /^(weakref|_weakref|types)$/.test(type.module))) return kind;
  }
  if (type.module === "_asyncio" && type.name === "Task") return Kind.task;
  if (type.module === "asyncio.tasks" && (type.name === "Task" || type.name === "_PyTask")) return Kind.task;
  if (type.name === "deque" && (type.module === "collections" || type.module === "_collections")) return Kind.deque;
  for (const [bit, kind] of SUBCLASS_KINDS) if (hasTypeFlag(type.flags, bit)) return kind;
  return isHeapType(type) ? Kind.instance : Kind.other;
}
