import type { NodeIndex, TypeInfo } from "../../heap/HeapGraph.js";
import { Kind } from "../../heap/kinds.js";
import { LabelSort, nameOfLabel } from "../../heap/labels.js";
import { printable } from "../../heap/names.js";
import type { Analysis } from "../../model/Analysis.js";
import { rootPaths } from "../../model/paths.js";
import { type Detector, type Finding, fingerprint } from "../Finding.js";
import { holdersOf } from "../holders.js";
import { aliveOfType, groupBy, isKeptBy, retainedTogether } from "../together.js";

const MANY = 5;
const MIN_BYTES = 64_000;
const DEPTH = 8;

/** A value that a context has for a context variable. */
interface Value {
  readonly context: NodeIndex;
  readonly variable: NodeIndex;
  readonly value: NodeIndex;
}

/** Contexts (contextvars) that are kept, by tasks, timers or the program, and keep the values of their variables. */
export const contextPin: Detector = {
  rule: "context-pin",
  detect(analysis) {
    const values: Value[] = [];
    for (const node of aliveOfType(analysis, (type) => isType(type, "Context")))
      values.push(...valuesOf(analysis, node));
    return [...groupBy(values, ({ variable }) => String(variable)).values()].flatMap((group): Finding[] => {
      const kept = group.filter(
        ({ value, context }) => isKeptBy(analysis, value, context) || isShared(analysis, value),
      );
      const contexts = new Set(kept.map(({ context }) => context)).size;
      const distinct = [...new Set(kept.map(({ value }) => value))];
      const bytes = retainedTogether(analysis, distinct);
      return contexts < MANY || bytes < MIN_BYTES ? [] : [finding(analysis, kept, distinct, bytes)];
    });
  },
};

function isType(type: TypeInfo, name: string): boolean {
  return type.name === name && /^(_?contextvars|builtins|)$/.test(type.module);
}

/** The pairs in the tree of a context (Python/hamt.c): a variable, then its value; nodes are visited from the end. */
function valuesOf(analysis: Analysis, context: NodeIndex): Value[] {
  const { graph } = analysis;
  const { firstEdge, edgeTo } = graph.columns;
  const found: Value[] = [];
  const look = (node: NodeIndex, depth: number) => {
    for (let e = firstEdge[node]; e < firstEdge[node + 1]; e++) {
      const to = edgeTo[e];
      if (/^hamt/.test(graph.typeName(to)) && depth > 0) look(to, depth - 1);
      if (!isType(graph.types[graph.columns.type[to]], "ContextVar")) continue;
      const value = e > firstEdge[node] ? edgeTo[e - 1] : undefined;
      if (value !== undefined) found.push({ context, variable: to, value });
    }
  };
  look(context, DEPTH);
  return found;
}

/** True for what only contexts and their trees refer to, several of them. */
function isShared({ graph, referrers }: Analysis, value: NodeIndex): boolean {
  for (let r = referrers.first[value]; r < referrers.first[value + 1]; r++) {
    if (!/^hamt/.test(graph.typeName(referrers.to[r]))) return false;
  }
  return true;
}

function finding(analysis: Analysis, group: readonly Value[], values: readonly NodeIndex[], bytes: number): Finding {
  const { graph } = analysis;
  const [{ variable, context, value }] = group;
  const ofVariable = holdersOf(analysis).of(variable);
  const ofContext = holdersOf(analysis).of(context);
  const contexts = new Set(group.map((one) => one.context)).size;
  const name = printable(ofVariable?.name ?? variableName(analysis, variable));
  return {
    rule: "context-pin",
    severity: "warning",
    title: { id: "contexts.title", arguments: { count: contexts, name, bytes } },
    why: {
      id: ofContext ? "contexts.why" : "contexts.why-unnamed",
      arguments: { type: printable(graph.typeName(value)), place: printable(ofContext?.name ?? "") },
    },
    fix: { id: "contexts.fix", arguments: { name } },
    count: values.length,
    bytes,
    objects: values,
    fingerprint: fingerprint("context-pin", name),
    ...(ofVariable?.location && { location: ofVariable.location }),
    ...(ofVariable?.anchor && { anchor: ofVariable.anchor }),
    path: rootPaths(analysis, value, 1)[0]?.steps ?? [],
  };
}

function variableName({ graph }: Analysis, variable: NodeIndex): string {
  const { firstEdge, edgeTo, edgeLabel, kind, text } = graph.columns;
  for (let e = firstEdge[variable]; e < firstEdge[variable + 1]; e++) {
    const isName = nameOfLabel(graph, edgeLabel[e], LabelSort.attribute) === "name";
    if (isName && kind[edgeTo[e]] === Kind.str) return graph.string(text[edgeTo[e]]);
  }
  return "a context variable";
}
