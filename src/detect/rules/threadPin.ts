import { type NodeIndex, type SourceLocation, typeInfoName, type TypeInfo } from "../../heap/HeapGraph.js";
import { Kind } from "../../heap/kinds.js";
import { LabelSort, nameOfLabel } from "../../heap/labels.js";
import { printable } from "../../heap/names.js";
import type { Analysis } from "../../model/Analysis.js";
import { rootPaths } from "../../model/paths.js";
import { isLibrary } from "../../model/source.js";
import { type Detector, type Finding, fingerprint } from "../Finding.js";
import { holdersOf } from "../holders.js";
import { aliveOfType, groupBy, retainedTogether } from "../together.js";

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
    const { ownership } = analysis;
    const least = Math.max(MIN_BYTES, ownership.retained[ownership.aliveRoot] * MIN_HEAP_SHARE);
    return [...variables(analysis, least), ...locals(analysis, least)];
  },
};

function variables(analysis: Analysis, least: number): Finding[] {
  const { graph } = analysis;
  const threads = graph.roots.flatMap(({ node, name }) =>
    graph.columns.kind[node] === Kind.thread && name !== `thread ${MAIN}` ? [node] : [],
  );
  // A program of one thread can have started without the module `threading`, which gives the name.
  const others = graph.roots.filter(({ node }) => graph.columns.kind[node] === Kind.thread).length > 1 ? threads : [];
  const all = others.flatMap((thread) => [...variablesOf(analysis, thread)]);
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
  const { firstEdge, edgeTo, edgeLabel, kind, text } = graph.columns;
  for (let e = firstEdge[thread]; e < firstEdge[thread + 1]; e++) {
    const frame = edgeTo[e];
    if (kind[frame] !== Kind.frame) continue;
    const location = graph.location(frame);
    const seen = new Set<NodeIndex>();
    for (let v = firstEdge[frame]; v < firstEdge[frame + 1]; v++) {
      const value = edgeTo[v];
      const name = nameOfLabel(graph, edgeLabel[v], LabelSort.local);
      if (name === undefined || name === "self" || seen.has(value)) continue;
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
  for (const node of aliveOfType(analysis, isLocal)) {
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

function isLocal(type: TypeInfo): boolean {
  return /^(_?thread\._local|threading\.local)$/.test(typeInfoName(type));
}

/** Of a thread-local object: how many threads have something in it, and the attribute that keeps most. */
function contentOf({ graph, ownership }: Analysis, local: NodeIndex): { largest: string; threads: number } {
  const { firstEdge, edgeTo, edgeLabel, kind } = graph.columns;
  const bytes = new Map<string, number>();
  const perThread = new Map<string, number>();
  const look = (dict: NodeIndex, depth: number) => {
    for (let e = firstEdge[dict]; e < firstEdge[dict + 1]; e++) {
      const name = nameOfLabel(graph, edgeLabel[e], LabelSort.key);
      if (name === undefined) {
        if (kind[edgeTo[e]] === Kind.dict && depth > 0) look(edgeTo[e], depth - 1);
        continue;
      }
      bytes.set(name, (bytes.get(name) ?? 0) + ownership.retained[edgeTo[e]]);
      perThread.set(name, (perThread.get(name) ?? 0) + 1);
    }
  };
  look(local, 2);
  const [largest] = [...bytes].sort((a, b) => b[1] - a[1])[0] ?? [""];
  return { largest, threads: perThread.get(largest) ?? 1 };
}
