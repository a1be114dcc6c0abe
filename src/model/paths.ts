import { disjointPaths, type Path } from "../graph/index.js";
import type { HeapGraph, NodeIndex } from "../heap/HeapGraph.js";
import { LabelSort, labelSort, labelText } from "../heap/labels.js";
import { printable } from "../heap/names.js";
import type { Analysis } from "./Analysis.js";
import { RootReason } from "./roots.js";

/** A way from a root to a node. */
export interface RootPath {
  /** What the root is: "sys.modules", "thread MainThread", "outside references", "garbage", ... */
  readonly root: string;
  /** The nodes from the root to the target; `label` is how the node is reached from the one before, empty at first. */
  readonly steps: readonly { readonly label: string; readonly node: NodeIndex }[];
}

const REASONS: Readonly<Record<RootReason, string>> = {
  [RootReason.named]: "interpreter",
  [RootReason.staticType]: "static type",
  [RootReason.outside]: "references from outside the heap",
  [RootReason.unexplained]: "nothing in the heap",
  [RootReason.frozen]: "permanent generation",
  [RootReason.untraversed]: "references that the collector can't see",
};

/**
 * Shortest ways that keep a node alive, sharing no node between the ends: from the program's named roots where there
 * are any, else from the engine's, else from any root; for garbage from the garbage's own entry points.
 * @param limit at most so many
 * @param avoid nodes that no path may touch
 */
export function rootPaths(
  analysis: Analysis,
  target: NodeIndex,
  limit: number,
  avoid: readonly NodeIndex[] = [],
): RootPath[] {
  const { graph, referrers, roots } = analysis;
  const blocked = new Uint8Array(graph.nodeCount);
  for (const node of avoid) blocked[node] = 1;
  const search = (starts: Iterable<number>) => {
    const isRoot = new Uint8Array(graph.nodeCount);
    for (const node of starts) if (blocked[node] === 0) isRoot[node] = 1;
    return disjointPaths(referrers, isRoot, target, limit, blocked);
  };
  if (roots.isGarbage[target] === 1) return search(roots.garbage).map((path) => describe(analysis, path, "garbage"));
  const ofProgram = graph.roots.filter(({ engine }) => engine !== true).map(({ node }) => node);
  const telling = search(ofProgram);
  const named = telling.length > 0 ? telling : search(graph.roots.map(({ node }) => node));
  const found = named.length > 0 ? named : search(roots.alive);
  return found.map((path) => describe(analysis, path, rootName(analysis, path.nodes[0])));
}

/** What makes a node a root, in words; the empty string where it is none. */
export function rootName({ graph, roots }: Analysis, node: NodeIndex): string {
  const named = graph.roots.find((root) => root.node === node);
  if (named) return named.name;
  const at = roots.alive.indexOf(node);
  return at < 0 ? "" : REASONS[roots.reason[at] as RootReason];
}

function describe({ graph, strong }: Analysis, path: Path, root: string): RootPath {
  const steps = path.nodes.map((node, i) => ({
    label: i === 0 ? "" : labelText(graph, graph.columns.edgeLabel[strong.edge[path.edges[i - 1]]]),
    node,
  }));
  return { root, steps };
}

/**
 * How a node is held, from its first referrer that has a name for it: `module app.CACHE`, `['a'] of dict`,
 * `__dict__ of app.Service`. What only the engine follows, such as `<table> of Map`, stands in where the program has
 * no name for it. The empty string where none has.
 */
export function heldAs({ graph, strong, referrers }: Analysis, node: NodeIndex): string {
  let ofEngine = "";
  for (let r = referrers.first[node]; r < referrers.first[node + 1]; r++) {
    const packed = graph.columns.edgeLabel[strong.edge[referrers.edge[r]]];
    const label = labelText(graph, packed);
    const from = referrers.to[r];
    if (label === "<internal>" || label === "<key>") continue;
    if (labelSort(packed) === LabelSort.internalName) {
      if (ofEngine === "") ofEngine = `${label} of ${graph.nodeName(from)}`;
      continue;
    }
    const owner = ownerOfDict(graph, strong, referrers, from);
    const key = /^\['(\w+)'\]$/.exec(label);
    if (owner !== undefined && key) return `${graph.nodeName(owner)}.${key[1]}`;
    return `${label.startsWith(".") ? label.slice(1) : label} of ${graph.nodeName(from)}`;
  }
  return ofEngine;
}

/** The object whose `__dict__` a dict is, or undefined. */
function ownerOfDict(
  graph: HeapGraph,
  strong: Analysis["strong"],
  referrers: Analysis["referrers"],
  dict: NodeIndex,
): NodeIndex | undefined {
  for (let r = referrers.first[dict]; r < referrers.first[dict + 1]; r++) {
    const label = graph.columns.edgeLabel[strong.edge[referrers.edge[r]]];
    if (labelText(graph, label) === ".__dict__") return referrers.to[r];
  }
  return undefined;
}

/**
 * A path as one expression, as a programmer would write it where that is possible:
 * `sys.modules['app'].CACHE['a']`.
 */
export function pathExpression({ graph }: Analysis, path: RootPath): string {
  const name = (node: NodeIndex) => `<${graph.nodeName(node)}>`;
  const [first, ...rest] = path.steps;
  let text = graph.roots.some((root) => root.node === first.node) ? path.root : name(first.node);
  let inDict = false;
  for (const { label, node } of rest) {
    const key = /^\['([A-Za-z_]\w*)'\]$/.exec(label);
    if (label === ".__dict__") {
      inDict = true;
      continue;
    }
    if (inDict && key) text += `.${key[1]}`;
    else if (label.startsWith(".") || label.startsWith("[")) text += printable(label);
    else text += ` → ${printable(label)} ${name(node)}`;
    inDict = false;
  }
  return text;
}
