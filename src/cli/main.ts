import { Command, CommanderError, InvalidArgumentError } from "commander";
import { CaptureRefusedError } from "../capture/inspector/errors.js";
import { printable } from "../heap/names.js";
import { type Generation, UnknownGenerationsError } from "../model/collector.js";
import { NoSuchReferenceError } from "../model/whatif/cutEdges.js";
import { BudgetError } from "../session/budget.js";
import { UnknownArenaError } from "../session/queries/arenas.js";
import { UnknownObjectError, UnknownTypeError } from "../session/Session.js";
import { runArenas } from "./commands/arenas.js";
import { runCapture } from "./commands/capture.js";
import { CutArguments, runCut } from "./commands/cut.js";
import { runCaches } from "./commands/caches.js";
import { runCheck } from "./commands/check.js";
import { runCycles } from "./commands/cycles.js";
import { runDiff } from "./commands/diff.js";
import { runDuplicates } from "./commands/duplicates.js";
import { runGc } from "./commands/gc.js";
import { runInfo } from "./commands/info.js";
import { runObject } from "./commands/object.js";
import { runOpen } from "./commands/open.js";
import { runPackages } from "./commands/packages.js";
import { runReport } from "./commands/report.js";
import { runRetained } from "./commands/retained.js";
import { runThreads } from "./commands/threads.js";
import { runTypes } from "./commands/types.js";
import { runWeakrefs } from "./commands/weakrefs.js";
import { runWhy } from "./commands/why.js";
import { UnreadableFileError, UsageError } from "./run.js";
import { VERSION } from "./version.js";
import { WrongRuntimeError } from "../session/runtime.js";

const Exit = { fine: 0, usage: 2, unreadable: 3, internal: 4 } as const;

const MESSAGE = 1000;

function positive(text: string): number {
  const number = Number(text);
  if (!Number.isInteger(number) || number < 1) throw new InvalidArgumentError("It must be a whole number above 0.");
  return number;
}

function generation(text: string): Generation {
  if (!/^[012]$/.test(text)) throw new InvalidArgumentError("It must be 0, 1 or 2.");
  return Number(text) as Generation;
}

function percentage(text: string): number {
  const number = Number(text);
  if (!(number > 0 && number <= 100)) throw new InvalidArgumentError("It must be a number above 0, up to 100.");
  return number;
}

function portNumber(text: string): number {
  const number = Number(text);
  if (!Number.isInteger(number) || number < 1 || number > 65535)
    throw new InvalidArgumentError("It must be a whole number from 1 to 65535.");
  return number;
}

function processId(text: string): number {
  const number = Number(text);
  if (!Number.isInteger(number) || number < 1) throw new InvalidArgumentError("It must be the number of a process.");
  return number;
}

function collectIds(id: string, before: readonly string[]): string[] {
  return [...before, ...id.split(",")];
}

const CAPTURE_HELP = `
Examples:
  ouroboros capture -o app.pyheapsnapshot app.py its arguments
  ouroboros capture --node -o app.heapsnapshot -- --enable-source-maps app.js its arguments
  ouroboros capture --node --on-signal USR2 -- server.mjs
  ouroboros capture --pid 4711
  ouroboros capture --inspect 127.0.0.1:9229`;

function program(): Command {
  const root = new Command("ouroboros")
    .description("Finds reference cycles and leaks in heap snapshots, and names the line that causes them.")
    .version(VERSION)
    .showHelpAfterError("(ouroboros COMMAND --help tells more)")
    .enablePositionalOptions()
    .exitOverride();
  const command = (name: string, description: string) =>
    root.command(name).description(description).option("--json", "print one JSON document");
  const on = (name: string, description: string) =>
    command(name, description).argument("<file>", "a .pyheapsnapshot file");
  const onSeveral = (name: string, description: string) =>
    command(name, description).argument("<files...>", ".pyheapsnapshot files of one process, in any order");
  on("info", "what the snapshot is").action(runInfo);
  onSeveral("report", "what leaks, where, and what to do; over several snapshots, what grows")
    .option("--all", "list all objects, and all findings in text")
    .option("--sarif <out>", "write the findings as SARIF 2.1.0, too")
    .action(runReport);
  onSeveral("diff", "what grows over snapshots, the fastest first")
    .option("--all", "list what does not grow, too")
    .action(runDiff);
  onSeveral("caches", "containers that stay for good: entries, bytes, bounds, growth")
    .option("--all", "list all")
    .action(runCaches);
  onSeveral("check", "a gate for CI: exit code 1 if a heap does not keep to its budget")
    .option("--budget <file>", "JSON: the limits")
    .option("--baseline <file>", "findings that are known and not counted")
    .option("--write-baseline <file>", "write the findings of this run as a baseline")
    .option("--sarif <out>", "write the findings as SARIF 2.1.0, too")
    .option("--all", "list all objects of a finding in JSON")
    .action(runCheck);
  on("gc", "what the real collector would find and free")
    .option("--generation <n>", "collect this generation and the younger ones: 0, 1 or 2 (all)", generation)
    .action(runGc);
  const cuts = new CutArguments();
  on("cut", "what would be freed if references were not there")
    .option("--from <id>", "the object that holds the reference (may be given again)", cuts.from)
    .option("--label <label>", "the reference's label, as `object` prints it", cuts.label)
    .option("--to <id>", "or the object that it leads to", cuts.to)
    .option("--family <signature>", "instead: the cuts that `cycles` suggests for the first cycle of a family")
    .option("--all", "list all steps and survivors, and what is garbage already")
    .action(runCut);
  on("cycles", "reference cycles by shape").option("--all", "list all cycles of each family").action(runCycles);
  on("retained", "objects by the bytes that only they keep")
    .option("--top <n>", "how many", positive, 20)
    .option("--ids <id>", "these objects instead (several: with commas, or one after the other)", collectIds, [])
    .option("--type <name>", "only objects of this type, as `types` names it")
    .option("--tsv <out>", "write id, self, retained and distance of every object to a file")
    .action(runRetained);
  on("object", "all about one object")
    .argument("<id>", "as other commands print it")
    .option("--all", "list all referrers and referents")
    .action(runObject);
  on("why", "what keeps an object alive")
    .argument("<id>", "as other commands print it")
    .option("--avoid <id>", "not through these (several: with commas, or one after the other)", collectIds, [])
    .action(runWhy);
  on("types", "instances and bytes by type").option("--all", "list all types").action(runTypes);
  on("duplicates", "equal immutable objects, and what sharing them would save")
    .option("--all", "list all values, and all ids")
    .option("--policies", "only what policies of sharing would save")
    .action(runDuplicates);
  on("threads", "what stacks, thread-locals and asyncio tasks keep, and where they wait")
    .option("--tasks", "only the tasks")
    .option("--thread-locals", "only what is in thread-local objects")
    .option("--all", "list all")
    .action(runThreads);
  on("packages", "bytes that packages and modules keep").option("--all", "list all").action(runPackages);
  onSeveral("arenas", "what holds memory of the small-object allocator that is hardly in use; or a trace, replayed")
    .option("--policy <name>", "what a policy would give back: stack, nearly-full, collection, best, or all")
    .option("--arena <address>", "what holds this arena")
    .option("--owners", "only what holds nearly empty arenas")
    .option("--suggest", "only what to let go of so that arenas are released")
    .option("--sizes", "only blocks by size")
    .option("--nearly-empty <percent>", "what is nearly empty: at most so much in use (default: 10)", percentage)
    .option("--all", "list all")
    .action(runArenas);
  on("weakrefs", "who refers weakly, dead and alive, with what callbacks")
    .option("--ids <id>", "who refers weakly to these objects, and what clearing that would set off", collectIds, [])
    .option("--dead", "containers full of dead weak references")
    .option("--stale", "weak references that may lead to re-used objects")
    .option("--all", "list all groups, ids and entries")
    .action(runWeakrefs);
  onSeveral("open", "show the snapshot in a browser, served on 127.0.0.1 until Ctrl-C; of several the newest, compared")
    .option("--port <n>", "the port (default: any that is free)", portNumber)
    .option("--no-browser", "print the address only")
    .action(runOpen);
  root
    .command("capture")
    .description("run a Python or Node program and write a snapshot of its heap, or take one of a program that runs")
    .argument(
      "[script...]",
      "the script and its arguments, or -m MODULE and its arguments; with --node -- Node's own options before it, too",
    )
    .option("-o, --output <file>", "the snapshot (default: by the script's name and the time)")
    .option("--at-exit", "when the program ends (the default)")
    .option("--on-signal <name>", "each time the program gets the signal, such as USR2")
    .option("--python <path>", "the interpreter (default: python3, python)")
    .option("--in-process", "Python: without fork")
    .option("--redact", "Python: leave out text values and numbers")
    .option("--node", "run the script under Node")
    .option("--node-path <path>", "the Node (default: node)")
    .option("--pid <n>", "instead of a script: the Node process with this number, through its inspector", processId)
    .option("--inspect <host:port>", "instead of a script: what this inspector on this machine shows (Node, Chromium)")
    .option("--target <id>", "which one, where --inspect shows several")
    .option("--force", "even where memory looks scarce")
    .option("--json", "print one JSON document when it is done")
    .passThroughOptions()
    .addHelpText("after", CAPTURE_HELP)
    .action(runCapture);
  return root;
}

const CAPTURE_OPTIONS_WITH_VALUE = new Set([
  ...["-o", "--output", "--on-signal"],
  ...["--python", "--node-path", "--pid", "--inspect", "--target"],
]);

/** In `capture [options] -m MODULE args` what follows the options is the program's: puts `--` before it. */
function withModule(argv: readonly string[]): string[] {
  const args = [...argv];
  if (args[2] !== "capture") return args;
  for (let i = 3; i < args.length && args[i].startsWith("-") && args[i] !== "--"; i++) {
    if (args[i] === "-m") return [...args.slice(0, i), "--", ...args.slice(i)];
    if (CAPTURE_OPTIONS_WITH_VALUE.has(args[i])) i++;
  }
  return args;
}

function isUsage(error: unknown): error is Error {
  return [
    UsageError,
    BudgetError,
    UnknownObjectError,
    UnknownTypeError,
    UnknownArenaError,
    UnknownGenerationsError,
    NoSuchReferenceError,
    WrongRuntimeError,
    CaptureRefusedError,
  ].some((kind) => error instanceof kind);
}

const ID_OPTIONS = new Set(["--ids", "--avoid"]);

/** Repeats an option before each id that follows it, so that the file can stand behind the ids too. */
function withIds(argv: readonly string[]): string[] {
  let option: string | undefined;
  return argv.flatMap((arg, i) => {
    if (ID_OPTIONS.has(arg)) {
      option = arg;
      return [arg];
    }
    const repeat = option !== undefined && argv[i - 1] !== option && /^(0x[0-9a-f]+|@?\d+)(,|$)/i.test(arg);
    if (argv[i - 1] !== option && !repeat) option = undefined;
    return repeat ? [option!, arg] : [arg];
  });
}

/** Runs the command line and returns the exit code (DESIGN: 0 fine, 2 usage, 3 file, 4 internal). */
async function main(argv: readonly string[]): Promise<number> {
  try {
    await program().parseAsync(withModule(argv[2] === "capture" ? argv : withIds(argv)));
    return Number(process.exitCode ?? Exit.fine);
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? Exit.fine : Exit.usage;
    if (isUsage(error)) {
      process.stderr.write(`ouroboros: ${printable(error.message, MESSAGE)}\n`);
      return Exit.usage;
    }
    if (error instanceof UnreadableFileError) {
      process.stderr.write(`ouroboros: ${error.message}\n`);
      return Exit.unreadable;
    }
    process.stderr.write(
      `ouroboros: internal error, please report it with the command that you ran and this text:\n${(error as Error).stack}\n`,
    );
    return Exit.internal;
  }
}

process.stdout.on("error", (error: NodeJS.ErrnoException) => {
  // The reader of a pipe went away, as `| head` does.
  process.exit(error.code === "EPIPE" ? Exit.fine : Exit.internal);
});
process.exitCode = await main(process.argv);
