import { type ChildProcess, spawn } from "node:child_process";
import { accessSync, constants as access, existsSync, statSync } from "node:fs";
import { constants } from "node:os";
import { basename, dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { printable } from "../../heap/names.js";
import { printJson } from "../output.js";
import { UsageError } from "../run.js";

const AGENT = "ouroboros_capture.py";
// What shells add to the number of the signal that ended a program.
const BY_SIGNAL = 128;
const NOTHING_WRITTEN = 1;
const FORWARDED: readonly NodeJS.Signals[] = ["SIGTERM", "SIGHUP"];

interface CaptureOptions {
  readonly output?: string;
  readonly python?: string;
  readonly atExit?: true;
  readonly onSignal?: string;
  readonly inProcess?: true;
  readonly redact?: true;
  readonly force?: true;
  readonly json?: true;
}

/** How a program ended. */
interface Ending {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
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

/** The signal's full name. */
function signalNamed(name: string): NodeJS.Signals {
  const full = (name.toUpperCase().startsWith("SIG") ? name : `SIG${name}`).toUpperCase();
  if (!Object.hasOwn(constants.signals, full)) throw new UsageError(`there is no signal ${printable(name)}`);
  return full as NodeJS.Signals;
}

/** Refuses a place where no file can be written before the program has run for hours. */
function checkWritable(file: string): void {
  const folder = dirname(resolve(file));
  try {
    accessSync(folder, access.W_OK);
  } catch {
    throw new UsageError(`no file can be written in ${folder}; name another place with -o FILE`);
  }
}

/** `ouroboros capture SCRIPT ARGS…`: ends with the program's own exit code, or 1 where that is 0 and no file came. */
export async function runCapture(script: readonly string[], options: CaptureOptions): Promise<void> {
  if (options.atExit && options.onSignal !== undefined) {
    throw new UsageError("--at-exit and --on-signal exclude each other");
  }
  const signal = options.onSignal === undefined ? undefined : signalNamed(options.onSignal);
  const file = options.output ?? defaultName(script);
  checkWritable(file);
  const flags = ["-o", file];
  if (signal) flags.push("--on-signal", signal.slice("SIG".length));
  if (options.inProcess) flags.push("--in-process");
  if (options.redact) flags.push("--redact");
  if (options.force) flags.push("--force");
  const start = Date.now();
  const interpreters = options.python === undefined ? ["python3", "python"] : [options.python];
  for (const interpreter of interpreters) {
    const ending = await run(interpreter, [agentPath(), ...flags, ...script], options.json === true, signal);
    if (ending === undefined) continue;
    const written = existsSync(file) && statSync(file).mtimeMs >= start;
    const code = ending.code ?? BY_SIGNAL + (ending.signal ? constants.signals[ending.signal] : 0);
    if (!written) process.stderr.write(`ouroboros: no snapshot was written: ${whyNothing(ending, signal)}\n`);
    process.exitCode = code === 0 && !written ? NOTHING_WRITTEN : code;
    if (options.json) await printJson({ file: written ? file : null, exitCode: code });
    return;
  }
  throw new UsageError(`no Python found (tried ${interpreters.join(", ")}); name one with --python PATH`);
}

function whyNothing({ code, signal: endedBy }: Ending, signal: NodeJS.Signals | undefined): string {
  if (endedBy) {
    return `the program was ended by ${endedBy}, which runs no exit handlers; capture with --on-signal USR2 while it runs`;
  }
  if (signal) return `the program ended (exit code ${code}) before ${signal} came`;
  return `the program ended with exit code ${code} without running its exit handlers, or see the message above`;
}

/** Runs a program to its end; undefined where it can't be found. In JSON mode its output goes to stderr. */
function run(
  command: string,
  args: readonly string[],
  json: boolean,
  signal: NodeJS.Signals | undefined,
): Promise<Ending | undefined> {
  return new Promise((resolveEnding, reject) => {
    const child: ChildProcess = spawn(command, args, {
      stdio: ["inherit", json ? process.stderr : "inherit", "inherit"],
    });
    child.on("error", (error: NodeJS.ErrnoException) => {
      if (error.code === "ENOENT") resolveEnding(undefined);
      else reject(new UsageError(`can't run ${command}: ${error.message}`));
    });
    // A terminal sends SIGINT to the program as well, so it is not passed on; this process waits for the end.
    const wait = () => undefined;
    const pass = (name: NodeJS.Signals) => child.kill(name);
    const passed = signal ? [...FORWARDED, signal] : FORWARDED;
    process.on("SIGINT", wait);
    for (const name of passed) process.on(name, pass);
    child.on("exit", (code, endedBy) => {
      process.off("SIGINT", wait);
      for (const name of passed) process.off(name, pass);
      resolveEnding({ code, signal: endedBy });
    });
  });
}
