import { type ChildProcess, spawn } from "node:child_process";
import { accessSync, constants as access, existsSync, statSync } from "node:fs";
import { constants } from "node:os";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { printable } from "../../heap/names.js";
import { printJson } from "../output.js";
import { UsageError } from "../run.js";

// What shells add to the number of the signal that ended a program.
const BY_SIGNAL = 128;
const NOTHING_WRITTEN = 1;
const FORWARDED: readonly NodeJS.Signals[] = ["SIGTERM", "SIGHUP"];

/** A program that runs under a capture agent. */
export interface AgentRun {
  /** Programs that can run it; the first that is found does. */
  readonly interpreters: readonly string[];
  readonly args: readonly string[];
  /** What the environment has beside what ours has. */
  readonly env?: Readonly<Record<string, string>>;
  /** Where the agent writes the snapshot, the first one if there can be several. */
  readonly file: string;
  /** The signal that a snapshot is written on; without it one is written at the end. */
  readonly signal: NodeJS.Signals | undefined;
  readonly json: boolean;
  /** What to say where no interpreter is found. */
  readonly missing: string;
}

/** How a program ended. */
interface Ending {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

/**
 * Path of an agent: beside the bundle, or in the sources.
 * @param folder its folder in `src/capture`
 * @throws UsageError where it is missing
 */
export function agentPath(name: string, folder: string): string {
  const here = dirname(fileURLToPath(import.meta.url));
  const places = [join(here, name), join(here, "..", "..", "capture", folder, name)];
  const found = places.find((path) => existsSync(path));
  if (found === undefined) throw new UsageError(`${name} is missing from this installation; build it again`);
  return found;
}

/** A file's name by what is captured and the time. */
export function defaultName(program: string, suffix: string): string {
  const now = new Date();
  const two = (n: number) => String(n).padStart(2, "0");
  const day = `${now.getFullYear()}${two(now.getMonth() + 1)}${two(now.getDate())}`;
  return `${program}-${day}-${two(now.getHours())}${two(now.getMinutes())}${two(now.getSeconds())}${suffix}`;
}

/**
 * The signal's full name.
 * @throws UsageError where there is none
 */
export function signalNamed(name: string): NodeJS.Signals {
  const full = (name.toUpperCase().startsWith("SIG") ? name : `SIG${name}`).toUpperCase();
  if (!Object.hasOwn(constants.signals, full)) throw new UsageError(`there is no signal ${printable(name)}`);
  return full as NodeJS.Signals;
}

/**
 * Refuses a place where no file can be written before the program has run for hours.
 * @throws UsageError
 */
export function checkWritable(file: string): void {
  const folder = dirname(resolve(file));
  try {
    accessSync(folder, access.W_OK);
  } catch {
    throw new UsageError(`no file can be written in ${folder}; name another place with -o FILE`);
  }
}

/** What a shell gives as the exit code of a program that a signal ended. */
export function codeBySignal(signal: NodeJS.Signals): number {
  return BY_SIGNAL + constants.signals[signal];
}

/**
 * Runs a program under an agent; this process ends with the program's own exit code, or 1 where that is 0 and no file
 * came.
 * @throws UsageError where no interpreter can be run
 */
export async function runUnderAgent(task: AgentRun): Promise<void> {
  const { file, json } = task;
  const start = Date.now();
  for (const interpreter of task.interpreters) {
    const ending = await run(interpreter, task);
    if (ending === undefined) continue;
    const written = existsSync(file) && statSync(file).mtimeMs >= start;
    const code = ending.signal ? codeBySignal(ending.signal) : (ending.code ?? BY_SIGNAL);
    if (!written) process.stderr.write(`ouroboros: no snapshot was written: ${whyNothing(ending, task.signal)}\n`);
    process.exitCode = code === 0 && !written ? NOTHING_WRITTEN : code;
    if (json) await printJson({ file: written ? file : null, exitCode: code });
    return;
  }
  throw new UsageError(task.missing);
}

function whyNothing({ code, signal: endedBy }: Ending, signal: NodeJS.Signals | undefined): string {
  if (endedBy) {
    return `the program was ended by ${endedBy}, which runs no exit handlers; capture with --on-signal USR2 while it runs`;
  }
  if (signal) return `the program ended (exit code ${code}) before ${signal} came`;
  return `the program ended with exit code ${code} without running its exit handlers, or see the message above`;
}

/** Runs a program to its end; undefined where it can't be found. In JSON mode its output goes to stderr. */
function run(command: string, { args, env, json, signal }: AgentRun): Promise<Ending | undefined> {
  return new Promise((resolveEnding, reject) => {
    const child: ChildProcess = spawn(command, args, {
      stdio: ["inherit", json ? process.stderr : "inherit", "inherit"],
      env: { ...process.env, ...env },
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
