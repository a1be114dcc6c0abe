import type { NodeIndex } from "../../heap/HeapGraph.js";
import { Kind } from "../../heap/kinds.js";
import { printable } from "../../heap/names.js";
import type { Analysis } from "../../model/Analysis.js";
import { rootPaths } from "../../model/paths.js";
import { isLibrary } from "../../model/source.js";
import { followInternal } from "../../model/v8/labels.js";
import { type Detector, type Finding, fingerprint } from "../Finding.js";
import { aliveOf, leastWorth, retainedTogether } from "../together.js";
import { functionText, withoutLine } from "../v8/pile.js";
import { systemNodes } from "../v8/systemNodes.js";

const MANY = 50;
const MIN_BYTES = 64_000;
const MIN_HEAP_SHARE = 0.01;

/** What waits for one function, or in it. */
interface Pile {
  readonly fn: NodeIndex;
  readonly nodes: NodeIndex[];
}

/** Calls that wait (`await`, `yield`), and callbacks of promises that nobody settles, by where they are written (V8). */
export const promisePile: Detector = {
  rule: "promise-pile",
  detect(analysis) {
    const { graph } = analysis;
    const waiting = new Map<number, Pile>();
    const add = (groups: Map<number, Pile>, fn: NodeIndex | undefined, node: NodeIndex) => {
      if (fn === undefined || graph.columns.location[fn] === 0) return;
      const known = groups.get(graph.columns.location[fn]);
      if (known) known.nodes.push(node);
      else groups.set(graph.columns.location[fn], { fn, nodes: [node] });
    };
    for (const node of aliveOf(analysis, Kind.generator)) add(waiting, followInternal(graph, node, "function"), node);
    const chained = new Map<number, Pile>();
    for (const node of systemNodes(analysis, "system / PromiseReaction")) add(chained, handlerOf(analysis, node), node);
    return [
      ...[...waiting].flatMap(([place, pile]) => finding(analysis, place, pile, "promises.title")),
      ...[...chained].flatMap(([place, pile]) => finding(analysis, place, pile, "promises.title-chained")),
    ];
  },
};

/** The function that a promise is to call. */
function handlerOf({ graph }: Analysis, reaction: NodeIndex): NodeIndex | undefined {
  const { firstEdge, edgeTo, kind, location } = graph.columns;
  for (let e = firstEdge[reaction]; e < firstEdge[reaction + 1]; e++) {
    if (kind[edgeTo[e]] === Kind.function && location[edgeTo[e]] > 0) return edgeTo[e];
  }
  return undefined;
}

function finding(
  analysis: Analysis,
  place: number,
  { fn, nodes }: Pile,
  title: "promises.title" | "promises.title-chained",
): Finding[] {
  const { graph } = analysis;
  const location = graph.locations[place - 1];
  if (nodes.length < MANY || isLibrary(location.file)) return [];
  const bytes = retainedTogether(analysis, nodes);
  if (bytes < leastWorth(analysis, MIN_BYTES, MIN_HEAP_SHARE)) return [];
  const values = { count: nodes.length, bytes, function: printable(functionText(analysis, fn)) };
  return [
    {
      rule: "promise-pile",
      severity: "warning",
      title: { id: title, arguments: values },
      why: { id: "promises.why", arguments: values },
      fix: { id: "promises.fix", arguments: values },
      count: nodes.length,
      bytes,
      objects: nodes,
      fingerprint: fingerprint("promise-pile", title, withoutLine(values.function), location.file),
      location,
      path: rootPaths(analysis, nodes[0], 1)[0]?.steps ?? [],
    },
  ];
}
