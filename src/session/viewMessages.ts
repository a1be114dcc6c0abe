import type { Report } from "./queries/report.js";

/** Extension host to webview. */
export type ToView =
  | { readonly kind: "progress"; readonly done: number; readonly step: string }
  | { readonly kind: "report"; readonly file: string; readonly report: Report }
  | { readonly kind: "error"; readonly message: string; readonly advice: string };

/** Webview to extension host. */
export type FromView =
  { readonly kind: "ready" } | { readonly kind: "retry" } | { readonly kind: "source"; readonly finding: number };
