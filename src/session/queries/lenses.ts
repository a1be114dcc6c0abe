import type { NodeIndex, SourceLocation } from "../../heap/HeapGraph.js";
import { Flag, Kind } from "../../heap/kinds.js";
import { retainedTogether, targetOfKind } from "../../detect/together.js";
import type { Analysis } from "../../model/Analysis.js";
import { isLibrary, typeLocation } from "../../model/source.js";
import type { Session } from "../Session.js";
import { SourceFiles } from "../SourceFiles.js";

const MOST = 2000;

/** What is alive of a class or a function of the program, for a line of its source. */
export interface LensRow {
  readonly file: string;
  /** 1-based. */
  readonly line: number;
  readonly name: string;
  readonly sort: "class" | "function";
  /** Instances that are alive; of a function its closures, generators, coroutines and frames. */
  readonly count: number;
  /** Bytes that would be freed if all of these went. */
  readonly bytes: number;
  /** How many more are garbage. */
  readonly garbage: number;
  /** The class's type, as `types` names it. */
  readonly type: string | null;
  /** One of the objects. */
  readonly id: string;
}

/**
 * Classes and functions of the program's own code with what is alive of them, most bytes first, at most 2,000. A
 * function that exists once, and has no generator or frame, is left out: that is true of every one.
 */
export function lenses(session: Session): LensRow[] {
  const sources = new SourceFiles(session.graph);
  return [...classLenses(session, sources), ...functionLenses(session, sources)]
    .sort((a, b) => b.bytes - a.bytes)
    .slice(0, MOST);
}

function classLenses({ graph, analysis }: Session, sources: SourceFiles): LensRow[] {
  const { type } = graph.columns;
  const own = graph.types.map(({ node }) => {
    if (node < 0 || !graph.hasFlag(node, Flag.tracked)) return undefined;
    const location = typeLocation(graph, node);
    return location && isOwn(location.file) ? location : undefined;
  });
  const instances = new Map<number, NodeIndex[]>();
  for (let node = 0; node < graph.nodeCount; node++) {
    if (own[type[node]] === undefined) continue;
    const known = instances.get(type[node]);
    if (known) known.push(node);
    else instances.set(type[node], [node]);
  }
  return [...instances].map(([t, nodes]) => {
    const alive = nodes.filter((node) => analysis.roots.isGarbage[node] === 0);
    const location = sources.refine(own[t]!, { kind: "class", name: own[t]!.name });
    return {
      file: location.file,
      line: location.line,
      name: location.name,
      sort: "class" as const,
      count: alive.length,
      bytes: retainedTogether(analysis, alive),
      garbage: nodes.length - alive.length,
      type: graph.typeName(nodes[0]),
      id: graph.idText(nodes[0]),
    };
  });
}

function functionLenses({ graph, analysis }: Session, sources: SourceFiles): LensRow[] {
  const { kind } = graph.columns;
  const wanted: ReadonlySet<number> = new Set([Kind.function, Kind.generator, Kind.coroutine, Kind.frame]);
  const byPlace = new Map<string, NodeIndex[]>();
  for (let node = 0; node < graph.nodeCount; node++) {
    if (!wanted.has(kind[node])) continue;
    const location = codeLocation(analysis, node);
    if (!location || location.line < 1 || location.name === "<module>" || !isOwn(location.file)) continue;
    const key = `${location.line} ${location.name} ${location.file}`;
    const known = byPlace.get(key);
    if (known) known.push(node);
    else byPlace.set(key, [node]);
  }
  return [...byPlace.values()].flatMap((nodes): LensRow[] => {
    if (nodes.length < 2) return [];
    const alive = nodes.filter((node) => analysis.roots.isGarbage[node] === 0);
    const first = nodes.find((node) => kind[node] === Kind.function) ?? nodes[0];
    const { file, line, name } = sources.refine(codeLocation(analysis, first)!);
    return [
      {
        file,
        line,
        name,
        sort: "function",
        count: alive.length,
        bytes: retainedTogether(analysis, alive),
        garbage: nodes.length - alive.length,
        type: null,
        id: graph.idText(alive[0] ?? nodes[0]),
      },
    ];
  });
}

/** True for a file of the program itself. */
function isOwn(file: string): boolean {
  return !isLibrary(file) && !/^<.*>$/s.test(file);
}

/** Where a function's code begins, or that of a generator, a coroutine or a frame. */
function codeLocation(analysis: Analysis, node: NodeIndex): SourceLocation | undefined {
  const { graph } = analysis;
  const code = graph.columns.kind[node] === Kind.function ? undefined : targetOfKind(analysis, node, Kind.code);
  return graph.location(code ?? node);
}
