import { spawn } from "node:child_process";
import { existsSync, statSync } from "node:fs";
import { constants } from "node:os";
import { basename, dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { printJson } from "../output.js";
import { UsageError } from "../run.js";

const AGENT = "ouroboros_capture.py";
// What shells add to the number of the signal that ended a program.
const BY_SIGNAL = 128;

interface CaptureOptions {
  readonly output?: string;
  readonly python?: string;
  readonly atExit?: true;
  readonly onSignal?: string;
  readonly inProcess?: true;
  readonly redact?: true;
  readonly json?: true;
}

/** Path of the Python agent: beside the bundle, or in the sources. */
function agentPath(): string {
  const here = dirname(fileURLToPath(import.meta.url));
  const places = [join(here, AGENT), join(here, "..", "..", "capture", "python", AGENT)];
  const found = places.find((path) => existsSync(path));
  if (found === undefined) throw new UsageError(`${AGENT} is missing from this installation; build it again`);
  return found;
}

function defaultName(script: readonly string[]): string {
  const program = script[0] === "-m" ? (script[1] ?? "module") : basename(script[0], ".py");
  const now = new Date();
  const two = (n: number) => String(n).padStart(2, "0");
  const day = `${now.getFullYear()}${two(now.getMonth() + 1)}${two(now.getDate())}`;
  return `${program}-${day}-${two(now.getHours())}${two(now.getMinutes())}${two(now.getSeconds())}.pyheapsnapshot`;
}

/** `ouroboros capture SCRIPT ARGS…`: ends with the program's own exit code. */
export async function runCapture(script: readonly string[], options: CaptureOptions): Promise<void> {
  if (options.atExit && options.onSignal !== undefined) {
    throw new UsageError("--at-exit and --on-signal exclude each other");
  }
  const file = options.output ?? defaultName(script);
  const flags = ["-o", file];
  if (options.onSignal !== undefined) flags.push("--on-signal", options.onSignal);
  if (options.inProcess) flags.push("--in-process");
  if (options.redact) flags.push("--redact");
  const start = Date.now();
  const interpreters = options.python === undefined ? ["python3", "python"] : [options.python];
  for (const interpreter of interpreters) {
    const code = await run(interpreter, [agentPath(), ...flags, ...script], options.json === true);
    if (code === undefined) continue;
    process.exitCode = code;
    const written = existsSync(file) && statSync(file).mtimeMs >= start;
    if (options.json) await printJson({ file: written ? file : null, exitCode: code });
    return;
  }
  throw new UsageError(`no Python found (tried ${interpreters.join(", ")}); name one with --python PATH`);
}

/** The exit code of a program, or undefined where it can't be found. In JSON mode its output goes to stderr. */
function run(command: string, args: readonly string[], json: boolean): Promise<number | undefined> {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { stdio: ["inherit", json ? process.stderr : "inherit", "inherit"] });
    child.on("error", (error: NodeJS.ErrnoException) => {
      if (error.code === "ENOENT") resolve(undefined);
      else reject(new UsageError(`can't run ${command}: ${error.message}`));
    });
    const pass = (signal: NodeJS.Signals) => child.kill(signal);
    process.on("SIGINT", pass).on("SIGTERM", pass);
    child.on("exit", (code, signal) => {
      process.off("SIGINT", pass).off("SIGTERM", pass);
      resolve(code ?? BY_SIGNAL + (signal ? constants.signals[signal] : 0));
    });
  });
}
