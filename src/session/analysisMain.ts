// Entry point of the analysis process: one for each open snapshot, started with child_process.fork.
import { SnapshotError } from "../formats/errors.js";
import { type AnalysisMessage, type HostMessage, PROTOCOL_VERSION } from "./protocol.js";
import { report } from "./queries/report.js";
import { Session } from "./Session.js";

let session: Session | undefined;
const running = new Map<number, AbortController>();

function send(message: AnalysisMessage): void {
  process.send?.(message);
}

async function answer(message: Extract<HostMessage, { kind: "ask" }>, signal: AbortSignal): Promise<unknown> {
  switch (message.question) {
    case "open":
      session = await Session.open(message.params.file, {
        signal,
        progress: (done, step) => send({ kind: "progress", id: message.id, done, step }),
      });
      return { nodes: session.graph.nodeCount };
    case "report":
      if (!session) throw new Error("no snapshot is open");
      return report(session);
  }
}

process.on("message", (message: HostMessage) => {
  if (message.kind === "cancel") {
    running.get(message.id)?.abort();
    return;
  }
  const abort = new AbortController();
  running.set(message.id, abort);
  answer(message, abort.signal)
    .then(
      (result) => send({ kind: "answer", id: message.id, answer: result }),
      (error: Error) => {
        const advice = error instanceof SnapshotError ? error.advice : "Please report this with the text above.";
        send({ kind: "error", id: message.id, message: error.message, advice });
      },
    )
    .finally(() => running.delete(message.id));
});
process.on("disconnect", () => process.exit());
send({ kind: "ready", version: PROTOCOL_VERSION });
