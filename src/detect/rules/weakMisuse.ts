import { type NodeIndex, typeInfoName } from "../../heap/HeapGraph.js";
import { Kind } from "../../heap/kinds.js";
import { printable } from "../../heap/names.js";
import type { Analysis } from "../../model/Analysis.js";
import { rootPaths } from "../../model/paths.js";
import { attributeOf, deadPiles, findWeakReferences, Holders as WeakHolders } from "../../model/weakrefs/index.js";
import { type Detector, type Finding, fingerprint } from "../Finding.js";
import { holdersOf } from "../holders.js";
import type { Message } from "../messages.js";
import { aliveOfType, groupBy, isKeptBy, retainedTogether } from "../together.js";

const MANY = 20;
const MANY_DEAD = 200;
const MIN_BYTES = 64_000;

/** Weak references that do not do what they are for. */
export const weakMisuse: Detector = {
  rule: "weak-misuse",
  detect(analysis) {
    const referentOf = new Map<NodeIndex, NodeIndex>();
    const { weakrefs } = analysis.graph;
    for (let i = 0; i < weakrefs.length; i += 2) referentOf.set(weakrefs[i + 1], weakrefs[i]);
    return [...keptKeys(analysis, referentOf), ...finalizers(analysis, referentOf), ...dead(analysis)];
  },
};

interface Parts {
  readonly sort: "keys" | "finalize" | "dead";
  readonly title: Message;
  readonly nodes: readonly NodeIndex[];
  readonly held: NodeIndex;
  readonly bytes: number;
  readonly key: string;
}

function finding(analysis: Analysis, { sort, title, nodes, held, bytes, key }: Parts): Finding {
  const holder = holdersOf(analysis).of(held);
  return {
    rule: "weak-misuse",
    severity: "warning",
    title,
    why: { id: `weak.why-${sort}`, arguments: {} },
    fix: { id: `weak.fix-${sort}`, arguments: {} },
    count: nodes.length,
    bytes,
    objects: nodes,
    fingerprint: fingerprint("weak-misuse", sort, key),
    ...(holder?.location && { location: holder.location }),
    ...(holder?.anchor && { anchor: holder.anchor }),
    path: rootPaths(analysis, nodes[0], 1)[0]?.steps ?? [],
  };
}

/** Keys of a WeakKeyDictionary that only its own values keep. */
function keptKeys(analysis: Analysis, referentOf: ReadonlyMap<NodeIndex, NodeIndex>): Finding[] {
  const { graph } = analysis;
  const { firstEdge, edgeTo, kind } = graph.columns;
  const found: Finding[] = [];
  for (const node of aliveOfType(analysis, ({ name }) => name === "WeakKeyDictionary")) {
    const data = attributeOf(analysis.graph, node, "data");
    if (data === undefined || kind[data] !== Kind.dict) continue;
    const keys = [...edgeTo.subarray(firstEdge[data], firstEdge[data + 1])].flatMap((to) => referentOf.get(to) ?? []);
    const kept = keys.filter((key) => isKeptBy(analysis, key, data));
    if (kept.length < MANY) continue;
    const bytes = retainedTogether(analysis, kept);
    const place = printable(holdersOf(analysis).of(node)?.name ?? "a WeakKeyDictionary");
    const values = { place, count: kept.length, type: printable(graph.typeName(kept[0])), bytes };
    const title: Message = { id: "weak.title-keys", arguments: values };
    found.push(finding(analysis, { sort: "keys", title, nodes: kept, held: node, bytes, key: place }));
  }
  return found;
}

/** Objects that their own weakref.finalize keeps: it calls a bound method, or has the object among its arguments. */
function finalizers(analysis: Analysis, referentOf: ReadonlyMap<NodeIndex, NodeIndex>): Finding[] {
  const { graph } = analysis;
  const kept: NodeIndex[] = [];
  for (const node of aliveOfType(analysis, (type) => typeInfoName(type) === "weakref.finalize._Info")) {
    const weakref = attributeOf(analysis.graph, node, "weakref");
    const referent = weakref === undefined ? undefined : referentOf.get(weakref);
    if (referent !== undefined && isKeptBy(analysis, referent, node)) kept.push(referent);
  }
  return [...groupBy(kept, (node) => graph.typeName(node))].flatMap(([type, nodes]): Finding[] => {
    const bytes = retainedTogether(analysis, nodes);
    if (nodes.length < MANY && bytes < MIN_BYTES) return [];
    const title: Message = {
      id: "weak.title-finalize",
      arguments: { count: nodes.length, type: printable(type), bytes },
    };
    const [{ node: ofType }] = [graph.types[graph.columns.type[nodes[0]]]];
    return [
      finding(analysis, { sort: "finalize", title, nodes, held: ofType >= 0 ? ofType : nodes[0], bytes, key: type }),
    ];
  });
}

/** Containers with many weak references whose objects are gone. */
function dead(analysis: Analysis): Finding[] {
  const references = findWeakReferences(analysis.graph);
  const holders = holdersOf(analysis);
  return deadPiles(analysis, references, new WeakHolders(analysis, references.subclassTables), MANY_DEAD).flatMap(
    (pile): Finding[] => {
      const holder = holders.of(pile.container);
      if (!holder) return [];
      const nodes = Array.from(pile.dead, (row) => references.node[row]);
      const title: Message = {
        id: "weak.title-dead",
        arguments: { place: printable(holder.name), count: nodes.length, bytes: pile.bytes },
      };
      const { bytes, container } = pile;
      return [finding(analysis, { sort: "dead", title, nodes, held: container, bytes, key: holder.name })];
    },
  );
}
