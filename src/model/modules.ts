import { condense, dominatorTree, retainedSizes } from "../graph/index.js";
import type { HeapGraph, NodeIndex } from "../heap/HeapGraph.js";
import { Kind } from "../heap/kinds.js";
import { LabelSort, nameOfLabel } from "../heap/labels.js";
import type { Analysis } from "./Analysis.js";

const NONE = -1;

/** Which module each object belongs to by definition. */
export interface ModuleMembers {
  /** Names of the modules. */
  readonly names: readonly string[];
  /** The file of each module, "" where it has none. */
  readonly files: readonly string[];
  /** Index of its module by node, -1 for objects that belong to none: data. */
  readonly moduleOf: Int32Array;
}

/** What one group of modules keeps. */
export interface GroupRetained {
  /** Bytes that would be freed if all that belongs to the group went: what only the group keeps. */
  readonly retained: Float64Array;
  /** Bytes of the modules, classes, functions and code themselves. */
  readonly own: Float64Array;
}

/**
 * The modules of a heap and what they define: the module object and its dict, classes with their dicts, functions and
 * code. Garbage belongs to none.
 */
export function moduleMembers({ graph, roots }: Analysis): ModuleMembers {
  const { kind, firstEdge, edgeTo } = graph.columns;
  const names: string[] = [];
  const files: string[] = [];
  const known = new Map<string, number>();
  const moduleOf = new Int32Array(graph.nodeCount).fill(NONE);
  const indexOf = (name: string): number => {
    let index = known.get(name);
    if (index === undefined) {
      index = names.push(name) - 1;
      files.push("");
      known.set(name, index);
    }
    return index;
  };
  const claim = (node: NodeIndex, index: number) => {
    if (moduleOf[node] === NONE && roots.isGarbage[node] === 0) moduleOf[node] = index;
  };
  for (let node = 0; node < graph.nodeCount; node++) {
    if (kind[node] !== Kind.module || roots.isGarbage[node] === 1) continue;
    const dict = targetOf(graph, node, "__dict__");
    // Instances of classes derived from ModuleType tell their names in their dicts alone.
    const name = graph.string(graph.columns.text[node]) || (dict === undefined ? "" : textOf(graph, dict, "__name__"));
    if (name === "") continue;
    const index = indexOf(name);
    claim(node, index);
    if (dict === undefined) continue;
    claim(dict, index);
    files[index] ||= textOf(graph, dict, "__file__");
  }
  for (const { node, module } of graph.types) {
    // A static type is the interpreter's own; its module may have been loaded or not.
    if (node < 0 || module === "") continue;
    const index = indexOf(module);
    claim(node, index);
    const dict = targetOf(graph, node, "__dict__");
    if (dict !== undefined) claim(dict, index);
  }
  for (let node = 0; node < graph.nodeCount; node++) {
    if (kind[node] !== Kind.function || roots.isGarbage[node] === 1) continue;
    const globals = targetOf(graph, node, "__globals__");
    if (globals === undefined) continue;
    if (moduleOf[globals] === NONE) {
      // A module's dict can outlive the module object: the functions still use it.
      const name = textOf(graph, globals, "__name__");
      if (name === "") continue;
      const index = indexOf(name);
      claim(globals, index);
      files[index] ||= textOf(graph, globals, "__file__");
    }
    claim(node, moduleOf[globals]);
    for (let e = firstEdge[node]; e < firstEdge[node + 1]; e++) {
      if (kind[edgeTo[e]] === Kind.code) claim(edgeTo[e], moduleOf[globals]);
    }
  }
  return { names, files, moduleOf };
}

/**
 * What groups of modules keep: retained sizes in the heap in which all that belongs to a group is one object. What two
 * groups keep together belongs to neither.
 * @param groupOf group by module
 */
export function retainedByGroup(
  { graph, strong, roots }: Analysis,
  { moduleOf }: ModuleMembers,
  groupOf: ArrayLike<number>,
  groups: number,
): GroupRetained {
  const n = graph.nodeCount;
  const { selfSize } = graph.columns;
  const own = new Float64Array(groups);
  const component = new Int32Array(n).fill(NONE);
  let count = groups;
  for (let node = 0; node < n; node++) {
    if (roots.isGarbage[node] === 1) continue;
    component[node] = moduleOf[node] === NONE ? count++ : groupOf[moduleOf[node]];
  }
  const sizes = new Float64Array(count);
  for (let node = 0; node < n; node++) {
    if (component[node] === NONE) continue;
    sizes[component[node]] += selfSize[node];
    if (component[node] < groups) own[component[node]] += selfSize[node];
  }
  // The interpreter's hold on modules and classes is no hold of another group on what they keep.
  const tree = dominatorTree(
    condense(strong, component, count),
    roots.alive.map((node) => component[node]),
  );
  return { retained: retainedSizes(tree, sizes).slice(0, groups), own };
}

function targetOf(graph: HeapGraph, node: NodeIndex, attribute: string): NodeIndex | undefined {
  const { firstEdge, edgeTo, edgeLabel } = graph.columns;
  for (let e = firstEdge[node]; e < firstEdge[node + 1]; e++) {
    if (nameOfLabel(graph, edgeLabel[e], LabelSort.attribute) === attribute) return edgeTo[e];
  }
  return undefined;
}

function textOf(graph: HeapGraph, dict: NodeIndex, key: string): string {
  const { firstEdge, edgeTo, edgeLabel, text, kind } = graph.columns;
  for (let e = firstEdge[dict]; e < firstEdge[dict + 1]; e++) {
    if (nameOfLabel(graph, edgeLabel[e], LabelSort.key) !== key) continue;
    return kind[edgeTo[e]] === Kind.str ? graph.string(text[edgeTo[e]]) : "";
  }
  return "";
}
