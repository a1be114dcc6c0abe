import type { NodeIndex, SourceLocation } from "../../heap/HeapGraph.js";
import { EDGE_KIND_MASK, EdgeKind, Kind } from "../../heap/kinds.js";
import { labelPayload } from "../../heap/labels.js";
import { printable } from "../../heap/names.js";
import type { Analysis } from "../../model/Analysis.js";
import { rootPaths } from "../../model/paths.js";
import { containerClassOf, entriesOf, tableOf } from "../../model/v8/entries.js";
import { isLibrary } from "../../model/source.js";
import { type Detector, type Finding, fingerprint } from "../Finding.js";
import { holdersOf } from "../holders.js";
import { isKeptBy, retainedTogether } from "../together.js";
import { systemNodes } from "../v8/systemNodes.js";

const FEWEST = 10;
const MANY = 100;
const DEAD_SHARE = 0.5;

/** Weak references that don't do what they are for (V8): see docs/RULES.md. */
export const weakMisuseV8: Detector = {
  rule: "weak-misuse",
  detect: (analysis) => [...keptByRegistries(analysis), ...deadReferences(analysis)],
};

/** Objects that only the value keeps which their FinalizationRegistry is to be called with. */
function keptByRegistries(analysis: Analysis): Finding[] {
  const { graph } = analysis;
  const byRegistry = new Map<NodeIndex, NodeIndex[]>();
  for (const cell of systemNodes(analysis, "system / WeakCell")) {
    const target = weakTargetOf(analysis, cell);
    const registry = registryOf(analysis, cell);
    if (target === undefined || registry === undefined || !isKeptBy(analysis, target, cell)) continue;
    const known = byRegistry.get(registry);
    if (known) known.push(target);
    else byRegistry.set(registry, [target]);
  }
  return [...byRegistry].flatMap(([registry, targets]) => {
    const location = callbackOf(analysis, registry);
    if (targets.length < FEWEST || !location || isLibrary(location.file)) return [];
    const holder = holdersOf(analysis).of(registry);
    const type = printable(graph.typeName(targets[0]));
    const bytes = retainedTogether(analysis, targets);
    const found: Finding = {
      rule: "weak-misuse",
      severity: "error",
      title: { id: "weak.js.kept", arguments: { count: targets.length, type, bytes } },
      why: { id: "weak.js.kept-why", arguments: { type } },
      fix: { id: "weak.js.kept-fix", arguments: {} },
      count: targets.length,
      bytes,
      objects: targets,
      fingerprint: fingerprint("weak-misuse", "registry", type, location.file, location.name),
      location: holder?.location && !isLibrary(holder.location.file) ? holder.location : location,
      ...(holder?.anchor && { anchor: holder.anchor }),
      path: rootPaths(analysis, targets[0], 1)[0]?.steps ?? [],
    };
    return [found];
  });
}

/** Containers of WeakRefs most of whose objects are gone. */
function deadReferences(analysis: Analysis): Finding[] {
  const { graph, ownership } = analysis;
  const { kind, firstEdge } = graph.columns;
  const found: Finding[] = [];
  for (let node = 0; node < graph.nodeCount; node++) {
    if (containerClassOf(graph, node) === undefined) continue;
    const table = tableOf(graph, node) ?? node;
    if (firstEdge[table + 1] - firstEdge[table] < MANY) continue;
    let [all, dead] = [0, 0];
    for (const { key, value } of entriesOf(graph, node)) {
      const reference = value >= 0 ? value : key;
      if (kind[reference] !== Kind.weakref) continue;
      all++;
      if (weakTargetOf(analysis, reference) === undefined) dead++;
    }
    if (dead < MANY || dead < all * DEAD_SHARE) continue;
    const holder = holdersOf(analysis).of(node);
    if (!holder?.location || isLibrary(holder.location.file)) continue;
    found.push({
      rule: "weak-misuse",
      severity: "warning",
      title: { id: "weak.js.dead", arguments: { name: printable(holder.name), dead, count: all } },
      why: { id: "weak.js.dead-why", arguments: {} },
      fix: { id: "weak.js.dead-fix", arguments: {} },
      count: dead,
      bytes: ownership.retained[node],
      objects: [node],
      fingerprint: fingerprint("weak-misuse", "dead", holder.where, holder.name),
      location: holder.location,
      ...(holder.anchor && { anchor: holder.anchor }),
      path: rootPaths(analysis, node, 1)[0]?.steps ?? [],
    });
  }
  return found;
}

/** What a WeakRef or a cell of a FinalizationRegistry refers to; undefined where that is gone. */
function weakTargetOf({ graph }: Analysis, node: NodeIndex): NodeIndex | undefined {
  const { firstEdge, edgeTo, edgeClass, edgeLabel } = graph.columns;
  for (let e = firstEdge[node]; e < firstEdge[node + 1]; e++) {
    const isWeak = (edgeClass[e] & EDGE_KIND_MASK) === EdgeKind.weak;
    if (isWeak && graph.string(labelPayload(edgeLabel[e])) === "target") return edgeTo[e];
  }
  return undefined;
}

function registryOf({ graph }: Analysis, cell: NodeIndex): NodeIndex | undefined {
  const { firstEdge, edgeTo } = graph.columns;
  for (let e = firstEdge[cell]; e < firstEdge[cell + 1]; e++) {
    if (graph.typeName(edgeTo[e]) === "FinalizationRegistry") return edgeTo[e];
  }
  return undefined;
}

/** Where the function is that a registry calls. */
function callbackOf({ graph }: Analysis, registry: NodeIndex): SourceLocation | undefined {
  const { firstEdge, edgeTo, kind } = graph.columns;
  for (let e = firstEdge[registry]; e < firstEdge[registry + 1]; e++) {
    const location = kind[edgeTo[e]] === Kind.function ? graph.location(edgeTo[e]) : undefined;
    if (location) return location;
  }
  return undefined;
}
