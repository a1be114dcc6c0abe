import type { ViewQuestion } from "../session/protocol.js";
import type { FromView } from "../session/viewMessages.js";

// By name and complete, so that a question which is not for views, such as which file to open, is never passed on.
const QUESTIONS: Readonly<Record<ViewQuestion, true>> = {
  info: true,
  report: true,
  reportText: true,
  families: true,
  family: true,
  types: true,
  instances: true,
  weakrefs: true,
  weakrefGroup: true,
  weakrefsOf: true,
  object: true,
  why: true,
  search: true,
  cut: true,
  caches: true,
  compare: true,
  duplicates: true,
  threads: true,
  arenas: true,
  arena: true,
  pool: true,
  picture: true,
  pictureFile: true,
};

/** What a browser's view sends; saving and copying is done in the browser. */
export type FromBrowser = Exclude<FromView, { kind: "save" | "copy" }>;

type Fields = Readonly<Record<string, unknown>>;

function fields(value: unknown): value is Fields {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function isLocation(value: unknown): boolean {
  return (
    fields(value) &&
    typeof value["file"] === "string" &&
    Number.isSafeInteger(value["line"]) &&
    typeof value["name"] === "string"
  );
}

const CHECKS: Readonly<Record<FromBrowser["kind"], (message: Fields) => boolean>> = {
  ready: () => true,
  retry: () => true,
  cancelLoad: () => true,
  chooseCompared: () => true,
  // What a question's parameters must be is the analysis's to say.
  ask: ({ id, question, params }) =>
    Number.isSafeInteger(id) && typeof question === "string" && Object.hasOwn(QUESTIONS, question) && fields(params),
  cancel: ({ id }) => Number.isSafeInteger(id),
  source: ({ location }) => isLocation(location),
  route: ({ route, selected }) =>
    fields(route) && typeof route["view"] === "string" && (selected === null || typeof selected === "string"),
};

/** The message in a JSON text, or undefined where it is none. */
export function parseMessage(text: string): FromBrowser | undefined {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return undefined;
  }
  if (!fields(value) || typeof value["kind"] !== "string" || !Object.hasOwn(CHECKS, value["kind"])) return undefined;
  return CHECKS[value["kind"] as FromBrowser["kind"]](value) ? (value as unknown as FromBrowser) : undefined;
}
