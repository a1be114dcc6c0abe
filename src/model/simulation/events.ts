import type { EdgeIndex, NodeIndex } from "../../heap/HeapGraph.js";

/** Code that runs while objects die: a finalizer (`__del__`, the closing of a generator), a weak reference's callback. */
export type SimulationEvent = (
  | { readonly kind: "finalizer"; readonly node: NodeIndex }
  | { readonly kind: "close"; readonly node: NodeIndex }
  | { readonly kind: "callback"; readonly node: NodeIndex; readonly weakref: NodeIndex }
) & {
  /** How many objects had begun to die before. */
  readonly after: number;
};

/** What ran, and how deep in deallocations that lie one inside the other. */
export interface Course {
  readonly events: readonly SimulationEvent[];
  readonly depthOfCode: number;
}

/**
 * The depth of nested deallocations up to which their order is certain. Beyond 50 (PyTrash_UNWIND_LEVEL,
 * Objects/object.c) the interpreter puts deallocations off; from 3.13 on it does so when the C stack, ten thousand
 * calls deep, is nearly used up.
 */
export function sureDepth([major, minor]: readonly [number, number, number]): number {
  return major === 3 && minor >= 13 ? 2000 : 40;
}

/** What is known of code outside the heap: which references it takes away. */
export interface KnownCode {
  /** By a callback of the standard library: the entry of its weak reference in a container. */
  callback(weakref: NodeIndex): readonly EdgeIndex[] | undefined;
  /** By a dying type: its entries in its bases' tables of subclasses (remove_all_subclasses, Objects/typeobject.c). */
  entries(node: NodeIndex): readonly EdgeIndex[];
  /** By a dying object: what it holds beyond the references that the heap knows. */
  held(node: NodeIndex): readonly NodeIndex[];
}
