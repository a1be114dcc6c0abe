import type { SourceLocation } from "../heap/HeapGraph.js";
import type { PictureSeed } from "../picture/Picture.js";
import type { ViewQuestion, ViewQuestions } from "./protocol.js";
import type { Info } from "./queries/info.js";

/** What a view shows. */
export type Route =
  | { readonly view: "overview" }
  | { readonly view: "cycles" }
  /** `suggest`: with the suggested cuts of the seed's family applied. */
  | { readonly view: "graph"; readonly seed: PictureSeed; readonly suggest?: boolean }
  | { readonly view: "object"; readonly id: string }
  | { readonly view: "types"; readonly type?: string }
  | { readonly view: "weakrefs" }
  | { readonly view: "caches" }
  | { readonly view: "duplicates" }
  | { readonly view: "threads" }
  | { readonly view: "arenas" }
  | { readonly view: "compare" };

/** Host (extension or local server) to view. */
export type ToView =
  /** The file is being read; `done` is between 0 and 1. */
  | { readonly kind: "loading"; readonly done: number; readonly step: string }
  | { readonly kind: "opened"; readonly file: string; readonly info: Info }
  /** The file can't be read, or the analysis process has ended. */
  | { readonly kind: "failed"; readonly message: string; readonly advice: string }
  | { readonly kind: "cancelled" }
  /** Snapshots that this one is compared with, for display; `version` is another one after each choice. */
  | {
      readonly kind: "compared";
      readonly files: readonly string[];
      readonly version: number;
      readonly canChoose: boolean;
    }
  | { readonly kind: "progress"; readonly id: number; readonly done: number; readonly step: string }
  | { readonly kind: "answer"; readonly id: number; readonly answer: unknown }
  | { readonly kind: "refused"; readonly id: number; readonly message: string; readonly advice: string }
  | { readonly kind: "show"; readonly route: Route }
  /** Something to tell in passing: that a source file was not found, that a text was copied. */
  | { readonly kind: "notice"; readonly text: string };

/** View to host. */
export type FromView =
  /** The view listens now, also after it was hidden and shown again: tell it how things stand. */
  | { readonly kind: "ready" }
  | { readonly kind: "retry" }
  | { readonly kind: "cancelLoad" }
  /** Let the user choose snapshots to compare with. */
  | { readonly kind: "chooseCompared" }
  | {
      [Q in ViewQuestion]: {
        readonly kind: "ask";
        readonly id: number;
        readonly question: Q;
        readonly params: ViewQuestions[Q]["params"];
      };
    }[ViewQuestion]
  | { readonly kind: "cancel"; readonly id: number }
  | { readonly kind: "source"; readonly location: SourceLocation }
  | { readonly kind: "save"; readonly name: string; readonly text: string }
  | { readonly kind: "copy"; readonly text: string }
  /** What is shown now, and the object that is selected in it, so that commands act on it. */
  | { readonly kind: "route"; readonly route: Route; readonly selected: string | null };
