import { type ChildProcess, fork } from "node:child_process";
import {
  type AnalysisMessage,
  type FileProblem,
  type HostMessage,
  PROTOCOL_VERSION,
  type Question,
  type Questions,
} from "./protocol.js";

/** What went wrong in the analysis, in words for the user. */
export class AnalysisError extends Error {
  readonly advice: string;
  readonly problem: FileProblem;

  constructor(message: string, advice: string, problem: FileProblem = {}) {
    super(message);
    this.name = "AnalysisError";
    this.advice = advice;
    this.problem = problem;
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

/** The process that holds one snapshot. Its memory is its own: if it runs out, an analysis is lost, not the editor. */
export class AnalysisProcess {
  /** Settles when the process has ended, with why. */
  readonly ended: Promise<AnalysisError>;
  readonly #child: ChildProcess;
  readonly #waiting = new Map<number, Waiting>();
  #next = 1;
  #end: AnalysisError | undefined;

  /** @param script path of dist/analysis.js */
  constructor(script: string) {
    // None of the host's own flags, such as those of a debugger.
    this.#child = fork(script, {
      serialization: "advanced",
      stdio: ["ignore", "ignore", "inherit", "ipc"],
      execArgv: [],
      // In desktop VS Code the host's executable is the editor itself.
      env: { ...process.env, ELECTRON_RUN_AS_NODE: "1" },
    });
    this.#child.on("message", (message) => this.#receive(message as AnalysisMessage));
    this.ended = new Promise((resolve) => {
      const end = (reason: string) => resolve(this.#stop(reason));
      this.#child.on("error", (error) => end(error.message));
      this.#child.on("exit", (code, signal) => end(signal === null ? `exit code ${code}` : `by signal ${signal}`));
    });
  }

  /** The process's id, undefined where it could not be started. */
  get pid(): number | undefined {
    return this.#child.pid;
  }

  /**
   * Asks and waits for the answer.
   * @throws AnalysisError also where the process has ended; an AbortError where the signal gave up
   */
  ask<Q extends Question>(
    question: Q,
    params: Questions[Q]["params"],
    options: AskOptions = {},
  ): Promise<Questions[Q]["answer"]> {
    if (this.#end) return Promise.reject(this.#end);
    const id = this.#next++;
    return new Promise((resolve, reject) => {
      this.#waiting.set(id, { resolve: resolve as (answer: unknown) => void, reject, progress: options.progress });
      options.signal?.addEventListener("abort", () => {
        if (!this.#waiting.delete(id)) return;
        this.#send({ kind: "cancel", id });
        reject(new DOMException("given up", "AbortError"));
      });
      this.#send({ kind: "ask", id, question, params } as HostMessage);
    });
  }

  /** Ends the process at once, whatever it is doing. */
  dispose(): void {
    this.#child.kill("SIGKILL");
  }

  #send(message: HostMessage): void {
    // A process that ends meanwhile is told of by its exit event.
    if (this.#child.connected) this.#child.send(message, () => undefined);
  }

  #receive(message: AnalysisMessage): void {
    if (message.kind === "ready") {
      if (message.version !== PROTOCOL_VERSION) this.dispose();
      return;
    }
    const waiting = this.#waiting.get(message.id);
    if (!waiting) return;
    if (message.kind === "progress") {
      waiting.progress?.(message.done, message.step);
      return;
    }
    this.#waiting.delete(message.id);
    if (message.kind === "answer") waiting.resolve(message.answer);
    else
      waiting.reject(
        new AnalysisError(message.message, message.advice, { format: message.format, offset: message.offset }),
      );
  }

  #stop(reason: string): AnalysisError {
    this.#end ??= new AnalysisError(
      `The analysis process has ended (${reason}).`,
      "Try again; it reads the file anew. A process that ends by itself has probably run out of memory.",
    );
    for (const { reject } of this.#waiting.values()) reject(this.#end);
    this.#waiting.clear();
    return this.#end;
  }
}
