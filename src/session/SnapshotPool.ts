import { statSync } from "node:fs";
import { AnalysisError, AnalysisProcess, type AskOptions } from "./AnalysisProcess.js";
import type { FileProblem, Question, Questions } from "./protocol.js";
import type { Info } from "./queries/info.js";

/** How an open snapshot stands. */
export type SnapshotState =
  | { readonly kind: "loading"; readonly done: number; readonly step: string }
  | { readonly kind: "opened"; readonly info: Info }
  | ({ readonly kind: "failed"; readonly message: string; readonly advice: string } & FileProblem)
  | { readonly kind: "cancelled" };

// Long enough for an editor that is closed and opened again, short enough not to hold gigabytes for nobody.
const GRACE_MS = 30_000;

/** A snapshot file and its analysis process, shared by all views of the file. */
export class OpenSnapshot {
  readonly file: string;
  readonly #script: string;
  readonly #listeners = new Set<(state: SnapshotState) => void>();
  #process: AnalysisProcess | undefined;
  #state: SnapshotState = { kind: "loading", done: 0, step: "" };

  /** Starts to read the file. */
  constructor(script: string, file: string) {
    this.#script = script;
    this.file = file;
    this.#load();
  }

  get state(): SnapshotState {
    return this.#state;
  }

  /** Id of the analysis process, undefined where there is none. */
  get pid(): number | undefined {
    return this.#process?.pid;
  }

  /** Calls a listener with the present state and each later one; returns what ends that. */
  watch(listener: (state: SnapshotState) => void): () => void {
    this.#listeners.add(listener);
    listener(this.#state);
    return () => this.#listeners.delete(listener);
  }

  /**
   * Asks the analysis process; waits until the file is read.
   * @throws AnalysisError; an AbortError where the signal gave up
   */
  async ask<Q extends Question>(
    question: Q,
    params: Questions[Q]["params"],
    options: AskOptions = {},
  ): Promise<Questions[Q]["answer"]> {
    await this.#settled();
    if (this.#state.kind === "failed") throw new AnalysisError(this.#state.message, this.#state.advice);
    if (this.#state.kind !== "opened" || !this.#process)
      throw new AnalysisError("The snapshot is not open.", "Open it again.");
    return this.#process.ask(question, params, options);
  }

  /** Reads the file again, unless it is being read or open. */
  retry(): void {
    if (this.#state.kind === "failed" || this.#state.kind === "cancelled") this.#load();
  }

  /** Ends the reading at once. */
  cancelLoad(): void {
    if (this.#state.kind !== "loading") return;
    this.#drop();
    this.#set({ kind: "cancelled" });
  }

  /** Ends the process. */
  dispose(): void {
    this.#drop();
    this.#listeners.clear();
  }

  #load(): void {
    const process = new AnalysisProcess(this.#script);
    this.#process = process;
    this.#set({ kind: "loading", done: 0, step: "" });
    // What a process says that has been replaced since is of no interest.
    const set = (state: SnapshotState) => {
      if (this.#process === process) this.#set(state);
    };
    const progress = (done: number, step: string) => set({ kind: "loading", done, step });
    const failed = (error: Error) => {
      if (this.#process !== process) return;
      // It may still run, without a snapshot; a retry starts another one.
      this.#drop();
      this.#set({
        kind: "failed",
        message: error.message,
        advice: error instanceof AnalysisError ? error.advice : "Try again.",
        ...(error instanceof AnalysisError ? error.problem : {}),
      });
    };
    process.ask("open", { file: this.file }, { progress }).then((info) => set({ kind: "opened", info }), failed);
    void process.ended.then(failed);
  }

  #drop(): void {
    const process = this.#process;
    this.#process = undefined;
    process?.dispose();
  }

  #set(state: SnapshotState): void {
    this.#state = state;
    for (const listener of this.#listeners) listener(state);
  }

  #settled(): Promise<void> {
    if (this.#state.kind !== "loading") return Promise.resolve();
    return new Promise((resolve) => {
      const listener = (state: SnapshotState) => {
        if (state.kind === "loading") return;
        this.#listeners.delete(listener);
        resolve();
      };
      this.#listeners.add(listener);
    });
  }
}

interface Entry {
  readonly snapshot: OpenSnapshot;
  /** Of the file when it was begun to be read. */
  readonly stamp: string;
  users: number;
  timer: NodeJS.Timeout | undefined;
}

function stamp(file: string): string {
  try {
    const { ino, size, mtimeMs } = statSync(file);
    return `${ino} ${size} ${mtimeMs}`;
  } catch {
    return "";
  }
}

/** All open snapshots, one process a file. */
export class SnapshotPool {
  readonly #script: string;
  readonly #entries = new Map<string, Entry>();

  /** @param script path of dist/analysis.js */
  constructor(script: string) {
    this.#script = script;
  }

  /** The open snapshot of a file; each call is to be answered by one `release`. */
  acquire(file: string): OpenSnapshot {
    const now = stamp(file);
    let entry = this.#entries.get(file);
    // What nobody looks at any more is of use only as long as it is whole and the file is still the same.
    if (entry?.users === 0 && (entry.snapshot.state.kind !== "opened" || entry.stamp !== now)) {
      clearTimeout(entry.timer);
      entry.snapshot.dispose();
      entry = undefined;
    }
    if (!entry) {
      entry = { snapshot: new OpenSnapshot(this.#script, file), stamp: now, users: 0, timer: undefined };
      this.#entries.set(file, entry);
    }
    clearTimeout(entry.timer);
    entry.users++;
    return entry.snapshot;
  }

  /** Ends one use; the process ends a while after the last. */
  release(snapshot: OpenSnapshot): void {
    const entry = this.#entries.get(snapshot.file);
    if (entry?.snapshot !== snapshot || --entry.users > 0) return;
    const end = () => {
      this.#entries.delete(snapshot.file);
      snapshot.dispose();
    };
    // What is still being read, or could not be, is of no use to a later editor.
    if (snapshot.state.kind === "opened") entry.timer = setTimeout(end, GRACE_MS).unref();
    else end();
  }

  /** Ends all processes. */
  dispose(): void {
    for (const { snapshot, timer } of this.#entries.values()) {
      clearTimeout(timer);
      snapshot.dispose();
    }
    this.#entries.clear();
  }
}
