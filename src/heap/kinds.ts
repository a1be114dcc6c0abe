/** What an object is, shared by CPython and V8. The order is part of no file format. */
export const Kind = {
  other: 0,
  instance: 1,
  dict: 2,
  list: 3,
  tuple: 4,
  set: 5,
  str: 6,
  bytes: 7,
  number: 8,
  function: 9,
  closure: 10,
  cell: 11,
  method: 12,
  builtin: 13,
  descriptor: 14,
  code: 15,
  frame: 16,
  generator: 17,
  coroutine: 18,
  task: 19,
  traceback: 20,
  exception: 21,
  weakref: 22,
  module: 23,
  type: 24,
  deque: 25,
  none: 26,
  thread: 27,
  /** Variables of a scope that outlive its call (V8). */
  context: 28,
} as const;
export type Kind = (typeof Kind)[keyof typeof Kind];

/** Kind names by number. */
export const kindNames: readonly string[] = Object.keys(Kind);

/** Bits of `HeapGraph.flags`. */
export const Flag = {
  /** On one of the collector's lists, or frozen. */
  tracked: 1 << 0,
  /** Its refcount never changes (PEP 683). */
  immortal: 1 << 1,
  /** Its type has a PEP 442 finalizer (`tp_finalize`). */
  hasFinalizer: 1 << 2,
  /** Its type has a legacy finalizer (`tp_del`), or in 2.7 an old-style `__del__`. */
  legacyFinalizer: 1 << 3,
  /** Its PEP 442 finalizer has run. */
  finalized: 1 << 4,
  /** Interpreter infrastructure: modules, types, their dicts and tuples. See docs/MODEL.md. */
  infrastructure: 1 << 5,
  /** Belongs to the capture agent. */
  agent: 1 << 6,
  /** Tracked but in the permanent generation (`gc.freeze()`). */
  frozen: 1 << 7,
  /** A generator or coroutine that has not been started, so that closing it runs nothing. */
  unstarted: 1 << 8,
  /** Not an object of the interpreter: a thread or a running frame that the reader made a node of. */
  synthetic: 1 << 9,
  /** Its type is a heap type: defined by a `class` statement or by `PyType_FromSpec`. */
  heapType: 1 << 10,
  /** A suspended generator or coroutine that runs code of its own when it is closed. */
  guarded: 1 << 11,
  /** Taken out of its document, but not freed (V8). */
  detached: 1 << 12,
} as const;

/** What a future or a task is in. */
export const FutureState = { pending: 0, cancelled: 1, finished: 2 } as const;
export type FutureState = (typeof FutureState)[keyof typeof FutureState];

/** Low two bits of `HeapGraph.edgeClass`. */
export const EdgeKind = { strong: 0, weak: 1, ephemeron: 2, internal: 3 } as const;
export type EdgeKind = (typeof EdgeKind)[keyof typeof EdgeKind];

/**
 * How an edge stands towards the collector, the next two bits of `HeapGraph.edgeClass`.
 * traversed: visited by `tp_traverse` and holds a count; owned: holds a count but is not visited;
 * borrowed: visited without a count; none: neither (weak references).
 */
export const Standing = { traversed: 0 << 2, owned: 1 << 2, borrowed: 2 << 2, none: 3 << 2 } as const;
export type Standing = (typeof Standing)[keyof typeof Standing];

export const EDGE_KIND_MASK = 3;
export const STANDING_MASK = 3 << 2;

/** `HeapGraph.refcount` where the format does not tell it. */
export const UNKNOWN_REFCOUNT = -1;
/** `HeapGraph.generation` where it is unknown or the node is not tracked. */
export const NO_GENERATION = 255;
