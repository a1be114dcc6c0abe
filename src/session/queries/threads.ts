import { holdersOf } from "../../detect/holders.js";
import { awaitStack, coroutineName, describeTask, futureText, type Task, waiterOf } from "../../detect/tasks.js";
import {
  frameVariables,
  localEntries,
  type StackFrame,
  stacksOf,
  threadFacts,
  threadLocalTypes,
} from "../../detect/threadLocals.js";
import { aliveOf, aliveOfType, groupBy, isKeptBy, retainedTogether } from "../../detect/together.js";
import type { NodeIndex, SourceLocation } from "../../heap/HeapGraph.js";
import { Flag, FutureState, Kind } from "../../heap/kinds.js";
import { isLibrary } from "../../model/source.js";
import type { Session } from "../Session.js";
import { needCPython } from "../runtime.js";

const FRAMES_SHOWN = 200;
const VARIABLES_SHOWN = 20;
const LOCALS_SHOWN = 200;
const TASKS_SHOWN = 50;
const WAITERS_SHOWN = 3;

/** A function that a thread is in. */
export interface FrameRow {
  /** Id of the frame object; null where the interpreter has made none, as mostly from 3.0 on. */
  readonly id: string | null;
  /** By what id other queries know the frame, with or without an object. */
  readonly node: string;
  /** Qualified from 3.11 on; null where the snapshot holds no code. */
  readonly function: string | null;
  /** The line that it is at. */
  readonly location?: SourceLocation;
  /** How many local variables it has; null where that is not known. */
  readonly locals: number | null;
  /** Bytes that would be freed if the frame let go of all it holds. */
  readonly retained: number;
}

/** Something that is kept by a name. */
export interface KeptRow {
  readonly id: string;
  readonly type: string;
  /** As `object` calls it. */
  readonly objectName: string;
  /** Bytes that would be freed if this object went. */
  readonly retained: number;
}

/** A local variable of a function that a thread is in. */
export interface VariableRow extends KeptRow {
  readonly name: string;
  readonly function: string | null;
  /** Nothing but this thread's stack keeps it. */
  readonly kept: boolean;
}

/** A thread. */
export interface ThreadRow {
  /** As `threading.get_ident()` gave it; null where the snapshot does not tell. */
  readonly id: number | null;
  readonly node: string;
  readonly name: string | null;
  readonly daemon?: boolean;
  /** Innermost first, at most 200. */
  readonly frames: readonly FrameRow[];
  readonly framesTotal: number;
  /** Bytes that only this thread's stack keeps, each byte once; with the frame objects. */
  readonly retained: number;
  /** The largest of the stack's variables, at most 20, each object once; what only this stack keeps first. */
  readonly locals: readonly VariableRow[];
}

/** Something that one thread has in a thread-local object. Of which thread, no snapshot tells. */
export interface ThreadLocalRow extends KeptRow {
  /** Id of the thread-local object, and of one thread's dict of it. */
  readonly local: string;
  readonly dict: string;
  /** What holds the object for good, as a programmer would write it; null where nothing does. */
  readonly holder: string | null;
  readonly location?: SourceLocation;
  readonly attribute: string;
  /** Nothing but the thread-local object keeps it. */
  readonly kept: boolean;
}

/** Tasks of one coroutine function that wait at one place, or are done. */
export interface TaskGroupRow {
  /** Qualified name of the coroutine function; null where it is not known. */
  readonly coroutine: string | null;
  /** Null where the snapshot does not tell. */
  readonly state: "pending" | "done" | "cancelled" | null;
  /** Where the function is defined; not known of coroutines that have ended, from 3.11 on. */
  readonly definition?: SourceLocation;
  /** The innermost line of `stack` that is not a library's, else the innermost one. */
  readonly location?: SourceLocation;
  /** Where the coroutine, and what it awaits, is suspended: innermost first. Empty where it is not, or not known. */
  readonly stack: readonly SourceLocation[];
  /** What they wait for: `Task of fetch`, `Future in Queue._getters`. Null for nothing, or where it is not known. */
  readonly waitsFor: string | null;
  readonly count: number;
  /** Bytes that would be freed if all of them went. */
  readonly bytes: number;
  /** What holds the first of them for good; null where nothing does, or it has no name. */
  readonly heldBy: string | null;
  /** At most 50. */
  readonly objects: readonly string[];
  readonly objectsTotal: number;
}

/** What threads and tasks keep, and where they wait. */
export interface ThreadsResult {
  /** In the file's order; null where the file tells of no threads. */
  readonly threads: readonly ThreadRow[] | null;
  /** What only the thread-local object keeps first, then the largest; at most 200. */
  readonly threadLocals: readonly ThreadLocalRow[];
  readonly threadLocalsTotal: number;
  /** asyncio's tasks that are alive, most bytes first. */
  readonly tasks: readonly TaskGroupRow[];
}

/** What the stacks of all threads, thread-local objects and asyncio's tasks keep. Sizes are in bytes. */
export function threads(session: Session): ThreadsResult {
  needCPython(session, "What threads keep");
  const locals = threadLocals(session);
  return {
    threads: session.graph.info.has.threads ? threadRows(session) : null,
    threadLocals: locals.slice(0, LOCALS_SHOWN).map((make) => make()),
    threadLocalsTotal: locals.length,
    tasks: taskGroups(session),
  };
}

function threadRows(session: Session): ThreadRow[] {
  const { graph, analysis } = session;
  const stacks = stacksOf(graph);
  const isTold = [...stacks.values()].some((stack) =>
    stack.some(({ frame }) => !frameVariables(graph, frame).next().done),
  );
  return Array.from(threadFacts(graph), ([thread, { ident, name, daemon }]) => ({
    id: ident ?? null,
    node: graph.idText(thread),
    name: name ?? null,
    ...(daemon !== undefined && { daemon }),
    frames: stacks
      .get(thread)!
      .slice(0, FRAMES_SHOWN)
      .map((frame) => frameRow(session, frame, isTold)),
    framesTotal: stacks.get(thread)!.length,
    retained: retainedTogether(analysis, [thread]),
    locals: variables(session, thread, stacks.get(thread)!),
  }));
}

function frameRow({ graph, analysis }: Session, { frame, row }: StackFrame, isTold: boolean): FrameRow {
  const location = graph.location(row);
  let locals = 0;
  for (const _ of frameVariables(graph, frame)) locals++;
  const hasObject = !graph.hasFlag(frame, Flag.synthetic);
  // From 3.11 on the variables of a running frame are no edges of its frame object.
  const [major, minor] = graph.info.version;
  const isKnown = isTold && (locals > 0 || !hasObject || major < 3 || minor < 11);
  return {
    id: hasObject ? graph.idText(frame) : null,
    node: graph.idText(frame),
    function: functionName(graph, row),
    ...(location && { location }),
    locals: isKnown ? locals : null,
    retained: analysis.ownership.retained[frame] - graph.columns.selfSize[frame],
  };
}

function functionName(graph: Session["graph"], row: NodeIndex): string | null {
  return graph.string(graph.columns.text[row]) || null;
}

function variables(session: Session, thread: NodeIndex, stack: readonly StackFrame[]): VariableRow[] {
  const { graph, analysis } = session;
  const rows = new Map<NodeIndex, Omit<VariableRow, keyof KeptRow>>();
  for (const { frame, row } of stack) {
    for (const { name, value: variable } of frameVariables(graph, frame)) {
      const value = contentOf(session, variable);
      const kept = isKeptBy(analysis, value, thread);
      if (!rows.has(value)) rows.set(value, { name, function: functionName(graph, row), kept });
    }
  }
  return largestFirst(session, rows)
    .slice(0, VARIABLES_SHOWN)
    .map(([value, row]) => ({ ...row, ...keptRow(session, value) }));
}

/** What a variable holds: a captured one is a cell, which holds the value. */
function contentOf({ graph }: Session, value: NodeIndex): NodeIndex {
  const { kind, firstEdge, edgeTo } = graph.columns;
  const isFull = kind[value] === Kind.cell && firstEdge[value] < firstEdge[value + 1];
  return isFull ? edgeTo[firstEdge[value]] : value;
}

function keptRow({ graph, analysis }: Session, node: NodeIndex): KeptRow {
  return {
    id: graph.idText(node),
    type: graph.typeName(node),
    objectName: graph.nodeName(node),
    retained: analysis.ownership.retained[node],
  };
}

/** Objects that are kept by one thing alone first, then by size. */
function largestFirst<Row extends { readonly kept: boolean }>(
  { analysis }: Session,
  rows: Iterable<readonly [NodeIndex, Row]>,
): (readonly [NodeIndex, Row])[] {
  const { retained } = analysis.ownership;
  return [...rows].sort(([a, x], [b, y]) => Number(y.kept) - Number(x.kept) || retained[b] - retained[a] || a - b);
}

function threadLocals(session: Session): (() => ThreadLocalRow)[] {
  const { graph, analysis } = session;
  const found: (readonly [NodeIndex, { local: NodeIndex; dict: NodeIndex; attribute: string; kept: boolean }])[] = [];
  for (const local of aliveOfType(analysis, threadLocalTypes(graph))) {
    if (graph.columns.kind[local] === Kind.type) continue;
    for (const { dict, name: attribute, value, depth } of localEntries(graph, local)) {
      if (depth === 2) found.push([value, { local, dict, attribute, kept: isKeptBy(analysis, value, local) }]);
    }
  }
  return largestFirst(session, found).map(([value, { local, dict, attribute, kept }]) => () => {
    const holder = holdersOf(analysis).of(local);
    return {
      local: graph.idText(local),
      dict: graph.idText(dict),
      holder: holder?.name ?? null,
      ...(holder?.location && { location: holder.location }),
      attribute,
      kept,
      ...keptRow(session, value),
    };
  });
}

const STATES = {
  [FutureState.pending]: "pending",
  [FutureState.cancelled]: "cancelled",
  [FutureState.finished]: "done",
} as const;

function taskGroups({ graph, analysis }: Session): TaskGroupRow[] {
  const all = Array.from(aliveOf(analysis, Kind.task), (node) => {
    const task = describeTask(analysis, node);
    const { coroutine, state } = task;
    const name = coroutine === undefined ? undefined : coroutineName(graph, coroutine);
    const definition = coroutine === undefined ? undefined : graph.location(coroutine);
    const waits = coroutine !== undefined && state === FutureState.pending;
    return { task, name, definition, stack: waits ? awaitStack(graph, coroutine).reverse() : [] };
  });
  const groups = groupBy(all, ({ task, name, definition, stack }) =>
    JSON.stringify([task.state, name, definition?.file, definition?.line, stack.map(({ file, line }) => [file, line])]),
  );
  const textOf = waiterTexts(analysis);
  const rows = Array.from(groups.values(), (group): TaskGroupRow => {
    const [{ task, name, definition, stack }] = group;
    const nodes = group.map((one) => one.task.task);
    const location = stack.find(({ file }) => !isLibrary(file)) ?? stack[0];
    const texts = [...new Set(group.flatMap((one) => textOf(one.task) ?? []))];
    return {
      coroutine: name ?? null,
      state: task.state === undefined ? null : STATES[task.state],
      ...(definition && { definition }),
      ...(location && { location }),
      stack,
      waitsFor: texts.slice(0, WAITERS_SHOWN).join(", ") + (texts.length > WAITERS_SHOWN ? ", …" : "") || null,
      count: group.length,
      bytes: retainedTogether(analysis, nodes),
      heldBy: holdersOf(analysis).of(task.task)?.name ?? null,
      objects: nodes.slice(0, TASKS_SHOWN).map((node) => graph.idText(node)),
      objectsTotal: nodes.length,
    };
  });
  return rows.sort((a, b) => b.bytes - a.bytes || b.count - a.count);
}

/** What a task waits for, in words; many can wait for the same. */
function waiterTexts(analysis: Session["analysis"]): (task: Task) => string | undefined {
  const known = new Map<NodeIndex, string>();
  return (task) => {
    const waiter = waiterOf(analysis.graph, task);
    if (waiter === undefined) return undefined;
    let text = known.get(waiter);
    if (text === undefined) known.set(waiter, (text = futureText(analysis, waiter)));
    return text;
  };
}
