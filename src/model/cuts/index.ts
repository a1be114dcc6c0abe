export type { ClosureAccess, Cut, CutSuggestion, NoCut, Remedy, RemedyKind } from "./Remedy.js";
export { CUT_LIMIT, suggestCuts } from "./suggest.js";
