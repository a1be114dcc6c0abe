import { basename, extname, resolve } from "node:path";
import { UsageError } from "../run.js";
import type { CaptureOptions } from "./capture.js";
import { agentPath, checkWritable, defaultName, runUnderAgent, signalNamed } from "./captureProgram.js";

const AGENT = "ouroboros-capture.cjs";
const SUFFIX = ".heapsnapshot";
const UNCATCHABLE: ReadonlySet<string> = new Set(["SIGKILL", "SIGSTOP"]);
/** Node's own options whose value may be the argument after them, so that it is not the script. */
const WITH_VALUE: ReadonlySet<string> = new Set([
  ...["-r", "--require", "--import", "--loader", "--experimental-loader", "-C", "--conditions"],
  ...["--env-file", "--env-file-if-exists", "--title", "--icu-data-dir", "--input-type", "--max-old-space-size"],
]);
const EVALUATING: ReadonlySet<string> = new Set(["-e", "--eval", "-p", "--print", "-pe"]);

/**
 * `ouroboros capture --node`: runs Node with the agent loaded before the program.
 * @param args of Node: its own options, the script, the script's arguments
 * @throws UsageError
 */
export async function runNode(args: readonly string[], options: CaptureOptions): Promise<void> {
  const signal = options.onSignal === undefined ? undefined : captureSignal(options.onSignal);
  const file = options.output ?? defaultName(programName(args), SUFFIX);
  checkWritable(file);
  const settings = { output: resolve(file), signal, force: options.force };
  const node = options.nodePath ?? "node";
  return runUnderAgent({
    interpreters: [node],
    // Not by NODE_OPTIONS, which the program's children would inherit, and before all that the program preloads.
    args: ["--require", agentPath(AGENT, "node"), ...args],
    env: { OUROBOROS_CAPTURE: JSON.stringify(settings) },
    file,
    signal,
    json: options.json === true,
    missing: `no Node found (tried ${node}); name one with --node-path PATH`,
  });
}

function captureSignal(name: string): NodeJS.Signals {
  const signal = signalNamed(name);
  if (signal === "SIGUSR1") throw new UsageError("Node keeps SIGUSR1 for its inspector; use --on-signal USR2");
  if (UNCATCHABLE.has(signal)) throw new UsageError(`no program can catch ${signal}; use --on-signal USR2`);
  return signal;
}

/** The script's name without folder and suffix. */
function programName(args: readonly string[]): string {
  for (let i = 0; i < args.length && !EVALUATING.has(args[i]); i++) {
    if (WITH_VALUE.has(args[i])) i++;
    else if (!args[i].startsWith("-")) return basename(args[i], extname(args[i]));
  }
  return "node";
}
