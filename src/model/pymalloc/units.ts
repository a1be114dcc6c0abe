import type { NodeIndex } from "../../heap/HeapGraph.js";
import { Flag, Kind } from "../../heap/kinds.js";
import type { Analysis } from "../Analysis.js";
import { isAttribute } from "../weakrefs/labels.js";

/** What entries are taken out of one by one. */
const CONTAINERS: ReadonlySet<number> = new Set([Kind.dict, Kind.list, Kind.set, Kind.deque]);

const UNKNOWN = 0xffffffff;

/** Whether an object can be let go of. */
export type UnitSort = "entry" | "structure" | "garbage";

/**
 * What has to go for an object to be freed. The structure of a program is what stands under names: modules, classes and
 * functions, variables, attributes of what stands under a name. Below it are entries of containers: of what is in
 * an entry, the outermost entry that keeps it has to go; so an instance takes its attributes and their tables with it.
 */
export class Units {
  readonly #analysis: Analysis;
  readonly #isStructure: Uint8Array;
  readonly #unit: Uint32Array;

  constructor(analysis: Analysis) {
    this.#analysis = analysis;
    this.#isStructure = structure(analysis);
    this.#unit = new Uint32Array(analysis.graph.nodeCount).fill(UNKNOWN);
  }

  /** The object that has to go for a node to be freed: the entry that keeps it, or itself. */
  of(node: NodeIndex): NodeIndex {
    const { ownership, graph } = this.#analysis;
    const way: NodeIndex[] = [];
    let at = node;
    while (this.#unit[at] === UNKNOWN && this.#isStructure[at] === 0) {
      const above = ownership.idom[at];
      if (above >= graph.nodeCount || this.#isStructure[above] === 1) break;
      way.push(at);
      at = above;
    }
    if (this.#unit[at] === UNKNOWN) this.#unit[at] = at;
    const unit = this.#unit[at];
    for (const passed of way) this.#unit[passed] = unit;
    return unit;
  }

  /** `garbage`: the next collection frees it. `structure`: as above, and what C code holds. `entry`: all else. */
  sortOf(unit: NodeIndex): UnitSort {
    if (this.#analysis.roots.isGarbage[unit] === 1) return "garbage";
    return this.#isStructure[unit] === 1 ? "structure" : "entry";
  }
}

/** One byte a node: 1 for what stands under a name, or is held by the interpreter or by C code. */
function structure(analysis: Analysis): Uint8Array {
  const { graph, roots, infrastructure, strong } = analysis;
  const { kind, flags } = graph.columns;
  const isNamespace = namespaces(analysis);
  const mark = new Uint8Array(graph.nodeCount);
  const queue: NodeIndex[] = [];
  const reach = (node: NodeIndex) => {
    if (mark[node] === 1 || roots.isGarbage[node] === 1) return;
    mark[node] = 1;
    // An entry of a container can be taken out; what else an object has stands under a name of its own.
    if (infrastructure[node] === 1 || !CONTAINERS.has(kind[node]) || isNamespace[node] === 1) queue.push(node);
  };
  for (const root of roots.alive) reach(root);
  for (let node = 0; node < graph.nodeCount; node++) {
    if (infrastructure[node] === 1 || (flags[node] & (Flag.agent | Flag.immortal)) !== 0) reach(node);
  }
  for (let i = 0; i < queue.length; i++) {
    for (let e = strong.first[queue[i]]; e < strong.first[queue[i] + 1]; e++) reach(strong.to[e]);
  }
  return mark;
}

/** One byte a node: 1 for the `__dict__` of an object. */
function namespaces({ graph }: Analysis): Uint8Array {
  const { edgeTo, edgeLabel, kind } = graph.columns;
  const isDict = isAttribute(graph, "__dict__");
  const mark = new Uint8Array(graph.nodeCount);
  for (let edge = 0; edge < edgeTo.length; edge++) {
    if (kind[edgeTo[edge]] === Kind.dict && isDict(edgeLabel[edge])) mark[edgeTo[edge]] = 1;
  }
  return mark;
}
