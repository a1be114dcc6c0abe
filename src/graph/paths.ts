import { edgeSource, type ReverseCsr } from "./csr.js";

/** A path in the direction of the references. */
export interface Path {
  /** From the start to the target. */
  readonly nodes: number[];
  /** One less than nodes: the edges between them, by their index in the graph that was reversed. */
  readonly edges: number[];
}

/** Options of `shortestPath`. */
export interface PathOptions {
  /** One entry a node; the path does not touch nodes with another value than 0, apart from the target. */
  readonly avoid?: Uint8Array | undefined;
}

/**
 * A shortest path from any of the starts to the target, or undefined where there is none. Takes the reversed graph
 * and searches backwards from the target, so that it sees what holds the target and not all that the starts hold.
 * Among paths of equal length the one whose edge indices, read from the target backwards, come first.
 */
export function shortestPath(
  reverse: ReverseCsr,
  starts: ArrayLike<number>,
  target: number,
  options: PathOptions = {},
): Path | undefined {
  const isRoot = new Uint8Array(reverse.nodeCount);
  for (let s = 0; s < starts.length; s++) isRoot[starts[s]] = 1;
  return new BackwardSearch(reverse, isRoot, target, options.avoid).next();
}

/**
 * Up to `limit` paths from roots (nodes whose `isRoot` is not 0) to the target that share no inner node, each the
 * shortest that the earlier ones leave; several may start at one root. Not always the largest possible number of such
 * paths, as earlier ones are not rerouted. A target that is itself a root has the one path of no edge.
 * `avoid`: as for `shortestPath`. Each path costs at most one pass over the graph.
 */
export function disjointPaths(
  reverse: ReverseCsr,
  isRoot: Uint8Array,
  target: number,
  limit: number,
  avoid?: Uint8Array,
): Path[] {
  const search = new BackwardSearch(reverse, isRoot, target, avoid);
  const found: Path[] = [];
  while (found.length < limit) {
    const path = search.next();
    if (path === undefined) break;
    found.push(path);
    if (path.edges.length === 0) break;
  }
  return found;
}

const FREE = 0;
const SEEN = 1;
const USED = 2;

/** Breadth-first search from the target backwards; each path it has returned closes its inner nodes to the next. */
class BackwardSearch {
  private readonly reverse: ReverseCsr;
  private readonly isRoot: Uint8Array;
  private readonly target: number;
  private readonly avoid: Uint8Array | undefined;
  private readonly state: Uint8Array;
  /** By node: the reversed edge over which it was found. */
  private readonly slot: Uint32Array;
  private readonly queue: Uint32Array;
  /** Direct edges from a root to the target have no inner node to close. */
  private readonly usedSlots = new Set<number>();

  constructor(reverse: ReverseCsr, isRoot: Uint8Array, target: number, avoid: Uint8Array | undefined) {
    this.reverse = reverse;
    this.isRoot = isRoot;
    this.target = target;
    this.avoid = avoid;
    this.state = new Uint8Array(reverse.nodeCount);
    this.slot = new Uint32Array(reverse.nodeCount);
    this.queue = new Uint32Array(reverse.nodeCount);
  }

  next(): Path | undefined {
    if (this.isRoot[this.target] !== 0) return { nodes: [this.target], edges: [] };
    const { reverse, state, slot, queue } = this;
    queue[0] = this.target;
    state[this.target] = SEEN;
    let tail = 1;
    let start = -1;
    for (let head = 0; head < tail && start < 0; head++) {
      const v = queue[head];
      const end = reverse.first[v + 1];
      for (let k = reverse.first[v]; k < end; k++) {
        const holder = reverse.to[k];
        if (state[holder] !== FREE || (this.avoid !== undefined && this.avoid[holder] !== 0)) continue;
        if (v === this.target && this.usedSlots.has(k)) continue;
        state[holder] = SEEN;
        slot[holder] = k;
        queue[tail++] = holder;
        if (this.isRoot[holder] === 0) continue;
        start = holder;
        break;
      }
    }
    for (let i = 0; i < tail; i++) state[queue[i]] = FREE;
    return start < 0 ? undefined : this.take(start);
  }

  private take(start: number): Path {
    const nodes = [start];
    const edges: number[] = [];
    for (let v = start; v !== this.target;) {
      const k = this.slot[v];
      edges.push(this.reverse.edge[k]);
      v = edgeSource(this.reverse, k);
      nodes.push(v);
      if (v !== this.target) this.state[v] = USED;
      else if (edges.length === 1) this.usedSlots.add(k);
    }
    return { nodes, edges };
  }
}
