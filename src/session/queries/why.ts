import type { NodeIndex } from "../../heap/HeapGraph.js";
import { labelText } from "../../heap/labels.js";
import { pathExpression, rootPaths } from "../../model/paths.js";
import { shortestRing } from "../../model/ring.js";
import type { Session } from "../Session.js";

const PATHS = 5;

/** A way that keeps an object alive. */
export interface WhyPath {
  readonly root: string;
  /** The whole way as one expression. */
  readonly expression: string;
  readonly steps: readonly { readonly id: string; readonly label: string; readonly name: string }[];
}

export interface WhyResult {
  readonly id: string;
  readonly name: string;
  readonly garbage: boolean;
  /** Shortest first; they share no object between their ends. Empty where nothing else keeps it. */
  readonly paths: readonly WhyPath[];
  /** For garbage in a cycle: a shortest way from the object back to itself. */
  readonly cycle?: WhyPath["steps"];
}

/** Shortest paths that keep an object alive, not through the avoided ones. */
export function why(session: Session, id: string, avoid: readonly string[] = []): WhyResult {
  const { graph, analysis } = session;
  const node = session.node(id);
  const cycle = analysis.roots.isGarbage[node] === 1 ? cycleOf(session, node) : [];
  const blocked = avoid.map((other) => session.node(other));
  return {
    id: graph.idText(node),
    name: graph.nodeName(node),
    garbage: analysis.roots.isGarbage[node] === 1,
    ...(cycle.length > 0 && { cycle }),
    paths: rootPaths(analysis, node, PATHS, blocked).map((path) => ({
      root: path.root,
      expression: pathExpression(analysis, path),
      steps: path.steps.map((step) => ({
        id: graph.idText(step.node),
        label: step.label,
        name: graph.nodeName(step.node),
      })),
    })),
  };
}

function cycleOf({ graph, analysis }: Session, node: NodeIndex): WhyPath["steps"] {
  for (const { cycles } of analysis.families) {
    const found = cycles.find(({ members }) => members.includes(node));
    if (!found) continue;
    const ring = shortestRing(analysis, found.members, node).map(({ edge, to }) => ({
      id: graph.idText(to),
      label: labelText(graph, graph.columns.edgeLabel[edge]),
      name: graph.nodeName(to),
    }));
    return [{ id: graph.idText(node), label: "", name: graph.nodeName(node) }, ...ring];
  }
  return [];
}
