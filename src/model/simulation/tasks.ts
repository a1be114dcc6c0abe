/** What a task does with its node. The first ones are the steps of a deallocation. */
export const Task = {
  finalize: 0,
  revive: 1,
  weakrefs: 2,
  release: 3,
  releaseType: 4,
  end: 5,
  clear: 6,
  call: 7,
  uncall: 8,
  drop: 9,
} as const;

/** The steps of a deallocation: from 3.4 on subtype_dealloc (Objects/typeobject.c) calls the finalizer first (PEP 442). */
export const DEALLOCATION = [
  Task.finalize,
  Task.revive,
  Task.weakrefs,
  Task.release,
  Task.releaseType,
  Task.end,
] as const;

/** In 2.7 the weak references' callbacks come first, and in gen_dealloc (Objects/genobject.c) always. */
export const DEALLOCATION_WEAKREFS_FIRST = [
  Task.weakrefs,
  Task.finalize,
  Task.revive,
  Task.release,
  Task.releaseType,
  Task.end,
] as const;
