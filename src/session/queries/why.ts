import type { NodeIndex } from "../../heap/HeapGraph.js";
import { labelText } from "../../heap/labels.js";
import { pathExpression, rootPaths } from "../../model/paths.js";
import { shortestRing } from "../../model/ring.js";
import type { Session } from "../Session.js";
import { type StepRow, stepRow } from "./step.js";

const PATHS = 5;

/** A way that keeps an object alive. */
export interface WhyPath {
  readonly root: string;
  /** The whole way as one expression. */
  readonly expression: string;
  readonly steps: readonly StepRow[];
}

export interface WhyResult {
  readonly id: string;
  readonly name: string;
  readonly garbage: boolean;
  /** Shortest first; they share no object between their ends. Empty where nothing else keeps it. */
  readonly paths: readonly WhyPath[];
  /** For garbage in a cycle: a shortest way from the object back to itself. */
  readonly cycle?: readonly StepRow[];
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
      steps: path.steps.map((step) => stepRow(graph, step)),
    })),
  };
}

function cycleOf({ graph, analysis }: Session, node: NodeIndex): StepRow[] {
  for (const { cycles } of analysis.families) {
    const found = cycles.find(({ members }) => members.includes(node));
    if (!found) continue;
    const ring = shortestRing(analysis, found.members, node).map(({ edge, to }) =>
      stepRow(graph, { label: labelText(graph, graph.columns.edgeLabel[edge]), node: to }),
    );
    return [stepRow(graph, { label: "", node }), ...ring];
  }
  return [];
}
