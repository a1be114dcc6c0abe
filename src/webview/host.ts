import { signal } from "@preact/signals";
import type { SourceLocation } from "../heap/HeapGraph.js";
import type { ViewQuestion, ViewQuestions } from "../session/protocol.js";
import type { FromView, Route, ToView } from "../session/viewMessages.js";
import { connect } from "./transport.js";

/** An answer that is none, with what to do about it. */
export class RefusedError extends Error {
  readonly advice: string;

  constructor(message: string, advice: string) {
    super(message);
    this.name = "RefusedError";
    this.advice = advice;
  }
}

/** How to ask: a signal to give up, and a listener to how far it is (0 to 1). */
export interface AskOptions {
  readonly signal?: AbortSignal;
  readonly progress?: (done: number, step: string) => void;
}

interface Waiting {
  readonly resolve: (answer: unknown) => void;
  readonly reject: (error: Error) => void;
  readonly progress: AskOptions["progress"];
}

/** How the snapshot stands. */
export type Phase =
  | { readonly kind: "loading"; readonly done: number; readonly step: string }
  | Extract<ToView, { kind: "opened" | "failed" | "cancelled" }>;

export const phase = signal<Phase>({ kind: "loading", done: 0, step: "" });
/** What is shown; set it with `navigate`. */
export const route = signal<Route>({ view: "overview" });
/** Id of the selected object, or null. */
export const selected = signal<string | null>(null);
/** The latest thing to tell in passing, or the empty string. */
export const notice = signal("");
/** Snapshots that this one is compared with, for display; `version` is another one after each choice. */
export interface Compared {
  readonly files: readonly string[];
  readonly version: number;
  /** The host can ask the user for others. */
  readonly canChoose: boolean;
}
/** What the host compares with. */
export const compared = signal<Compared>({ files: [], version: 0, canChoose: false });
/** Whether `back` leads anywhere. */
export const canGoBack = signal(false);

const waiting = new Map<number, Waiting>();
let next = 1;
const transport = connect(receive);

function post(message: FromView): void {
  transport.post(message);
}

/**
 * Asks the analysis.
 * @throws RefusedError; an AbortError where the signal gave up
 */
export function ask<Q extends ViewQuestion>(
  question: Q,
  params: ViewQuestions[Q]["params"],
  options: AskOptions = {},
): Promise<ViewQuestions[Q]["answer"]> {
  const id = next++;
  const givenUp = () => new DOMException("given up", "AbortError");
  if (options.signal?.aborted) return Promise.reject(givenUp());
  return new Promise((resolve, reject) => {
    waiting.set(id, { resolve: resolve as (answer: unknown) => void, reject, progress: options.progress });
    options.signal?.addEventListener("abort", () => {
      if (!waiting.delete(id)) return;
      post({ kind: "cancel", id });
      reject(givenUp());
    });
    post({ kind: "ask", id, question, params } as FromView);
  });
}

function receive(message: ToView): void {
  switch (message.kind) {
    case "loading":
    case "opened":
    case "failed":
    case "cancelled":
      phase.value = message;
      break;
    case "compared": {
      const { files, version, canChoose } = message;
      compared.value = { files, version, canChoose };
      break;
    }
    case "show":
      navigate(message.route);
      break;
    case "notice":
      notice.value = message.text;
      break;
    case "progress":
      waiting.get(message.id)?.progress?.(message.done, message.step);
      break;
    case "answer":
      take(message.id)?.resolve(message.answer);
      break;
    case "refused":
      take(message.id)?.reject(new RefusedError(message.message, message.advice));
      break;
  }
}

function take(id: number): Waiting | undefined {
  const found = waiting.get(id);
  waiting.delete(id);
  return found;
}

/** Shows something else; `back` returns. */
export function navigate(to: Route, select: string | null = null): void {
  // What is shown already is no step to go back to.
  if (JSON.stringify(to) !== JSON.stringify(route.value)) {
    history.push({ route: route.value, selected: selected.value });
    canGoBack.value = true;
  }
  show(to, select);
}

const history: { readonly route: Route; readonly selected: string | null }[] = [];

/** Returns to what was shown before. */
export function back(): void {
  const last = history.pop();
  canGoBack.value = history.length > 0;
  if (last) show(last.route, last.selected);
}

function show(to: Route, select: string | null): void {
  route.value = to;
  selected.value = select;
  notice.value = "";
  transport.remember(to);
  post({ kind: "route", route: to, selected: select });
}

/** Selects an object in what is shown. */
export function select(id: string | null): void {
  selected.value = id;
  post({ kind: "route", route: route.value, selected: id });
}

/** Goes to a place in the source. */
export const goToSource = (location: SourceLocation) => post({ kind: "source", location });
/** Saves a text as a file, where the user says. */
export const save = (name: string, text: string) => post({ kind: "save", name, text });
export const copy = (text: string) => post({ kind: "copy", text });
export const retry = () => post({ kind: "retry" });
/** Lets the user choose snapshots to compare with. */
export const chooseCompared = () => post({ kind: "chooseCompared" });
export const cancelLoad = () => post({ kind: "cancelLoad" });

/** Tells the host that the view listens. */
export function start(): void {
  const remembered = transport.remembered();
  if (remembered) route.value = remembered;
  post({ kind: "ready" });
  post({ kind: "route", route: route.value, selected: null });
}
