import type { NodeIndex, SourceLocation } from "../../heap/HeapGraph.js";
import { Kind } from "../../heap/kinds.js";
import type { Analysis } from "../../model/Analysis.js";
import { isLibrary } from "../../model/source.js";
import { followInternal } from "../../model/v8/labels.js";
import { contextsOf } from "./contexts.js";

/** Closures that one place in the program's own source has made. */
export interface Closures {
  readonly location: SourceLocation;
  readonly nodes: readonly NodeIndex[];
}

const known = new WeakMap<Analysis, Closures[]>();

/** Functions of the program's own by where they are written; those of which there are 10 or more. */
export function closuresByPlace(analysis: Analysis): readonly Closures[] {
  let found = known.get(analysis);
  if (!found) known.set(analysis, (found = collect(analysis)));
  return found;
}

const FEWEST = 10;

function collect({ graph }: Analysis): Closures[] {
  const { kind, location } = graph.columns;
  const counts = new Uint32Array(graph.locations.length + 1);
  for (let node = 0; node < graph.nodeCount; node++) if (kind[node] === Kind.function) counts[location[node]]++;
  const groups = new Map<number, NodeIndex[]>();
  graph.locations.forEach(({ file }, i) => {
    if (counts[i + 1] >= FEWEST && !isLibrary(file)) groups.set(i + 1, []);
  });
  if (groups.size === 0) return [];
  for (let node = 0; node < graph.nodeCount; node++) {
    if (kind[node] === Kind.function) groups.get(location[node])?.push(node);
  }
  return [...groups].map(([index, nodes]) => ({ location: graph.locations[index - 1], nodes }));
}

/** The text of a function for a fingerprint, which is to stay the same when lines move. */
export function withoutLine(text: string): string {
  return text.replace(/ in line \d+/, "");
}

/**
 * A function as people call it: `onData()`; where it has no name, by its line and by the function around it.
 */
export function functionText(analysis: Analysis, fn: NodeIndex): string {
  const { graph } = analysis;
  const { name = "", line = 0 } = graph.location(fn) ?? {};
  if (name !== "") return `${name}()`;
  const context = followInternal(graph, fn, "context");
  const around = context === undefined ? "" : contextsOf(analysis).functionOf(context);
  return around === "" ? `the function in line ${line}` : `the function in line ${line} of ${around}()`;
}
