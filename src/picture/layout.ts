import { Worker } from "node:worker_threads";
import { LayoutError } from "./errors.js";
import type { Placement } from "./place.js";
import type { Sketch } from "./sketch.js";

const LIMIT_MS = 20_000;

let worker: Worker | undefined;
let queue: Promise<unknown> = Promise.resolve();

/**
 * Lays a sketch out in a worker thread, one at a time.
 * @throws LayoutError where it takes too long or fails; an AbortError where the signal gave up
 */
export function layout(sketch: Sketch, signal?: AbortSignal): Promise<Placement> {
  const result = queue.then(() => run(sketch, signal));
  queue = result.catch(() => undefined);
  return result;
}

function run(sketch: Sketch, signal: AbortSignal | undefined): Promise<Placement> {
  signal?.throwIfAborted();
  const running = (worker ??= start());
  return new Promise((resolve, reject) => {
    const end = (work: () => void) => {
      clearTimeout(timer);
      signal?.removeEventListener("abort", abort);
      running.removeAllListeners();
      work();
    };
    const kill = (error: Error) =>
      end(() => {
        worker = undefined;
        void running.terminate();
        reject(error);
      });
    const timer = setTimeout(() => {
      const reason = `The picture of ${sketch.boxes.length} boxes and ${sketch.arrows.length} arrows takes too long to lay out.`;
      kill(new LayoutError(reason, "Take back the last expansion, or start from an object further in."));
    }, LIMIT_MS);
    const abort = () => kill(new DOMException("given up", "AbortError"));
    signal?.addEventListener("abort", abort);
    running.on("message", (placement: Placement) => end(() => resolve(placement)));
    running.on("error", (error) =>
      kill(new LayoutError(`The picture can't be laid out: ${error.message}`, "Draw fewer objects.", error)),
    );
    running.postMessage(sketch);
  });
}

/** The bundle has its worker beside it; from source there is the one that runs TypeScript. */
function start(): Worker {
  const bundled = import.meta.url.endsWith(".js");
  const made = bundled
    ? new Worker(new URL("./layout.js", import.meta.url))
    : new Worker(new URL("./layoutWorker.ts", import.meta.url), { execArgv: ["--import", "tsx"] });
  made.unref();
  return made;
}
