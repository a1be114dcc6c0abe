import { colour as pc } from "../colour.js";
import { formatBytes, formatCount } from "../../detect/format.js";
import { printable } from "../../heap/names.js";
import {
  type TaskGroupRow,
  type ThreadLocalRow,
  type ThreadRow,
  threads,
  type ThreadsResult,
} from "../../session/queries/threads.js";
import { printJson, printLines } from "../output.js";
import { placeText } from "../place.js";
import { type CommonOptions, openSession, UsageError } from "../run.js";
import { tableLines } from "../table.js";

const FRAMES_SHOWN = 12;
const VARIABLES_SHOWN = 5;
const ROWS_SHOWN = 20;

interface ThreadsOptions extends CommonOptions {
  readonly tasks?: true;
  readonly threadLocals?: true;
}

/** `ouroboros threads FILE`: with `--json` one list, of threads, or with `--tasks` or `--thread-locals` of these. */
export async function runThreads(file: string, options: ThreadsOptions): Promise<void> {
  if (options.tasks && options.threadLocals)
    throw new UsageError("--tasks and --thread-locals ask for different lists; give one of them");
  const result = threads(await openSession(file));
  if (options.json)
    return printJson(options.tasks ? result.tasks : options.threadLocals ? result.threadLocals : result.threads);
  return printLines(lines(result, options));
}

function* lines(result: ThreadsResult, options: LineOptions): Generator<string> {
  const { tasks, threadLocals } = options;
  const all = options.all === true;
  if (!tasks && !threadLocals) {
    if (result.threads === null) yield "The snapshot does not tell of threads.";
    if (result.threads?.length === 0) yield "No thread was in the program's code.";
    for (const thread of result.threads ?? []) {
      yield* threadLines(thread, all);
      yield "";
    }
  }
  if (threadLocals || (!tasks && result.threadLocals.length > 0)) {
    yield* localLines(result.threadLocals, result.threadLocalsTotal, all);
    if (!threadLocals) yield "";
  }
  if (!threadLocals) yield* taskLines(result.tasks, all);
}

type LineOptions = Pick<ThreadsOptions, "all" | "tasks" | "threadLocals">;

function* threadLines(thread: ThreadRow, all: boolean): Generator<string> {
  const { id, name, daemon, retained, frames, framesTotal } = thread;
  const known = [...(id === null || name === null ? [] : [`ident ${id}`]), ...(daemon ? ["daemon"] : [])];
  const title = name === null ? `thread ${id ?? "without a name"}` : `thread ${printable(name)}`;
  const more = known.length === 0 ? "" : `  ${pc.dim(known.join(", "))}`;
  yield `${pc.bold(title)}  keeps ${formatBytes(retained)}${more}`;
  const shown = frames.slice(0, all ? Infinity : FRAMES_SHOWN);
  const stack = shown.map((frame) => [
    frame.retained > 0 ? formatBytes(frame.retained) : "",
    frame.function ?? "?",
    frame.location ? placeText(frame.location) : "",
  ]);
  const columns = [{ title: "keeps", right: true }, { title: "is in, innermost first", max: 60 }, { title: "" }];
  if (stack.length > 0) yield* indented(tableLines(columns, stack));
  if (framesTotal > shown.length)
    yield pc.dim(`  … and ${formatCount(framesTotal - shown.length)} more frames${all ? "" : ": --all"}`);
  const kept = thread.locals.filter((variable) => all || variable.kept).slice(0, all ? Infinity : VARIABLES_SHOWN);
  const variables = kept.map((variable) => [
    formatBytes(variable.retained),
    variable.name,
    `in ${variable.function ?? "?"}`,
    variable.objectName,
    variable.id,
    variable.kept ? "" : "kept elsewhere too",
  ]);
  const titles = [
    { title: "bytes", right: true },
    { title: "variable", max: 40 },
    { title: "", max: 60 },
    { title: "object", max: 50 },
    { title: "id" },
    { title: "" },
  ];
  if (variables.length > 0) yield* indented(tableLines(titles, variables));
}

function* indented(lines: Iterable<string>): Generator<string> {
  for (const line of lines) yield `  ${line}`;
}

function* localLines(rows: readonly ThreadLocalRow[], total: number, all: boolean): Generator<string> {
  yield `${pc.bold("thread-locals")}  ${pc.dim("each of one thread; of which one, a snapshot does not tell")}`;
  const columns = [
    { title: "bytes", right: true },
    { title: "attribute", max: 80 },
    { title: "object", max: 50 },
    { title: "id" },
    { title: "" },
  ];
  const shown = rows.slice(0, all ? Infinity : ROWS_SHOWN);
  const cells = shown.map((row) => [
    formatBytes(row.retained),
    `${row.holder ?? row.local}.${row.attribute}`,
    row.objectName,
    row.id,
    row.kept ? (row.location ? placeText(row.location) : "") : "kept elsewhere too",
  ]);
  yield* indented(tableLines(columns, cells));
  if (total > shown.length) yield pc.dim(`  … and ${formatCount(total - shown.length)} more${all ? "" : ": --all"}`);
}

function* taskLines(rows: readonly TaskGroupRow[], all: boolean): Generator<string> {
  const total = rows.reduce((sum, row) => sum + row.count, 0);
  if (total === 0) {
    yield pc.dim("No tasks of asyncio.");
    return;
  }
  yield pc.bold(`${formatCount(total)} task${total === 1 ? "" : "s"} of asyncio`);
  const columns = [
    { title: "count", right: true },
    { title: "bytes", right: true },
    { title: "state" },
    { title: "coroutine", max: 50 },
    { title: "waits for", max: 50 },
    { title: "held by", max: 50 },
    { title: "" },
  ];
  const shown = rows.slice(0, all ? Infinity : ROWS_SHOWN);
  const cells = shown.map((row) => [
    formatCount(row.count),
    formatBytes(row.bytes),
    row.state ?? "unknown",
    row.coroutine ?? "?",
    row.waitsFor ?? "",
    row.heldBy ?? "",
    row.location ? `waits at ${placeText(row.location)}` : row.definition ? placeText(row.definition) : "",
  ]);
  yield* indented(tableLines(columns, cells));
  if (rows.length > shown.length)
    yield pc.dim(`  … and ${formatCount(rows.length - shown.length)} more groups of tasks: --all`);
}
