import type { NodeIndex, SourceLocation } from "../../heap/HeapGraph.js";
import { Kind } from "../../heap/kinds.js";
import type { Analysis } from "../../model/Analysis.js";
import { followInternal, followProperty, internalIndexOf } from "../../model/v8/labels.js";

/** A variable that an ES module exports. */
export interface Exported {
  readonly variable: string;
  /** A place in the module's file. */
  readonly location: SourceLocation;
}

/**
 * Which exported variable of an ES module a cell is: the module has them in a table of names and cells. The file is
 * known from functions that the module exports too; undefined without.
 */
export function exportedOf({ graph, referrers, strong }: Analysis, cell: NodeIndex): Exported | undefined {
  if (graph.nodeName(cell) !== "system / Cell") return undefined;
  for (let r = referrers.first[cell]; r < referrers.first[cell + 1]; r++) {
    const table = referrers.to[r];
    const at = internalIndexOf(graph, graph.columns.edgeLabel[strong.edge[referrers.edge[r]]]);
    const variable = nameAt({ graph }, table, at - 1);
    const location = variable === undefined ? undefined : functionBeside({ graph }, table);
    if (variable !== undefined && location) return { variable, location };
  }
  return undefined;
}

function nameAt({ graph }: Pick<Analysis, "graph">, table: NodeIndex, index: number): string | undefined {
  const { firstEdge, edgeTo, edgeLabel, kind, text } = graph.columns;
  for (let e = firstEdge[table]; e < firstEdge[table + 1]; e++) {
    const to = edgeTo[e];
    if (kind[to] === Kind.str && internalIndexOf(graph, edgeLabel[e]) === index) return graph.string(text[to]);
  }
  return undefined;
}

function functionBeside({ graph }: Pick<Analysis, "graph">, table: NodeIndex): SourceLocation | undefined {
  const { firstEdge, edgeTo, kind } = graph.columns;
  for (let e = firstEdge[table]; e < firstEdge[table + 1]; e++) {
    const value = followInternal(graph, edgeTo[e], "value");
    const location = value !== undefined && kind[value] === Kind.function ? graph.location(value) : undefined;
    if (location) return location;
  }
  return undefined;
}

/** The file of a CommonJS module, by the object that Node has for it; undefined for other objects. */
export function moduleFile({ graph }: Analysis, node: NodeIndex): string | undefined {
  if (graph.typeName(node) !== "Module") return undefined;
  const path = followProperty(graph, node, "filename");
  const file = path === undefined ? "" : graph.string(graph.columns.text[path]);
  return file === "" ? undefined : file;
}

/** True for the object whose properties are the program's global variables. */
export function isGlobalObject({ graph, ownership }: Analysis, node: NodeIndex): boolean {
  // A root of the program's, and the proxy in front of it is one, too.
  return ownership.distance[node] === 1 && /^(global|Window|Object \/ global)/.test(graph.typeName(node));
}
