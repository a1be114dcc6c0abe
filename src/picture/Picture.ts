import type { SourceLocation } from "../heap/HeapGraph.js";

/** Where a picture starts. */
export type PictureSeed =
  /** One cycle of a family, by their positions in the session's families. */
  | { readonly kind: "family"; readonly family: number; readonly cycle: number }
  /** A finding by its position in the report: its evidence path, and its cycle where it is one. */
  | { readonly kind: "finding"; readonly finding: number }
  /** One object with what refers to it and what it refers to. */
  | { readonly kind: "object"; readonly id: string }
  /** What keeps an object alive: a shortest path from a root to it. */
  | { readonly kind: "path"; readonly id: string };

/** Neighbours of an object that are to be drawn as well. */
export interface Expansion {
  readonly id: string;
  readonly direction: "referrers" | "referents";
}

/** What to draw. The same request on the same heap gives the same picture. */
export interface PictureRequest {
  readonly seed: PictureSeed;
  /** In the order in which they were asked for; the same one again asks for the next few neighbours. */
  readonly expanded: readonly Expansion[];
  /** An object to which a shortest path from a root is drawn and marked, beside the seed. */
  readonly pathTo?: string;
  /** Whether references point down or to the right. */
  readonly direction: "down" | "right";
  /** The view's font, in pixels; it has one width for all characters. */
  readonly font: { readonly charWidth: number; readonly lineHeight: number };
}

/** A rectangle in pixels, from its upper left corner. */
export interface Rectangle {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/** An object, or what stands for the neighbours that are not drawn. */
export interface Box extends Rectangle {
  /** Unique in the picture, and the same for the same object in each picture. */
  readonly key: string;
  /** The object's id; for a box of kind "more" that of the object whose neighbours it stands for. */
  readonly id: string;
  readonly kind: "object" | "more";
  /** For a box of kind "more": what a click on it draws. */
  readonly direction?: "referrers" | "referents";
  /** Lines of text, the name first; each short enough for the box, and printable. */
  readonly lines: readonly string[];
  /** All of the above for a screen reader and as a tooltip: name, type, bytes, references. */
  readonly description: string;
  /** Member of the cycle or cycles that the picture is about. */
  readonly inCycle: boolean;
  /** On the marked path. */
  readonly onPath: boolean;
  readonly garbage: boolean;
  /** Why it is a root, or the empty string. */
  readonly root: string;
  /** Neighbours that are not drawn. */
  readonly hidden: { readonly referrers: number; readonly referents: number };
  readonly location?: SourceLocation;
}

/** The references from one object to another. */
export interface Arrow {
  readonly key: string;
  /** Keys of boxes. */
  readonly from: string;
  readonly to: string;
  /** All labels, printable. */
  readonly labels: readonly string[];
  /** How many references it stands for. */
  readonly count: number;
  readonly inCycle: boolean;
  readonly onPath: boolean;
  readonly weak: boolean;
  /** Bézier curve: x and y of its start, then two control points and an end for each piece; ends at the arrow's tip. */
  readonly points: readonly number[];
  /** The text beside the arrow, cut to fit, and where it stands; null where it has none. */
  readonly label: (Rectangle & { readonly text: string }) | null;
}

/** Pixels between a box's border and its lines, which stand in its middle, ranged left. */
export const BOX_PADDING = { x: 10, y: 6 } as const;
/** Pixels between the text of an arrow's label and the sides of its rectangle. */
export const LABEL_PADDING = { x: 5, y: 2 } as const;

/** A laid-out picture. */
export interface Picture {
  readonly width: number;
  readonly height: number;
  readonly boxes: readonly Box[];
  readonly arrows: readonly Arrow[];
  /** What the picture shows, in a few words. */
  readonly title: string;
  /** What a reader must know: what was left out, and why. */
  readonly notes: readonly string[];
}

/** A picture as a file. */
export interface PictureFile {
  readonly name: string;
  readonly text: string;
}
