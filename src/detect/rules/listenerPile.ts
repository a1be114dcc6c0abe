import type { NodeIndex, SourceLocation } from "../../heap/HeapGraph.js";
import { LabelSort, nameOfLabel } from "../../heap/labels.js";
import { printable } from "../../heap/names.js";
import { V8Edge, v8EdgeOf } from "../../heap/v8.js";
import type { Analysis } from "../../model/Analysis.js";
import { rootPaths } from "../../model/paths.js";
import { containerClassOf } from "../../model/v8/entries.js";
import { followProperty, internalIndexOf } from "../../model/v8/labels.js";
import { type Detector, type Finding, fingerprint } from "../Finding.js";
import { holdersOf } from "../holders.js";
import { leastWorth, retainedTogether } from "../together.js";
import { closuresByPlace, functionText } from "../v8/pile.js";

// Node itself warns from the eleventh listener of an event on (EventEmitter.defaultMaxListeners).
const MOST_LISTENERS = 10;
const MOST_CALLBACKS = 50;
const NEAREST = 4;
const MIN_BYTES = 64_000;
const MIN_HEAP_SHARE = 0.01;
/** Names of what calls functions back. */
const REGISTRY = /(listener|handler|observer|subscri|callback|hook|watcher|_events|kEvents)/i;

/** Functions of one place that are registered again and again in one emitter, or one list of callbacks (V8). */
export const listenerPile: Detector = {
  rule: "listener-pile",
  detect(analysis) {
    const begins = new Map<NodeIndex, NodeIndex>();
    return closuresByPlace(analysis).flatMap(({ location, nodes }) => {
      const registries = new Map<NodeIndex, NodeIndex[]>();
      for (const node of nodes) {
        const registry = registryOf(analysis, node, begins);
        if (registry === undefined) continue;
        const known = registries.get(registry);
        if (known) known.push(node);
        else registries.set(registry, [node]);
      }
      return [...registries.values()].flatMap((held) => finding(analysis, location, held));
    });
  },
};

function finding(analysis: Analysis, location: SourceLocation, nodes: readonly NodeIndex[]): Finding[] {
  if (nodes.length <= MOST_LISTENERS) return [];
  const holder = holdersOf(analysis).of(nodes[0]);
  const path = rootPaths(analysis, nodes[0], 1)[0]?.steps ?? [];
  // Nearly everything in a server hangs below the listeners of its requests: the last steps tell.
  const isRegistry = isListener(analysis, nodes[0]) || path.slice(-NEAREST).some(({ label }) => REGISTRY.test(label));
  const isNamed = isRegistry || REGISTRY.test(holder?.name ?? "");
  const bytes = retainedTogether(analysis, nodes);
  if (!isNamed && (nodes.length < MOST_CALLBACKS || bytes < leastWorth(analysis, MIN_BYTES, MIN_HEAP_SHARE))) return [];
  const place = holder && printable(holder.name.replace(/\[…\](?= in |$)/, ""));
  const values = { count: nodes.length, function: printable(functionText(analysis, nodes[0])) };
  return [
    {
      rule: "listener-pile",
      severity: "warning",
      title: { id: isNamed ? "listeners.title" : "listeners.title-callbacks", arguments: values },
      why: place ? { id: "listeners.why-held", arguments: { place } } : { id: "listeners.why", arguments: {} },
      fix: { id: "listeners.fix", arguments: values },
      count: nodes.length,
      bytes,
      objects: nodes,
      fingerprint: fingerprint("listener-pile", location.name, location.file, holder?.name ?? ""),
      location,
      path,
    },
  ];
}

/** True for what an EventTarget of Node's has for a listener. */
function isListener({ graph, referrers }: Analysis, fn: NodeIndex): boolean {
  for (let r = referrers.first[fn]; r < referrers.first[fn + 1]; r++) {
    if (graph.typeName(referrers.to[r]) === "Listener") return true;
  }
  return false;
}

/** The list, the set, the map or the chain of listeners that a function stands in; undefined for none. */
function registryOf(analysis: Analysis, fn: NodeIndex, begins: Map<NodeIndex, NodeIndex>): NodeIndex | undefined {
  const { graph, referrers, strong } = analysis;
  const { edgeClass, edgeLabel } = graph.columns;
  for (let r = referrers.first[fn]; r < referrers.first[fn + 1]; r++) {
    const from = referrers.to[r];
    const edge = strong.edge[referrers.edge[r]];
    const type = v8EdgeOf(edgeClass[edge]);
    const container = containerClassOf(graph, from);
    if (type === V8Edge.element && container === "Array") return from;
    if (type === V8Edge.internal && internalIndexOf(graph, edgeLabel[edge]) >= 0) {
      const table = containerOfTable(analysis, from);
      if (table !== undefined) return table;
    }
    const name = nameOfLabel(graph, edgeLabel[edge], LabelSort.attribute);
    if ((name === "listener" || name === "callback") && graph.typeName(from) === "Listener")
      return beginOfChain(analysis, from, begins);
    // `once` wraps the listener, and `bind` too.
    if (name === "listener" && container === "Object") return undefined;
  }
  return undefined;
}

function containerOfTable({ graph, referrers }: Analysis, table: NodeIndex): NodeIndex | undefined {
  for (let r = referrers.first[table]; r < referrers.first[table + 1]; r++) {
    const container = containerClassOf(graph, referrers.to[r]);
    if (container === "Map" || container === "Set") return referrers.to[r];
  }
  return undefined;
}

/**
 * Node's EventTarget keeps the listeners of an event in a chain.
 * @param begins what is known of listeners: many share one chain
 */
function beginOfChain({ graph }: Analysis, listener: NodeIndex, begins: Map<NodeIndex, NodeIndex>): NodeIndex {
  const way: NodeIndex[] = [];
  let at = listener;
  while (!begins.has(at)) {
    begins.set(at, at);
    way.push(at);
    at = followProperty(graph, at, "previous") ?? at;
  }
  const begin = begins.get(at)!;
  for (const one of way) begins.set(one, begin);
  return begin;
}
