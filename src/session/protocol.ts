import type { Picture, PictureFile, PictureRequest } from "../picture/Picture.js";
import type { ArenaDetails, ArenasResult, PoolDetails } from "./queries/arenaRows.js";
import type { CutPreview, CutReference } from "./queries/cut.js";
import type { CacheRow } from "./queries/caches.js";
import type { Comparison } from "./queries/comparison.js";
import type { DuplicatesResult } from "./queries/duplicates.js";
import type { FamilyDetails, FamilyList } from "./queries/families.js";
import type { Info } from "./queries/info.js";
import type { LensRow } from "./queries/lenses.js";
import type { ObjectDetails } from "./queries/object.js";
import type { Report } from "./queries/report.js";
import type { RetainedResult } from "./queries/retained.js";
import type { SearchResult } from "./queries/search.js";
import type { SourceFile, SourceQuestion } from "./queries/sourceFile.js";
import type { ThreadsResult } from "./queries/threads.js";
import type { TypeRow } from "./queries/types.js";
import type { WeakGroupDetails } from "./queries/weakrefs.js";
import type { WeakrefLists } from "./queries/weakrefSuspects.js";
import type { ObjectWeakrefs } from "./queries/weakrefsOf.js";
import type { WhyResult } from "./queries/why.js";

/**
 * What the analysis process is asked and what it answers. Both sides are built together; the version is checked
 * all the same, since an old process can outlive an update of the extension.
 */
export const PROTOCOL_VERSION = 4;

interface Exchange<Params, Answer> {
  readonly params: Params;
  readonly answer: Answer;
}
type Nothing = Readonly<Record<string, never>>;

/** What a view may ask about an open snapshot, with parameters and answers. */
export interface ViewQuestions {
  readonly info: Exchange<Nothing, Info>;
  readonly report: Exchange<Nothing, Report>;
  /** The report as Markdown. */
  readonly reportText: Exchange<Nothing, string>;
  readonly families: Exchange<Nothing, FamilyList>;
  /** One family by its position among the families. */
  readonly family: Exchange<{ readonly family: number }, FamilyDetails>;
  readonly types: Exchange<Nothing, readonly TypeRow[]>;
  /** The objects of a type that retain most. */
  readonly instances: Exchange<{ readonly type: string; readonly top: number }, RetainedResult>;
  readonly weakrefs: Exchange<Nothing, WeakrefLists>;
  /** Weak references of one group by its position among the groups. */
  readonly weakrefGroup: Exchange<{ readonly group: number }, WeakGroupDetails>;
  /** Who refers to an object weakly. */
  readonly weakrefsOf: Exchange<{ readonly id: string }, ObjectWeakrefs>;
  readonly object: Exchange<{ readonly id: string; readonly all?: boolean }, ObjectDetails>;
  readonly why: Exchange<{ readonly id: string; readonly avoid?: readonly string[] }, WhyResult>;
  /** Objects by id, name or type. */
  readonly search: Exchange<{ readonly text: string; readonly limit: number }, SearchResult>;
  /** What would happen if references were not there. */
  readonly cut: Exchange<{ readonly references: readonly CutReference[]; readonly ids: readonly string[] }, CutPreview>;
  readonly duplicates: Exchange<Nothing, DuplicatesResult>;
  readonly threads: Exchange<Nothing, ThreadsResult>;
  /** One arena by its address. */
  readonly arena: Exchange<{ readonly address: string }, ArenaDetails>;
  /** One pool by its address. */
  readonly pool: Exchange<{ readonly address: string }, PoolDetails>;
  /** `version` counts the choices of snapshots to compare with, which are the host's. */
  readonly caches: Exchange<{ readonly version: number }, readonly CacheRow[]>;
  /** As `caches`: with what the host has chosen. */
  readonly compare: Exchange<{ readonly version: number }, Comparison>;
  /** As `caches`: with what the host has chosen. */
  readonly arenas: Exchange<{ readonly version: number }, ArenasResult>;
  readonly picture: Exchange<PictureRequest, Picture>;
  readonly pictureFile: Exchange<{ readonly request: PictureRequest; readonly format: "svg" | "dot" }, PictureFile>;
}

/** All questions to the analysis process. Which files to compare with is for the host to say, not for a view. */
export interface Questions extends Omit<ViewQuestions, "caches" | "compare" | "arenas"> {
  readonly open: Exchange<{ readonly file: string }, Info>;
  /** Caches, with how they grew where there are files to compare with. */
  readonly cachesWith: Exchange<{ readonly files: readonly string[] }, readonly CacheRow[]>;
  /** A comparison of the snapshot with others of its process. */
  readonly compareWith: Exchange<{ readonly files: readonly string[] }, Comparison>;
  /** The arena map, with those of earlier snapshots where there are files to compare with. */
  readonly arenasWith: Exchange<{ readonly files: readonly string[] }, ArenasResult>;
  /** What is alive of the program's own classes and functions. */
  readonly lenses: Exchange<Nothing, readonly LensRow[]>;
  /** What the snapshot knows of a source file, and where a place in a script comes from. */
  readonly sourceFile: Exchange<SourceQuestion, SourceFile>;
}

export type ViewQuestion = keyof ViewQuestions;
export type Question = keyof Questions;

/** Host to analysis process. */
export type HostMessage =
  | {
      [Q in Question]: {
        readonly kind: "ask";
        readonly id: number;
        readonly question: Q;
        readonly params: Questions[Q]["params"];
      };
    }[Question]
  | { readonly kind: "cancel"; readonly id: number };

/** Analysis process to host. */
export type AnalysisMessage =
  | { readonly kind: "ready"; readonly version: number }
  /** `done` is between 0 and 1. */
  | { readonly kind: "progress"; readonly id: number; readonly done: number; readonly step: string }
  | { readonly kind: "answer"; readonly id: number; readonly answer: unknown }
  | ({ readonly kind: "error"; readonly id: number; readonly message: string; readonly advice: string } & FileProblem);

/** Where a file that can't be read is wrong, as far as that is known. */
export interface FileProblem {
  /** Name of the file's format. */
  readonly format?: string | undefined;
  /** In bytes. */
  readonly offset?: number | undefined;
}
