import type { EdgeIndex, HeapGraph, NodeIndex } from "../../heap/HeapGraph.js";
import { Flag, Kind, UNKNOWN_REFCOUNT } from "../../heap/kinds.js";
import { isStrong } from "../edges.js";
import { Layout } from "./Layout.js";

/** A refcount that never changes. */
export const FOREVER = 0x7fffffff;

/** Bits of what has happened to a node. */
export const Happened = {
  /** Its refcount fell to zero. */
  died: 1,
  /** `tp_clear` was called: it holds only what that leaves. */
  cleared: 2,
  /** Its finalizer was called. */
  finalized: 4,
  /** A generator that was closed; a weak reference whose callback is gone. */
  closed: 8,
  /** A weak reference that refers to nothing any more. */
  severed: 16,
  /** Some of its references are in `#gone`. */
  cut: 32,
  touched: 128,
} as const;

/** How a heap stands after some of its references went: refcounts, what has died, what was cleared. */
export class HeapState {
  readonly graph: HeapGraph;
  readonly layout: Layout;
  /** Refcounts by node as things stand. */
  readonly refcount: Int32Array;
  /** Bits of `Happened` by node. */
  readonly happened: Uint8Array;
  /** References that are gone though their holder is there. */
  readonly gone = new Set<EdgeIndex>();
  // 3.13: a dict that outlives its instance takes over the values that are stored inline in the instance.
  readonly #adopted = new Map<NodeIndex, readonly EdgeIndex[]>();
  readonly #touched: NodeIndex[] = [];
  readonly #inside: Uint32Array;

  /** @param inside references to each node that the heap explains; they stand in for an unknown refcount */
  constructor(graph: HeapGraph, inside: Uint32Array) {
    this.graph = graph;
    this.layout = new Layout(graph);
    this.#inside = inside;
    this.happened = new Uint8Array(graph.nodeCount);
    this.refcount = new Int32Array(graph.nodeCount);
    for (let node = 0; node < graph.nodeCount; node++) this.refcount[node] = this.#initial(node);
  }

  /** Takes back all that happened. */
  reset(): void {
    for (const node of this.#touched) {
      this.refcount[node] = this.#initial(node);
      this.happened[node] = 0;
    }
    this.#touched.length = 0;
    this.gone.clear();
    this.#adopted.clear();
  }

  /** True if the object's refcount has fallen to zero. */
  isDead(node: NodeIndex): boolean {
    return (this.happened[node] & Happened.died) !== 0;
  }

  /** True if anything has happened to the node. */
  isTouched(node: NodeIndex): boolean {
    return (this.happened[node] & Happened.touched) !== 0;
  }

  /** Nodes that anything has happened to: refcounts, references, death. */
  get touched(): readonly NodeIndex[] {
    return this.#touched;
  }

  /** References that went one by one, while the object that held them lived on (or lived on for a while). */
  get removed(): ReadonlySet<EdgeIndex> {
    return this.gone;
  }

  /** True if the reference is still there and counts. */
  holds(node: NodeIndex, edge: EdgeIndex): boolean {
    if (!isStrong(this.graph, edge)) return false;
    const state = this.happened[node];
    if (state === 0 || state === Happened.touched) return true;
    if ((state & Happened.died) !== 0) return false;
    return this.stillHolds(node, edge, state);
  }

  /** Adds a reference from outside the heap. */
  hold(node: NodeIndex): void {
    this.touch(node);
    if (this.refcount[node] !== FOREVER) this.refcount[node]++;
  }

  /** True if a weak reference refers to its referent still. */
  refers(weakref: NodeIndex): boolean {
    return (this.happened[weakref] & (Happened.died | Happened.severed)) === 0;
  }

  /** True if a weak reference has a callback still. */
  hasCallback(weakref: NodeIndex): boolean {
    const edge = this.layout.callbackEdge(weakref);
    return edge >= 0 && this.holds(weakref, edge);
  }

  /** Makes a weak reference refer to nothing, without a call of its callback. */
  sever(weakref: NodeIndex): void {
    this.mark(weakref, Happened.severed);
  }

  #initial(node: NodeIndex): number {
    const { refcount, flags } = this.graph.columns;
    if ((flags[node] & (Flag.immortal | Flag.synthetic)) !== 0) return FOREVER;
    return refcount[node] === UNKNOWN_REFCOUNT ? this.#inside[node] : refcount[node];
  }

  protected touch(node: NodeIndex): void {
    if ((this.happened[node] & Happened.touched) !== 0) return;
    this.happened[node] |= Happened.touched;
    this.#touched.push(node);
  }

  /** Notes what has happened to a node: bits of `Happened`. */
  mark(node: NodeIndex, what: number): void {
    this.touch(node);
    this.happened[node] |= what;
  }

  protected remove(from: NodeIndex, edge: EdgeIndex): void {
    this.mark(from, Happened.cut);
    this.gone.add(edge);
  }

  protected stillHolds(node: NodeIndex, edge: EdgeIndex, state: number): boolean {
    if ((state & Happened.cut) !== 0 && this.gone.has(edge)) return false;
    if ((state & Happened.cleared) !== 0 && this.layout.clears(node, edge)) return false;
    return true;
  }

  protected stillHoldsDying(node: NodeIndex, edge: EdgeIndex): boolean {
    return isStrong(this.graph, edge) && this.stillHolds(node, edge, this.happened[node]);
  }

  /** What an instance holds beside the values that its dict takes over, and its type. */
  protected otherEdges(node: NodeIndex): EdgeIndex[] {
    const { firstEdge } = this.graph.columns;
    const values = new Set(this.inlineValues(node));
    const others: EdgeIndex[] = [];
    for (let e = firstEdge[node]; e < firstEdge[node + 1]; e++) {
      if (!values.has(e) && !this.layout.isTypeEdge(node, e) && this.stillHoldsDying(node, e)) others.push(e);
    }
    return others;
  }

  /** Edges of an instance that its materialised dict lists as its own entries. */
  protected inlineValues(node: NodeIndex): EdgeIndex[] {
    const { firstEdge } = this.graph.columns;
    const found: EdgeIndex[] = [];
    for (let e = firstEdge[node]; e < firstEdge[node + 1]; e++) {
      const name = this.layout.name(e);
      if (name !== undefined && name !== "__dict__" && name !== "__class__" && this.stillHoldsDying(node, e))
        found.push(e);
    }
    return found;
  }

  /**
   * From 3.13 on (PyObject_ClearManagedDict, Objects/dictobject.c): if an instance that dies or is cleared lets go of
   * its dict and something else holds that, the dict takes over the values that the instance stores inline. Returns
   * true if that is so.
   */
  protected adopts(node: NodeIndex): boolean {
    const { firstEdge, edgeTo, kind, flags } = this.graph.columns;
    if (this.layout.minor < 13 || (flags[node] & Flag.heapType) === 0 || kind[node] === Kind.type) return false;
    let dict = -1;
    for (let e = firstEdge[node]; e < firstEdge[node + 1]; e++) {
      if (kind[edgeTo[e]] === Kind.dict && this.layout.name(e) === "__dict__" && isStrong(this.graph, e))
        dict = edgeTo[e];
    }
    const emptied = Happened.died | Happened.cleared;
    if (dict < 0 || this.refcount[dict] < 2 || (this.happened[dict] & emptied) !== 0) return false;
    const values = this.inlineValues(node);
    if (values.length > 0) this.#adopted.set(dict, values);
    return values.length > 0;
  }

  /** True if a dict has values of an instance that is gone: references that no longer come from where they did. */
  get hasAdopted(): boolean {
    return this.#adopted.size > 0;
  }

  /** References that a dict has taken over from an instance, and lets go of now. */
  protected disown(dict: NodeIndex): readonly EdgeIndex[] {
    const values = this.#adopted.get(dict);
    if (values === undefined) return [];
    this.#adopted.delete(dict);
    return values.filter((edge) => !this.gone.has(edge));
  }
}
