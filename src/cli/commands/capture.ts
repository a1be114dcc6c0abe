import { basename } from "node:path";
import { UsageError } from "../run.js";
import { runInspectorCapture } from "./captureInspector.js";
import { runNode } from "./captureNode.js";
import { agentPath, checkWritable, defaultName, runUnderAgent, signalNamed } from "./captureProgram.js";

const AGENT = "ouroboros_capture.py";

/** Options of `ouroboros capture`. */
export interface CaptureOptions {
  readonly output?: string;
  readonly python?: string;
  readonly node?: true;
  readonly nodePath?: string;
  readonly pid?: number;
  readonly inspect?: string;
  readonly target?: string;
  readonly atExit?: true;
  readonly onSignal?: string;
  readonly inProcess?: true;
  readonly redact?: true;
  readonly force?: true;
  readonly json?: true;
}

type OptionName = Exclude<keyof CaptureOptions, "output" | "json" | "force">;

/** Ways of capturing, with the options that each of them takes beside `-o`, `--force` and `--json`. */
const ways = {
  "--node": { node: "--node", nodePath: "--node-path", atExit: "--at-exit", onSignal: "--on-signal" },
  "--pid": { pid: "--pid" },
  "--inspect": { inspect: "--inspect", target: "--target" },
  "a Python program": {
    python: "--python",
    atExit: "--at-exit",
    onSignal: "--on-signal",
    inProcess: "--in-process",
    redact: "--redact",
  },
} as const satisfies Readonly<Record<string, Partial<Record<OptionName, string>>>>;

/**
 * `ouroboros capture`: runs a program under an agent (ends with the program's own exit code, or 1 where that is 0 and
 * no file came), or asks one that runs.
 * @throws UsageError
 */
export async function runCapture(script: readonly string[], options: CaptureOptions): Promise<void> {
  const way = wayOf(options);
  checkOptions(way, options);
  if (way === "--pid" || way === "--inspect") {
    if (script.length > 0) throw new UsageError(`${way} captures a program that runs, and takes no script`);
    return runInspectorCapture(options);
  }
  if (script.length === 0) {
    throw new UsageError("missing required argument 'script'; or capture what runs with --pid or --inspect");
  }
  if (options.atExit && options.onSignal !== undefined) {
    throw new UsageError("--at-exit and --on-signal exclude each other");
  }
  return way === "--node" ? runNode(script, options) : runPython(script, options);
}

function wayOf({ node, nodePath, pid, inspect, target }: CaptureOptions): keyof typeof ways {
  if (node || nodePath !== undefined) return "--node";
  if (pid !== undefined) return "--pid";
  return inspect !== undefined || target !== undefined ? "--inspect" : "a Python program";
}

/** Refuses options that another way of capturing has. */
function checkOptions(way: keyof typeof ways, options: CaptureOptions): void {
  const fitting: Partial<Record<string, string>> = ways[way];
  for (const [name, flag] of Object.values(ways).flatMap((each) => Object.entries(each))) {
    if (options[name as OptionName] === undefined || fitting[name] !== undefined) continue;
    throw new UsageError(
      `${flag} is not for ${way}, which takes ${[...Object.values(fitting), "-o", "--force", "--json"].join(", ")}`,
    );
  }
  if (way === "--inspect" && options.inspect === undefined) {
    throw new UsageError("--target names one of the targets of --inspect HOST:PORT, which is missing");
  }
}

async function runPython(script: readonly string[], options: CaptureOptions): Promise<void> {
  const signal = options.onSignal === undefined ? undefined : signalNamed(options.onSignal);
  const program = script[0] === "-m" ? (script[1] ?? "module") : basename(script[0], ".py");
  const file = options.output ?? defaultName(program, ".pyheapsnapshot");
  checkWritable(file);
  const flags = ["-o", file];
  if (signal) flags.push("--on-signal", signal.slice("SIG".length));
  if (options.inProcess) flags.push("--in-process");
  if (options.redact) flags.push("--redact");
  if (options.force) flags.push("--force");
  const interpreters = options.python === undefined ? ["python3", "python"] : [options.python];
  return runUnderAgent({
    interpreters,
    args: [agentPath(AGENT, "python"), ...flags, ...script],
    file,
    signal,
    json: options.json === true,
    missing: `no Python found (tried ${interpreters.join(", ")}); name one with --python PATH`,
  });
}
