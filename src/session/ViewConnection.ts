import type { SourceLocation } from "../heap/HeapGraph.js";
import { AnalysisError } from "./AnalysisProcess.js";
import type { SourceFile } from "./queries/sourceFile.js";
import type { OpenSnapshot } from "./SnapshotPool.js";
import type { FromView, Route, ToView } from "./viewMessages.js";

/** What a host does for its views. */
export interface ViewHost {
  post(message: ToView): void;
  /**
   * Shows a place in the source; returns what the user should be told about it, or the empty string.
   * @param recorded what the snapshot knows of the file
   */
  openSource(location: SourceLocation, recorded: SourceFile): Promise<string>;
  /** Saves a text where the user says; returns what the user should be told. */
  save(name: string, text: string): Promise<string>;
  copy(text: string): Promise<string>;
  /** Asks the user for snapshots to compare with; undefined where that is given up. Left out where nobody can be asked. */
  readonly chooseCompared?: () => Promise<readonly string[] | undefined>;
}

/** Connects one view with a snapshot: hands questions on, answers back, and tells the view how the file stands. */
export class ViewConnection {
  readonly snapshot: OpenSnapshot;
  readonly #name: string;
  readonly #host: ViewHost;
  readonly #running = new Map<number, AbortController>();
  #unwatch: (() => void) | undefined;
  #pending: Route | undefined;
  #route: Route = { view: "overview" };
  #selected: string | null = null;
  #compared: readonly string[] = [];
  #version = 0;

  /** @param name of the file, for display */
  constructor(snapshot: OpenSnapshot, name: string, host: ViewHost) {
    this.snapshot = snapshot;
    this.#name = name;
    this.#host = host;
  }

  /** What the view shows. */
  get route(): Route {
    return this.#route;
  }

  /** Id of the object that is selected in the view, or null. */
  get selected(): string | null {
    return this.#selected;
  }

  /** Makes the view show something, at once or when it is ready. */
  show(route: Route): void {
    if (this.#unwatch) this.#host.post({ kind: "show", route });
    else this.#pending = route;
  }

  /** Compares with these snapshot files from now on. */
  compareWith(files: readonly string[]): void {
    this.#compared = files;
    this.#version++;
    if (this.#unwatch) this.#tellCompared();
  }

  /** Takes a message of the view. Never throws: what goes wrong is told to the view. */
  receive(message: FromView): void {
    switch (message.kind) {
      case "ready":
        this.#ready();
        break;
      case "retry":
        this.snapshot.retry();
        break;
      case "cancelLoad":
        this.snapshot.cancelLoad();
        break;
      case "chooseCompared":
        void this.#chooseCompared();
        break;
      case "ask":
        void this.#ask(message);
        break;
      case "cancel":
        this.#running.get(message.id)?.abort();
        break;
      case "source":
        this.#tell(this.#openSource(message.location));
        break;
      case "save":
        this.#tell(this.#host.save(message.name, message.text));
        break;
      case "copy":
        this.#tell(this.#host.copy(message.text));
        break;
      case "route":
        this.#route = message.route;
        this.#selected = message.selected;
        break;
    }
  }

  /** Gives up what is being asked. */
  dispose(): void {
    this.#unwatch?.();
    for (const abort of this.#running.values()) abort.abort();
  }

  #ready(): void {
    this.#unwatch?.();
    // A page that is made anew counts its questions from the start: answers to the old page's must not reach it.
    for (const abort of this.#running.values()) abort.abort();
    this.#running.clear();
    this.#tellCompared();
    this.#unwatch = this.snapshot.watch((state) =>
      this.#host.post(state.kind === "opened" ? { ...state, file: this.#name } : state),
    );
    if (this.#pending) this.#host.post({ kind: "show", route: this.#pending });
    this.#pending = undefined;
  }

  async #ask({ id, question, params }: Extract<FromView, { kind: "ask" }>): Promise<void> {
    const abort = new AbortController();
    this.#running.set(id, abort);
    try {
      const options = {
        signal: abort.signal,
        progress: (done: number, step: string) => this.#host.post({ kind: "progress", id, done, step }),
      };
      const files = this.#compared;
      const answer =
        question === "compare"
          ? await this.snapshot.ask("compareWith", { files }, options)
          : question === "caches"
            ? await this.snapshot.ask("cachesWith", { files }, options)
            : question === "arenas"
              ? await this.snapshot.ask("arenasWith", { files }, options)
              : await this.snapshot.ask(question, params, options);
      this.#host.post({ kind: "answer", id, answer });
    } catch (error) {
      const advice = error instanceof AnalysisError ? error.advice : "Try again.";
      if (!abort.signal.aborted) this.#host.post({ kind: "refused", id, message: (error as Error).message, advice });
    } finally {
      if (this.#running.get(id) === abort) this.#running.delete(id);
    }
  }

  #tellCompared(): void {
    this.#host.post({
      kind: "compared",
      files: this.#compared,
      version: this.#version,
      canChoose: this.#host.chooseCompared !== undefined,
    });
  }

  async #chooseCompared(): Promise<void> {
    const files = await this.#host.chooseCompared?.();
    if (files) this.compareWith(files);
  }

  async #openSource(location: SourceLocation): Promise<string> {
    const recorded = await this.snapshot.ask("sourceFile", { file: location.file, location });
    return this.#host.openSource(recorded.location ?? location, recorded);
  }

  #tell(done: Promise<string>): void {
    done.then(
      (text) => text !== "" && this.#host.post({ kind: "notice", text }),
      (error: Error) => this.#host.post({ kind: "notice", text: error.message }),
    );
  }
}
