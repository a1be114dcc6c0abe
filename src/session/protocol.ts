import type { Report } from "./queries/report.js";

/**
 * What the analysis process is asked and what it answers. Both sides are built together; the version is checked
 * all the same, since an old process can outlive an update of the extension.
 */
export const PROTOCOL_VERSION = 1;

/** The questions, with their parameters and answers. */
export interface Questions {
  readonly open: { readonly params: { readonly file: string }; readonly answer: { readonly nodes: number } };
  readonly report: { readonly params: Record<string, never>; readonly answer: Report };
}

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
  | { readonly kind: "progress"; readonly id: number; readonly done: number; readonly step: string }
  | { readonly kind: "answer"; readonly id: number; readonly answer: unknown }
  | { readonly kind: "error"; readonly id: number; readonly message: string; readonly advice: string };
