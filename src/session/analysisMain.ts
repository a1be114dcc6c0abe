// Entry point of the analysis process: one for each open snapshot, started with child_process.fork.
import { constants, setPriority } from "node:os";
import { SnapshotError } from "../formats/errors.js";
import { Answers } from "./Answers.js";
import { type AnalysisMessage, type FileProblem, type HostMessage, PROTOCOL_VERSION } from "./protocol.js";

// Where there is not enough of the processor for all, whoever types in the editor comes first.
try {
  setPriority(constants.priority.PRIORITY_BELOW_NORMAL);
} catch {
  // A sandbox may forbid it.
}

const answers = new Answers();
const running = new Map<number, AbortController>();

function send(message: AnalysisMessage): void {
  process.send?.(message);
}

async function answer(message: Extract<HostMessage, { kind: "ask" }>): Promise<void> {
  const { id } = message;
  const abort = new AbortController();
  running.set(id, abort);
  try {
    const options = {
      signal: abort.signal,
      progress: (done: number, step: string) => send({ kind: "progress", id, done, step }),
    };
    const found =
      message.question === "open"
        ? await answers.open(message.params.file, options)
        : await answers.answer(message.question, message.params, options);
    send({ kind: "answer", id, answer: found });
  } catch (error) {
    if (!abort.signal.aborted)
      send({ kind: "error", id, message: (error as Error).message, advice: adviceFor(error), ...problemOf(error) });
  } finally {
    running.delete(id);
  }
}

function problemOf(error: unknown): FileProblem {
  return error instanceof SnapshotError ? { format: error.format, offset: error.offset } : {};
}

function adviceFor(error: unknown): string {
  if (error instanceof SnapshotError) return error.advice;
  const advice = (error as { readonly advice?: unknown }).advice;
  return typeof advice === "string" ? advice : "Please report this with the text above.";
}

process.on("message", (message: HostMessage) => {
  if (message.kind === "cancel") running.get(message.id)?.abort();
  else void answer(message);
});
process.on("disconnect", () => process.exit());
send({ kind: "ready", version: PROTOCOL_VERSION });
