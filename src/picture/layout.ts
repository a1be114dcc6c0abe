import { createRequire } from "node:module";
import { pathToFileURL } from "node:url";
import { Worker } from "node:worker_threads";
import { LayoutError } from "./errors.js";
import type { LayoutReply } from "./layoutWorker.js";
import type { Placement } from "./place.js";
import type { Sketch } from "./sketch.js";

const TIMEOUT_MS = 20_000;
const DRAW_LESS = "Draw fewer objects: undo the last expansion, or start from another object.";

/** Lays sketches out in a thread that is kept for the next one, one after the other. */
export class Layouter {
  readonly #timeout: number;
  #worker: Worker | undefined;
  #last: Promise<unknown> = Promise.resolve();

  /** @param timeout in milliseconds */
  constructor(timeout = TIMEOUT_MS) {
    this.#timeout = timeout;
  }

  /**
   * Where everything in a sketch goes.
   * @throws LayoutError where that takes too long or fails; an AbortError where the signal gave up
   */
  layout(sketch: Sketch, signal?: AbortSignal): Promise<Placement> {
    const mine = this.#last.then(() => this.#run(sketch, signal));
    this.#last = mine.catch(() => undefined);
    if (!signal) return mine;
    // Who gave up does not wait for those in front of him either.
    return new Promise((resolve, reject) => {
      const aborted = () => reject(abortError());
      if (signal.aborted) aborted();
      signal.addEventListener("abort", aborted, { once: true });
      mine.then(resolve, reject).finally(() => signal.removeEventListener("abort", aborted));
    });
  }

  /** Ends the thread. The next layout starts another one. */
  dispose(): void {
    void this.#worker?.terminate();
    this.#worker = undefined;
  }

  #start(): Worker {
    const worker = start();
    // An error while nobody waits would end the process.
    worker.on("error", () => undefined);
    worker.on("exit", () => {
      if (this.#worker === worker) this.#worker = undefined;
    });
    return worker;
  }

  #run(sketch: Sketch, signal: AbortSignal | undefined): Promise<Placement> {
    if (signal?.aborted) return Promise.reject(abortError());
    const worker = (this.#worker ??= this.#start());
    // A thread that waits for work does not keep its process alive.
    worker.ref();
    return new Promise((resolve, reject) => {
      const settle = (finish: () => void, reuse: boolean) => {
        clearTimeout(timer);
        signal?.removeEventListener("abort", abort);
        worker.off("message", answered).off("error", broken).off("exit", ended);
        if (reuse) worker.unref();
        else this.dispose();
        finish();
      };
      const fail = (message: string, cause?: unknown) =>
        settle(() => reject(new LayoutError(message, DRAW_LESS, cause)), false);
      const answered = (reply: LayoutReply) => {
        if ("placement" in reply) settle(() => resolve(reply.placement), true);
        else fail(`The picture could not be laid out: ${reply.error}.`);
      };
      const broken = (error: Error) => fail(`The picture could not be laid out: ${error.message}.`, error);
      const ended = (code: number) => fail(`The picture could not be laid out: its thread ended with code ${code}.`);
      const late = () =>
        fail(`The picture of ${sketch.boxes.length} boxes and ${sketch.arrows.length} arrows is too dense.`);
      const abort = () => settle(() => reject(abortError()), false);
      const timer = setTimeout(late, this.#timeout);
      signal?.addEventListener("abort", abort, { once: true });
      worker.on("message", answered).on("error", broken).on("exit", ended);
      worker.postMessage(sketch);
    });
  }
}

function abortError(): DOMException {
  return new DOMException("given up", "AbortError");
}

/** The thread of dist/layout.js; where the sources are run as they are, that of the source, which Node can't read alone. */
function start(): Worker {
  if (!import.meta.url.endsWith(".ts")) return new Worker(new URL("./layout.js", import.meta.url));
  // Where tsx makes CommonJS of this file there is no `import.meta.resolve`, and `require` finds a CommonJS loader.
  const found = createRequire(import.meta.url)
    .resolve("tsx/esm/api")
    .replace(/\.cjs$/, ".mjs");
  const loader = JSON.stringify(pathToFileURL(found).href);
  const source = JSON.stringify(new URL("./layoutWorker.ts", import.meta.url).href);
  const code = `import { register } from ${loader}; register(); await import(${source});`;
  return new Worker(new URL(`data:text/javascript,${encodeURIComponent(code)}`));
}

const layouter = new Layouter();

/** `Layouter.layout` with the thread that all pictures of this process share. */
export function layout(sketch: Sketch, signal?: AbortSignal): Promise<Placement> {
  return layouter.layout(sketch, signal);
}
