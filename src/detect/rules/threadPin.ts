import type { NodeIndex, SourceLocation } from "../../heap/HeapGraph.js";
import { printable } from "../../heap/names.js";
import type { Analysis } from "../../model/Analysis.js";
import { rootPaths } from "../../model/paths.js";
import { isLibrary } from "../../model/source.js";
import { type Detector, type Finding, fingerprint } from "../Finding.js";
import { holdersOf } from "../holders.js";
import { frameVariables, framesOf, isThreadLocal, localEntries, threadNodes } from "../threadLocals.js";
import { aliveOfType, groupBy, leastWorth, retainedTogether } from "../together.js";

const MIN_BYTES = 200_000;
const MIN_HEAP_SHARE = 0.02;
const MAIN = "MainThread";

/** A variable of a function that a thread is in. */
interface Variable {
  readonly thread: NodeIndex;
  readonly value: NodeIndex;
  readonly name: string;
  readonly function: string;
  readonly location: SourceLocation | undefined;
}

/** What idle threads keep in the variables of their functions, and what thread-local objects keep. */
export const threadPin: Detector = {
  rule: "thread-pin",
  detect(analysis) {
    const least = leastWorth(analysis, MIN_BYTES, MIN_HEAP_SHARE);
    return [...variables(analysis, least), ...locals(analysis, least)];
  },
};

function variables(analysis: Analysis, least: number): Finding[] {
  const { graph } = analysis;
  const threads = threadNodes(graph);
  // A program of one thread can have started without the module `threading`, which gives the name.
  const others = threads.length > 1 ? threads.filter(({ name }) => name !== MAIN) : [];
  const all = others.flatMap(({ node: thread }) => [...variablesOf(analysis, thread)]);
  const groups = groupBy(all, (one) => `${one.location?.file} ${one.function} ${one.name}`);
  const found = [...groups.values()].flatMap((group) => {
    const bytes = retainedTogether(
      analysis,
      group.map(({ value }) => value),
    );
    return bytes < least ? [] : [{ group, bytes }];
  });
  // What several variables keep together is told of the one that keeps most.
  return found.sort((a, b) => b.bytes - a.bytes).map(({ group, bytes }) => ofVariable(analysis, group, bytes));
}

function* variablesOf({ graph, ownership }: Analysis, thread: NodeIndex): Generator<Variable> {
  const { text } = graph.columns;
  for (const frame of framesOf(graph, thread)) {
    const location = graph.location(frame);
    const seen = new Set<NodeIndex>();
    for (const { name, value } of frameVariables(graph, frame)) {
      if (name === "self" || seen.has(value)) continue;
      seen.add(value);
      const isOwn = ownership.idom[value] === frame || ownership.idom[value] === thread;
      if (isOwn) yield { thread, value, name, function: graph.string(text[frame]).split(".").at(-1) ?? "", location };
    }
  }
}

function ofVariable(analysis: Analysis, group: readonly Variable[], bytes: number): Finding {
  const [{ name, location, value, function: fn }] = group;
  const threads = new Set(group.map(({ thread }) => thread)).size;
  return {
    rule: "thread-pin",
    severity: "warning",
    title: {
      id: "threads.title",
      arguments: { count: threads, name: printable(name), function: printable(fn), bytes },
    },
    why: { id: "threads.why", arguments: {} },
    fix: { id: "threads.fix", arguments: { name: printable(name) } },
    count: threads,
    bytes,
    objects: group.map((one) => one.value),
    fingerprint: fingerprint("thread-pin", fn, name),
    ...(location && { location }),
    path: rootPaths(analysis, value, 1)[0]?.steps ?? [],
  };
}

function locals(analysis: Analysis, least: number): Finding[] {
  const { ownership } = analysis;
  const found: Finding[] = [];
  for (const node of aliveOfType(analysis, isThreadLocal)) {
    const bytes = ownership.retained[node];
    if (bytes < least) continue;
    const holder = holdersOf(analysis).of(node);
    if (!holder || isLibrary(holder.location?.file ?? "")) continue;
    const { largest, threads } = contentOf(analysis, node);
    found.push({
      rule: "thread-pin",
      severity: "warning",
      title: { id: "threads.local-title", arguments: { place: printable(holder.name), count: threads, bytes } },
      why: { id: "threads.local-why", arguments: { name: printable(largest) } },
      fix: { id: "threads.local-fix", arguments: { name: printable(`${holder.name}.${largest}`) } },
      count: threads,
      bytes,
      objects: [node],
      fingerprint: fingerprint("thread-pin", holder.name),
      ...(holder.location && { location: holder.location }),
      ...(holder.anchor && { anchor: holder.anchor }),
      path: rootPaths(analysis, node, 1)[0]?.steps ?? [],
    });
  }
  return found;
}

/** Of a thread-local object: how many threads have something in it, and the attribute that keeps most. */
function contentOf({ graph, ownership }: Analysis, local: NodeIndex): { largest: string; threads: number } {
  const bytes = new Map<string, number>();
  const perThread = new Map<string, number>();
  for (const { name, value } of localEntries(graph, local)) {
    bytes.set(name, (bytes.get(name) ?? 0) + ownership.retained[value]);
    perThread.set(name, (perThread.get(name) ?? 0) + 1);
  }
  const [largest] = [...bytes].sort((a, b) => b[1] - a[1])[0] ?? [""];
  return { largest, threads: perThread.get(largest) ?? 1 };
}
