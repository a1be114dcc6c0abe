import { CaptureFailedError } from "../../capture/inspector/errors.js";
import { parseEndpoint } from "../../capture/inspector/endpoint.js";
import { InspectorConnection } from "../../capture/inspector/InspectorConnection.js";
import { attachToNode, closeInspector } from "../../capture/inspector/nodeProcess.js";
import type { SnapshotFacts } from "../../capture/inspector/SnapshotFile.js";
import { checkSpace } from "../../capture/inspector/space.js";
import { type CaptureProgress, takeSnapshot } from "../../capture/inspector/takeSnapshot.js";
import { chooseTarget, listTargets } from "../../capture/inspector/targets.js";
import { printable } from "../../heap/names.js";
import { printJson } from "../output.js";
import { hideProgress, showState } from "../run.js";
import type { CaptureOptions } from "./capture.js";
import { checkWritable, codeBySignal, defaultName } from "./captureProgram.js";

const SUFFIX = ".heapsnapshot";
const FAILED = 1;
const MESSAGE = 1000;
const MB = 1 << 20;
const ENDING: readonly NodeJS.Signals[] = ["SIGINT", "SIGTERM", "SIGHUP"];

/** What is needed for one capture. */
interface Job {
  readonly file: string;
  readonly force: boolean;
  readonly interruption: AbortSignal;
}

/**
 * `ouroboros capture --pid` and `--inspect`: takes a snapshot of a program that runs, through its inspector. Exit code
 * 1 where it had begun and no file came.
 * @throws CaptureRefusedError, UsageError
 */
export async function runInspectorCapture(options: CaptureOptions): Promise<void> {
  const { pid, inspect, target } = options;
  const file = options.output ?? defaultName(pid === undefined ? "inspected" : `node-${pid}`, SUFFIX);
  checkWritable(file);
  const interruption = new AbortController();
  let endedBy: NodeJS.Signals | undefined;
  // Once: the second signal ends this process as if there were no listener.
  const interrupt = (signal: NodeJS.Signals) => {
    endedBy = signal;
    interruption.abort();
  };
  for (const signal of ENDING) process.once(signal, interrupt);
  const job = { file, force: options.force === true, interruption: interruption.signal };
  const start = Date.now();
  try {
    const facts = pid === undefined ? await captureInspected(inspect!, target, job) : await captureProcess(pid, job);
    const seconds = ((Date.now() - start) / 1000).toFixed(2);
    say(`captured ${facts.nodes} objects, ${facts.bytes} bytes, in ${seconds} s: ${file}`);
    if (options.json) await printJson({ file, ...facts });
  } catch (error) {
    hideProgress();
    if (!(error instanceof CaptureFailedError)) throw error;
    say(`no snapshot was written: ${error.message}`);
    process.exitCode = endedBy === undefined ? FAILED : codeBySignal(endedBy);
    if (options.json) await printJson({ file: null });
  } finally {
    for (const signal of ENDING) process.off(signal, interrupt);
  }
}

async function captureInspected(inspect: string, id: string | undefined, job: Job): Promise<SnapshotFacts> {
  const endpoint = await parseEndpoint(inspect);
  const { address } = chooseTarget(await listTargets(endpoint), id ?? endpoint.target);
  const connection = await InspectorConnection.open(address);
  try {
    return await take(connection, job);
  } finally {
    connection.close();
  }
}

async function captureProcess(pid: number, job: Job): Promise<SnapshotFacts> {
  const attached = await attachToNode(pid);
  try {
    return await take(attached.connection, job);
  } finally {
    if (attached.opened) {
      if (job.interruption.aborted) {
        say(`waiting until process ${pid} can close its inspector; the next Ctrl-C leaves that open`);
      }
      await closeInspector(attached).catch((error: Error) => say(error.message));
    }
    attached.connection.close();
  }
}

async function take(connection: InspectorConnection, { file, force, interruption }: Job): Promise<SnapshotFacts> {
  if (!force) await checkSpace(connection, file);
  const facts = await takeSnapshot(connection, file, { progress: showCapture(), signal: interruption });
  hideProgress();
  return facts;
}

/** Shows each state once, as there are thousands of pieces. */
function showCapture(): CaptureProgress {
  let last = "";
  return ({ share, bytes }) => {
    const text =
      share === undefined
        ? `writing the snapshot … ${Math.floor((bytes ?? 0) / MB)} MB`
        : `taking the snapshot … ${Math.floor(share * 100)} %`;
    if (text !== last) showState(text);
    last = text;
  };
}

function say(text: string): void {
  process.stderr.write(`ouroboros: ${printable(text, MESSAGE)}\n`);
}
