import { type EdgeIndex, type HeapGraph, type NodeIndex } from "../../heap/HeapGraph.js";
import { Kind } from "../../heap/kinds.js";
import { LabelSort, labelPayload, labelSort, labelText } from "../../heap/labels.js";
import { isStrong } from "../edges.js";

/** A reference: its edge and the object that holds it. */
export interface Reference {
  readonly from: NodeIndex;
  readonly edge: EdgeIndex;
}

/** Which references of an object are meant. At least one of `label` and `to` is given. */
export interface ReferenceQuery {
  readonly from: NodeIndex;
  /** As `labelText` writes it. */
  readonly label?: string | undefined;
  readonly to?: NodeIndex | undefined;
}

/** A reference that the heap doesn't hold, or a label that several references share. */
export class NoSuchReferenceError extends Error {
  constructor(message: string) {
    super(message);
    this.name = "NoSuchReferenceError";
  }
}

/**
 * The references that a query means: all from the object to `to`, or the one with the label. An attribute of an
 * instance is looked up in its `__dict__` too, as Python does.
 * @throws NoSuchReferenceError where there is none, or where a label without a name stands for several
 */
export function findReferences(graph: HeapGraph, query: ReferenceQuery): Reference[] {
  const found = lookUp(graph, query);
  const id = graph.idText(query.from);
  if (found.length === 0)
    throw new NoSuchReferenceError(`${id} (${graph.nodeName(query.from)}) ${whyNone(graph, query)}`);
  const targets = new Set(found.map(({ edge }) => graph.columns.edgeTo[edge]));
  if (targets.size > 1) {
    throw new NoSuchReferenceError(
      `${id} has ${found.length} references with the label ${query.label}; say which one with --to`,
    );
  }
  return found;
}

function lookUp(graph: HeapGraph, { from, label, to }: ReferenceQuery): Reference[] {
  const found = matches(graph, from, label, to);
  if (found.length > 0 || !label?.startsWith(".")) return found;
  const dict = instanceDict(graph, from);
  return dict === undefined ? [] : matches(graph, dict, undefined, to, label.slice(1));
}

function whyNone(graph: HeapGraph, query: ReferenceQuery): string {
  const { from, label, to } = query;
  const advice = "`object` lists what it refers to";
  if (label === undefined) return `has no reference to ${graph.idText(to!)}; ${advice}`;
  const [elsewhere] = to === undefined ? [] : lookUp(graph, { from, label });
  if (elsewhere) {
    const target = graph.idText(graph.columns.edgeTo[elsewhere.edge]);
    return `has a reference with the label ${label}, but it leads to ${target}, not to ${graph.idText(to!)}`;
  }
  const meant = label.startsWith(".") ? `['${label.slice(1)}']` : `.${label}`;
  const isMeant = lookUp(graph, { ...query, label: meant }).length > 0;
  return `has no reference with the label ${label}; ${isMeant ? `did you mean ${meant}?` : advice}`;
}

/**
 * References with those that go with them, in the order in which they are let go of: an entry of a dict takes its key
 * along, as `del d[key]` does, in 2.7 behind the value, from 3 on before it (delitem_common, Objects/dictobject.c).
 */
export function withCompanions(graph: HeapGraph, references: readonly Reference[]): Reference[] {
  const all = new Map<EdgeIndex, Reference>();
  const keyFirst = graph.info.version[0] >= 3;
  for (const reference of references) {
    const key = keyEdge(graph, reference.from, reference.edge);
    const entry = key === undefined ? [reference] : [reference, { from: reference.from, edge: key }];
    for (const one of keyFirst ? entry.reverse() : entry) all.set(one.edge, one);
  }
  return [...all.values()];
}

function keyEdge(graph: HeapGraph, dict: NodeIndex, edge: EdgeIndex): EdgeIndex | undefined {
  const { firstEdge, edgeTo, edgeLabel, kind, text } = graph.columns;
  const sort = labelSort(edgeLabel[edge]);
  if (kind[dict] !== Kind.dict || (sort !== LabelSort.key && sort !== LabelSort.nodeKey)) return undefined;
  const payload = labelPayload(edgeLabel[edge]);
  for (let e = firstEdge[dict]; e < firstEdge[dict + 1]; e++) {
    if (labelSort(edgeLabel[e]) !== LabelSort.keyOf) continue;
    const key = edgeTo[e];
    if (sort === LabelSort.nodeKey ? key === payload : kind[key] === Kind.str && text[key] === payload) return e;
  }
  return undefined;
}

function matches(
  graph: HeapGraph,
  from: NodeIndex,
  label: string | undefined,
  to: NodeIndex | undefined,
  key?: string,
): Reference[] {
  const { firstEdge, edgeTo, edgeLabel } = graph.columns;
  const found: Reference[] = [];
  for (let edge = firstEdge[from]; edge < firstEdge[from + 1]; edge++) {
    if (!isStrong(graph, edge) || (to !== undefined && edgeTo[edge] !== to)) continue;
    const sort = labelSort(edgeLabel[edge]);
    if (key !== undefined) {
      if (sort !== LabelSort.key || graph.string(labelPayload(edgeLabel[edge])) !== key) continue;
    } else if (label !== undefined && labelText(graph, edgeLabel[edge]) !== label) continue;
    found.push({ from, edge });
  }
  return found;
}

function instanceDict(graph: HeapGraph, node: NodeIndex): NodeIndex | undefined {
  const { firstEdge, edgeTo, edgeLabel } = graph.columns;
  for (let e = firstEdge[node]; e < firstEdge[node + 1]; e++) {
    if (labelText(graph, edgeLabel[e]) === ".__dict__") return edgeTo[e];
  }
  return undefined;
}
