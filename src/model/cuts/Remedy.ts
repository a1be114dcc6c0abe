import type { NodeIndex, SourceLocation } from "../../heap/HeapGraph.js";

/** What a programmer can do about a reference. Each has its texts in `detect/texts/cuts.ts`. */
export type RemedyKind =
  | "clear-cell"
  | "weak-capture"
  | "clear-capture"
  | "delete-exception"
  | "delete-traceback"
  | "delete-frame"
  | "delete-local"
  | "drop-traceback"
  | "drop-context"
  | "weak-parent"
  | "weak-attribute"
  | "weak-method"
  | "clear-attribute"
  | "cached-method"
  | "clear-container"
  | "remove-value"
  | "remove-key"
  | "remove-item"
  | "remove-member"
  | "clear-cache"
  | "clear-namespace";

/** What to do about one reference, in the source's own names; an empty name is not known. */
export interface Remedy {
  readonly kind: RemedyKind;
  /** The variable, the attribute, or the key; of an entry the container. */
  readonly name: string;
  /** The function whose variable it is, or the class whose attribute. */
  readonly owner: string;
  /** The class, function or method that the reference leads to. */
  readonly target: string;
  /** How the owner's code writes the object that is changed: `self.children`, `error`. */
  readonly expression: string;
  /** Where the function is defined that a variable holds. */
  readonly location?: SourceLocation;
  /** Of a variable that closures close over. */
  readonly closure?: ClosureAccess;
  /** Of an attribute: it holds its own object, or what nothing else holds, so that a weak reference would not do. */
  readonly sole?: "itself" | "only";
}

/** How closures reach a cell. */
export interface ClosureAccess {
  /** A function of the cycle that closes over it: the one that its caller has, if that one does. */
  readonly function: string;
  /** The cell's place in that function's `__closure__`. */
  readonly index: number;
  /** How many functions of the cycle close over it. */
  readonly count: number;
}

/** A reference whose removal helps to end a cycle. */
export interface Cut {
  /** Edge index in `analysis.cyclic`. */
  readonly edge: number;
  readonly from: NodeIndex;
  readonly to: NodeIndex;
  readonly label: string;
  readonly remedy: Remedy;
}

/** Why no references are suggested. */
export type NoCut =
  /** A class is part of it, which refers to itself through its own parts. */
  | { readonly kind: "class"; readonly name: string }
  /** References that no code can take away form a cycle of their own. */
  | { readonly kind: "internal"; readonly type: string; readonly label: string }
  | { readonly kind: "too-large"; readonly limit: number }
  /** The runtime does not count references: cycles cost nothing by themselves. */
  | { readonly kind: "traced" };

/** References that together end a cycle, those of the cheapest place in the source first; or why there are none. */
export interface CutSuggestion {
  readonly cuts: readonly Cut[];
  readonly none?: NoCut;
  /** False where the search ended at its limits: less effort may do. */
  readonly exact: boolean;
}
