import type { NodeIndex } from "../../heap/HeapGraph.js";
import { Kind } from "../../heap/kinds.js";
import { LabelSort, labelPayload, labelSort } from "../../heap/labels.js";
import type { Analysis } from "../Analysis.js";
import { attributeOf } from "./attributes.js";
import { type WeakReferences, WeakState } from "./find.js";
import type { Holders } from "./holders.js";

/** A container with dead weak references in it. */
export interface DeadPile {
  readonly container: NodeIndex;
  /** Rows in the columns of WeakReferences, ascending. */
  readonly dead: Uint32Array;
  /** Weak references in it that are alive. */
  readonly alive: number;
  /** Entries of the container: elements, or keys of a dict. */
  readonly entries: number;
  /** What only the dead ones' entries keep, in bytes: the weak references, their tuples, keys and values. */
  readonly bytes: number;
}

// From a weak reference up to its container at most so far: a tuple, an object with it in an attribute, its dict.
const STEPS = 4;
// What more refer to than this is no part of one entry.
const SHARED = 2;
const HOLD_ENTRIES: ReadonlySet<number> = new Set([Kind.dict, Kind.list, Kind.set, Kind.deque]);

/**
 * Containers (lists, dicts, sets, deques) by the dead weak references in them, most first: directly, in a tuple, or in
 * an attribute of an object that is held by the container alone.
 * @param least at least so many dead ones
 */
export function deadPiles(analysis: Analysis, found: WeakReferences, holders: Holders, least: number): DeadPile[] {
  const finder = new Containers(analysis, holders);
  const dead = new Map<NodeIndex, { rows: number[]; bytes: number }>();
  const alive = new Map<NodeIndex, number>();
  for (let row = 0; row < found.node.length; row++) {
    if (found.state[row] !== WeakState.dead) continue;
    finder.of(found.node[row], (container, bytes) => {
      const pile = dead.get(container) ?? { rows: [], bytes: 0 };
      dead.set(container, pile);
      pile.rows.push(row);
      pile.bytes += bytes;
    });
  }
  for (const [container, { rows }] of dead) if (rows.length < least) dead.delete(container);
  if (dead.size === 0) return [];
  for (let row = 0; row < found.node.length; row++) {
    if (found.state[row] !== WeakState.alive) continue;
    finder.of(found.node[row], (container) => {
      if (dead.has(container)) alive.set(container, (alive.get(container) ?? 0) + 1);
    });
  }
  return [...dead]
    .map(([container, { rows, bytes }]) => ({
      container,
      dead: Uint32Array.from(rows),
      alive: alive.get(container) ?? 0,
      entries: entriesOf(analysis, container),
      bytes,
    }))
    .sort((a, b) => b.dead.length - a.dead.length || a.container - b.container);
}

class Containers {
  readonly #analysis: Analysis;
  readonly #holders: Holders;

  constructor(analysis: Analysis, holders: Holders) {
    this.#analysis = analysis;
    this.#holders = holders;
  }

  /** Tells each container in which a weak reference stands once, with the bytes that its entry there keeps. */
  of(weakref: NodeIndex, tell: (container: NodeIndex, bytes: number) => void): void {
    const { referrers } = this.#analysis;
    const told = new Set<NodeIndex>();
    for (let r = referrers.first[weakref]; r < referrers.first[weakref + 1]; r++) {
      // What is in the entry so far, from the weak reference outwards.
      const entry: NodeIndex[] = [weakref];
      let at: NodeIndex | undefined = referrers.to[r];
      while (at !== undefined && !this.#holdsEntries(at)) {
        const isPart: boolean = entry.length < STEPS && !entry.includes(at) && this.#carries(at);
        if (isPart) entry.push(at);
        at = isPart ? this.#outwards(at) : undefined;
      }
      if (at === undefined || told.has(at)) continue;
      told.add(at);
      tell(at, this.#bytes(at, entry));
    }
  }

  /** What holds a part of an entry: the container, or another part. */
  #outwards(part: NodeIndex): NodeIndex | undefined {
    const { referrers } = this.#analysis;
    const first = referrers.first[part];
    const end = referrers.first[part + 1];
    if (end - first > SHARED) return undefined;
    let carrier: NodeIndex | undefined;
    for (let r = first; r < end; r++) {
      if (this.#holdsEntries(referrers.to[r])) return referrers.to[r];
      if (this.#carries(referrers.to[r])) carrier ??= referrers.to[r];
    }
    return carrier;
  }

  #holdsEntries(node: NodeIndex): boolean {
    return HOLD_ENTRIES.has(this.#analysis.graph.columns.kind[node]) && this.#holders.ownerOfDict(node) < 0;
  }

  /** True for what can be part of an entry: a tuple, an instance, an instance's dict. */
  #carries(node: NodeIndex): boolean {
    const { kind } = this.#analysis.graph.columns;
    if (kind[node] === Kind.tuple || kind[node] === Kind.instance) return true;
    const owner = kind[node] === Kind.dict ? this.#holders.ownerOfDict(node) : -1;
    return owner >= 0 && kind[owner] === Kind.instance;
  }

  /** What goes with the entry: a tuple as a whole; of an object only the weak reference; key and value of a dict. */
  #bytes(container: NodeIndex, entry: readonly NodeIndex[]): number {
    const { graph, ownership } = this.#analysis;
    const { kind } = graph.columns;
    const [weakref] = entry;
    const last = entry[entry.length - 1];
    const isTuple = entry.length > 1 && entry.slice(1).every((node) => kind[node] === Kind.tuple);
    if (entry.length > 1 && !isTuple) return ownership.retained[weakref];
    // What another container holds as well stays.
    if (ownership.idom[last] !== container) return 0;
    const partner = kind[container] === Kind.dict ? this.#partner(container, last) : undefined;
    const bytes = ownership.retained[last];
    return partner === undefined || ownership.idom[partner] !== container ? bytes : bytes + ownership.retained[partner];
  }

  /** The value under a key, or the key of a value, where that is an object of its own. */
  #partner(dict: NodeIndex, node: NodeIndex): NodeIndex | undefined {
    const { graph, referrers, strong } = this.#analysis;
    const { firstEdge, edgeTo, edgeLabel } = graph.columns;
    const key = attributeOf(graph, node, "key");
    if (key !== undefined) return key;
    for (let r = referrers.first[node]; r < referrers.first[node + 1]; r++) {
      if (referrers.to[r] !== dict) continue;
      const edge = strong.edge[referrers.edge[r]];
      if (labelSort(edgeLabel[edge]) === LabelSort.nodeKey) return labelPayload(edgeLabel[edge]);
      for (const near of [edge - 1, edge + 1]) {
        const inside = near >= firstEdge[dict] && near < firstEdge[dict + 1];
        if (inside && labelSort(edgeLabel[near]) === LabelSort.nodeKey && labelPayload(edgeLabel[near]) === node) {
          return edgeTo[near];
        }
      }
    }
    return undefined;
  }
}

/** How many entries a container has: of a dict values, since text keys are references as well. */
function entriesOf({ graph }: Analysis, container: NodeIndex): number {
  const { firstEdge, edgeLabel, kind } = graph.columns;
  let count = 0;
  for (let e = firstEdge[container]; e < firstEdge[container + 1]; e++) {
    const sort = labelSort(edgeLabel[e]);
    const isValue = sort === LabelSort.key || sort === LabelSort.nodeKey;
    const isElement = kind[container] === Kind.set || kind[container] === Kind.deque || sort === LabelSort.index;
    if (kind[container] === Kind.dict ? isValue : isElement) count++;
  }
  return count;
}
