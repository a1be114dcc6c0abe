import type { HeapGraph, NodeIndex } from "../../heap/HeapGraph.js";
import { Kind } from "../../heap/kinds.js";
import { LabelSort, labelSort, nameOfLabel } from "../../heap/labels.js";
import type { Analysis } from "../Analysis.js";
import type { CycleNames } from "./CycleNames.js";
import type { Remedy, RemedyKind } from "./Remedy.js";

/** A reference of a cycle and how it can be ended. */
export interface Changeable {
  readonly kind: RemedyKind;
  readonly from: NodeIndex;
  readonly to: NodeIndex;
  readonly label: number;
}

/**
 * Names the place in the source where a reference comes from: what is true of one reference of a place is true of all.
 * An attribute of a class, a variable of a function, a container by what holds it.
 */
export function placeOf(graph: HeapGraph, names: CycleNames, { kind, from, to, label }: Changeable): string {
  const name = names.text(label);
  switch (kind) {
    case "clear-cell":
      return `${kind} ${name} ${names.placeOf(to)}`;
    case "weak-capture":
    case "clear-capture": {
      const closure = names.closure(from);
      return `${kind} ${name} ${closure ? names.placeOf(closure.node) : ""}`;
    }
    case "drop-traceback":
    case "drop-context":
    case "delete-exception":
    case "delete-traceback":
    case "delete-frame":
    case "delete-local":
      return `${kind} ${name} ${names.placeOf(from)}`;
    default: {
      const owner = attributeOwner(graph, names, from, label);
      if (owner !== undefined) return `${kind} ${name} ${names.placeOf(owner)}`;
      const holder = names.holder(from);
      if (holder) return `${kind} in ${holder.name} ${names.placeOf(holder.node)}`;
      // Dicts that nothing holds by a name are told apart by their keys: they are records.
      return `${kind} ${name} ${graph.typeName(from)}`;
    }
  }
}

/** What to do about a reference, in the source's own names. */
export function remedyOf({ graph, referrers, references }: Analysis, names: CycleNames, reference: Changeable): Remedy {
  const { kind, from, to, label } = reference;
  const name = names.text(label);
  const target = names.objectName(to);
  switch (kind) {
    case "clear-cell":
    case "weak-capture":
    case "clear-capture": {
      const closure = names.closure(from);
      const owner = kind === "clear-cell" ? names.enclosing(to) : closure ? names.enclosing(closure.node) : "";
      const location = graph.location(to) ?? (closure && graph.location(closure.node));
      // A cell of which no code names the variable most likely holds what the variable is called after.
      const variable = name === "cell_contents" ? (kind === "clear-cell" ? names.functionName(to) : "") : name;
      return {
        kind,
        name: variable,
        owner,
        target,
        expression: variable,
        ...(location && { location }),
        ...(closure && { closure: { function: closure.function, index: closure.index, count: closure.count } }),
      };
    }
    case "delete-exception":
    case "delete-traceback":
    case "delete-frame":
    case "delete-local":
      return { kind, name, owner: names.functionName(from), target, expression: name };
    case "drop-traceback":
    case "drop-context": {
      const expression = names.expression(names.holder(from));
      return { kind, name, owner: names.className(from), target, expression };
    }
    default: {
      const remedy = entryOrAttribute(graph, names, reference, target);
      if (kind !== "weak-attribute" && kind !== "weak-parent") return remedy;
      if (attributeOwner(graph, names, from, label) === to) return { ...remedy, sole: "itself" };
      const isOnly = referrers.first[to + 1] - referrers.first[to] === 1 && references.outside[to] <= 0;
      return isOnly ? { ...remedy, sole: "only" } : remedy;
    }
  }
}

function entryOrAttribute(graph: HeapGraph, names: CycleNames, reference: Changeable, target: string): Remedy {
  const { kind, from, to, label } = reference;
  const owner = attributeOwner(graph, names, from, label);
  const method = graph.columns.kind[to] === Kind.method ? methodName(graph, names, to, owner) : undefined;
  if (owner !== undefined) {
    const name = names.text(label);
    const expression = names.expression({ node: owner, sort: LabelSort.attribute, name });
    return { kind, name, owner: names.objectName(owner), target: method ?? target, expression };
  }
  const container = names.holder(kind === "clear-cache" ? (names.dictOwner(from) ?? from) : from);
  const key = labelSort(label) === LabelSort.key ? names.text(label) : "";
  const called = container?.name ?? "";
  const held = container && ownerName(graph, names, container.node);
  return {
    kind,
    name: kind === "remove-value" ? key : called,
    owner: held ?? names.className(from),
    target: method ?? target,
    expression: names.expression(container),
  };
}

/** Of what holds a container: the function of a variable, or the class of an attribute. */
function ownerName(graph: HeapGraph, names: CycleNames, node: NodeIndex): string {
  const { kind } = graph.columns;
  if (kind[node] === Kind.cell) return names.closure(node)?.function ?? "";
  const hasCode = kind[node] === Kind.frame || kind[node] === Kind.generator || kind[node] === Kind.coroutine;
  return hasCode ? names.functionName(node) : names.objectName(node);
}

/** The object whose attribute a reference is, whether it is stored in the object or in its `__dict__`. */
function attributeOwner(graph: HeapGraph, names: CycleNames, from: NodeIndex, label: number): NodeIndex | undefined {
  if (labelSort(label) === LabelSort.attribute) return from;
  const { kind } = graph.columns;
  const owner = labelSort(label) === LabelSort.key ? names.dictOwner(from) : undefined;
  return owner !== undefined && kind[owner] !== Kind.module && kind[owner] !== Kind.type ? owner : undefined;
}

/** `self.method` where the method is bound to the owner itself, else `obj.method`. */
function methodName(graph: HeapGraph, names: CycleNames, method: NodeIndex, owner: NodeIndex | undefined): string {
  const { firstEdge, edgeTo, edgeLabel, kind } = graph.columns;
  let object = "obj";
  let name = "";
  for (let e = firstEdge[method]; e < firstEdge[method + 1]; e++) {
    if (kind[edgeTo[e]] === Kind.function) name = names.functionName(edgeTo[e]);
    else if (edgeTo[e] === owner && nameOfLabel(graph, edgeLabel[e], LabelSort.attribute) === "__self__")
      object = "self";
  }
  return name === "" ? "" : `${object}.${name}`;
}
