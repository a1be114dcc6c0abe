import type { MultiDirectedGraph } from "graphology";
import type { EdgeIndex, NodeIndex } from "../heap/HeapGraph.js";
import type { Expansion } from "./Picture.js";

/** An object of the picture. */
export interface ObjectAttributes {
  kind: "object";
  node: NodeIndex;
  inCycle: boolean;
  onPath: boolean;
  /** References from drawn objects. */
  here: number;
  /** Strong neighbours that are not drawn, each object once. */
  hidden: { referrers: number; referents: number };
  /** Why it is a root, or the empty string. */
  root: string;
}

/** What stands for the neighbours of an object that are not drawn. */
export interface MoreAttributes {
  kind: "more";
  /** Whose neighbours they are. */
  node: NodeIndex;
  direction: Expansion["direction"];
  count: number;
  /** The commonest types: "9,980 dict, 8 str". */
  types: string;
}

/** The references from one object to another: the strong ones, or the weak ones. */
export interface ReferenceAttributes {
  /** Edges of the heap, only the first ones where there are very many. */
  edges: EdgeIndex[];
  count: number;
  weak: boolean;
  inCycle: boolean;
  onPath: boolean;
}

/** The part of a heap that is drawn. Keys of nodes and edges are the keys of boxes and arrows. */
export type PictureGraph = MultiDirectedGraph<ObjectAttributes | MoreAttributes, ReferenceAttributes>;

/** A heap's extract with what is to be said about it. */
export interface Extract {
  readonly graph: PictureGraph;
  readonly title: string;
  readonly notes: readonly string[];
  /** What the picture is about in a word, for a file's name; the empty string where nothing is. */
  readonly subject: string;
}
