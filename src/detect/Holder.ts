import type { NodeIndex, SourceLocation } from "../heap/HeapGraph.js";
import type { Anchor } from "../model/source.js";

/** Where an object is kept for good: under a name in a module or a class, in a closure, or as a default. */
export interface Holder {
  /** `instance`: by way of attributes or containers of something that is held so; `running`: by a variable of a running function. */
  readonly where: "module" | "class" | "closure" | "default" | "instance" | "running";
  /** As a programmer would write it: `app.CACHE`, `app.Service.cache`, `app.BUS.handlers['saved']`. */
  readonly name: string;
  readonly location: SourceLocation | undefined;
  /** What to look for in the file for a better line. */
  readonly anchor?: Anchor;
  /** Namespaces beside it: the dict of its module or class, objects that it is an attribute of, and their dicts. */
  readonly namespaces: readonly NodeIndex[];
}

/** Tells how objects are held. */
export interface HolderFinder {
  /** How an object is held, by the shortest way to a name; undefined where it is not held for good. */
  of(held: NodeIndex): Holder | undefined;
}
