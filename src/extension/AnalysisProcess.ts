import { type ChildProcess, fork } from "node:child_process";
import { type AnalysisMessage, PROTOCOL_VERSION, type Question, type Questions } from "../session/protocol.js";

/** What went wrong in the analysis, in words for the user. */
export class AnalysisError extends Error {
  readonly advice: string;

  constructor(message: string, advice: string) {
    super(message);
    this.name = "AnalysisError";
    this.advice = advice;
  }
}

interface Waiting {
  readonly resolve: (answer: unknown) => void;
  readonly reject: (error: Error) => void;
  readonly progress: ((done: number, step: string) => void) | undefined;
}

/** The process that holds one snapshot. Its memory is its own: if it runs out, an analysis is lost, not the editor. */
export class AnalysisProcess {
  readonly #child: ChildProcess;
  readonly #waiting = new Map<number, Waiting>();
  #next = 1;
  #ended: AnalysisError | undefined;

  /** @param script path of dist/analysis.js */
  constructor(script: string) {
    this.#child = fork(script, { serialization: "advanced", stdio: ["ignore", "ignore", "inherit", "ipc"] });
    this.#child.on("message", (message) => this.#receive(message as AnalysisMessage));
    this.#child.on("error", (error) => this.#end(error.message));
    this.#child.on("exit", (code, signal) => this.#end(`exit code ${code ?? signal ?? "unknown"}`));
  }

  /**
   * Asks and waits for the answer.
   * @throws AnalysisError also where the process has ended
   */
  ask<Q extends Question>(
    question: Q,
    params: Questions[Q]["params"],
    progress?: (done: number, step: string) => void,
  ): Promise<Questions[Q]["answer"]> {
    if (this.#ended) return Promise.reject(this.#ended);
    const id = this.#next++;
    return new Promise((resolve, reject) => {
      this.#waiting.set(id, { resolve: resolve as (answer: unknown) => void, reject, progress });
      this.#child.send({ kind: "ask", id, question, params });
    });
  }

  dispose(): void {
    this.#child.kill();
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
    else waiting.reject(new AnalysisError(message.message, message.advice));
  }

  #end(reason: string): void {
    this.#ended ??= new AnalysisError(
      `the analysis process has ended (${reason})`,
      "Close the editor and open it again.",
    );
    for (const { reject } of this.#waiting.values()) reject(this.#ended);
    this.#waiting.clear();
  }
}
