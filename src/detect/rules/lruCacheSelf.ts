import type { NodeIndex } from "../../heap/HeapGraph.js";
import { Kind } from "../../heap/kinds.js";
import { LabelSort, labelSort, nameOfLabel } from "../../heap/labels.js";
import { printable } from "../../heap/names.js";
import type { Analysis } from "../../model/Analysis.js";
import { rootPaths } from "../../model/paths.js";
import { attributeOf } from "../../model/weakrefs/index.js";
import { type Detector, type Finding, fingerprint } from "../Finding.js";
import { aliveOfType, retainedTogether } from "../together.js";

const MANY = 20;
const MIN_BYTES = 64_000;

/** functools.lru_cache on a method: each call's `self` is part of a key, and stays as long as the entry. */
export const lruCacheSelf: Detector = {
  rule: "lru-cache-self",
  detect(analysis) {
    const found: Finding[] = [];
    for (const node of aliveOfType(analysis, ({ name }) => name.endsWith("_lru_cache_wrapper"))) {
      const cache = attributeOf(analysis.graph, node, "cache");
      const owner = classOf(analysis, node);
      if (cache === undefined || owner === undefined) continue;
      const instances = instancesIn(analysis, cache, owner);
      if (instances.length === 0) continue;
      const bytes = retainedTogether(analysis, instances);
      if (instances.length < MANY && bytes < MIN_BYTES) continue;
      found.push(finding(analysis, { node, owner, instances, bytes }));
    }
    return found;
  },
};

/** The class in whose namespace a wrapper stands, also as the function of a property. */
function classOf({ graph, referrers, strong }: Analysis, wrapper: NodeIndex): NodeIndex | undefined {
  const { kind, edgeLabel } = graph.columns;
  const holders = (node: NodeIndex) => {
    const all: { from: NodeIndex; label: number }[] = [];
    for (let r = referrers.first[node]; r < referrers.first[node + 1]; r++) {
      all.push({ from: referrers.to[r], label: edgeLabel[strong.edge[referrers.edge[r]]] });
    }
    return all;
  };
  const spaces = (node: NodeIndex) => holders(node).flatMap(({ from }) => (kind[from] === Kind.dict ? [from] : []));
  const properties = holders(wrapper).flatMap(({ from }) => (kind[from] === Kind.descriptor ? [from] : []));
  for (const space of [wrapper, ...properties].flatMap(spaces)) {
    for (const { from, label } of holders(space)) {
      if (kind[from] === Kind.type && nameOfLabel(graph, label, LabelSort.attribute) === "__dict__") return from;
    }
  }
  return undefined;
}

/** Instances of a class or of its subclasses in the keys of a cache, each once. */
function instancesIn(analysis: Analysis, cache: NodeIndex, owner: NodeIndex): NodeIndex[] {
  const { graph } = analysis;
  const { firstEdge, edgeTo, edgeLabel, kind, type } = graph.columns;
  const found = new Set<NodeIndex>();
  const isInstance = (node: NodeIndex) => {
    const own = graph.types[type[node]].node;
    return own === owner || (own >= 0 && graph.columns.kind[own] === Kind.type && derives(analysis, own, owner));
  };
  for (let e = firstEdge[cache]; e < firstEdge[cache + 1]; e++) {
    if (labelSort(edgeLabel[e]) !== LabelSort.keyOf) continue;
    const key = edgeTo[e];
    if (isInstance(key)) found.add(key);
    if (kind[key] !== Kind.tuple && kind[key] !== Kind.list) continue;
    for (let k = firstEdge[key]; k < firstEdge[key + 1]; k++) if (isInstance(edgeTo[k])) found.add(edgeTo[k]);
  }
  return [...found];
}

function derives(analysis: Analysis, type: NodeIndex, base: NodeIndex): boolean {
  const { firstEdge, edgeTo } = analysis.graph.columns;
  const mro = attributeOf(analysis.graph, type, "__mro__");
  return mro !== undefined && edgeTo.subarray(firstEdge[mro], firstEdge[mro + 1]).includes(base);
}

function finding(
  analysis: Analysis,
  parts: { node: NodeIndex; owner: NodeIndex; instances: readonly NodeIndex[]; bytes: number },
): Finding {
  const { graph } = analysis;
  const { node, owner, instances, bytes } = parts;
  const { firstEdge, edgeTo, kind, text } = graph.columns;
  const functions = [...edgeTo.subarray(firstEdge[node], firstEdge[node + 1])].filter(
    (to) => kind[to] === Kind.function,
  );
  const [fn] = functions;
  const location = fn === undefined ? undefined : graph.location(fn);
  const className = printable(graph.string(text[owner]).split(".").at(-1) ?? "");
  const method = fn === undefined ? "method" : printable(graph.string(text[fn]).split(".").at(-1) ?? "");
  const limit = graph.facts.limit?.get(node);
  return {
    rule: "lru-cache-self",
    severity: "warning",
    title: { id: "lru-self.title", arguments: { class: className, method, count: instances.length, bytes } },
    why:
      limit === undefined
        ? { id: "lru-self.why", arguments: {} }
        : { id: "lru-self.why-bounded", arguments: { limit } },
    fix: { id: "lru-self.fix", arguments: { method } },
    count: instances.length,
    bytes,
    objects: [node, ...instances],
    fingerprint: fingerprint("lru-cache-self", graph.string(text[owner]), method),
    ...(location && { location }),
    path: rootPaths(analysis, instances[0], 1)[0]?.steps ?? [],
  };
}
