import type { EdgeIndex, HeapGraph, NodeIndex } from "../../heap/HeapGraph.js";
import { Flag, Kind } from "../../heap/kinds.js";
import { isStrong, sourceOf } from "../edges.js";
import { close } from "./closing.js";
import type { KnownCode, SimulationEvent } from "./events.js";
import { FOREVER, Happened, HeapState } from "./HeapState.js";
import { DEALLOCATION, DEALLOCATION_WEAKREFS_FIRST, Task } from "./tasks.js";
import { TaskStack } from "./TaskStack.js";
import { indexWeakrefs, type WeakrefIndex } from "./weakrefIndex.js";

/**
 * Reference counting, played through on a snapshot: what happens when references go away, in the interpreter's own
 * order, with no recursion however deep the heap is. It changes nothing in the graph; `reset` takes all back.
 *
 * Sources: _Py_Dealloc and subtype_dealloc (Objects/typeobject.c), PyObject_ClearWeakRefs (Objects/weakrefobject.c),
 * gen_dealloc (Objects/genobject.c), each type's tp_dealloc and tp_clear.
 */
export class Simulation extends HeapState {
  readonly weakrefs: WeakrefIndex;
  /** What has run so far, in order. */
  readonly events: SimulationEvent[] = [];
  /** Nodes whose refcount fell to zero, in that order. */
  readonly died: NodeIndex[] = [];
  /** Greatest number of deallocations, one inside the other, at which code ran. */
  depthOfCode = 0;
  /** Objects that their finalizer makes reachable again. */
  resurrecting: ReadonlySet<NodeIndex> = new Set();
  readonly #tasks = new TaskStack();
  readonly #known: KnownCode | undefined;
  #deallocations = 0;

  /**
   * @param inside references to each node that the heap explains; they stand in for an unknown refcount
   */
  constructor(graph: HeapGraph, inside: Uint32Array, known?: KnownCode) {
    super(graph, inside);
    this.weakrefs = indexWeakrefs(graph);
    this.#known = known;
  }

  /** Takes back all that happened. */
  override reset(): void {
    super.reset();
    this.events.length = this.died.length = 0;
    this.depthOfCode = 0;
    this.resurrecting = new Set();
  }

  /** Something can have become reachable again: by a finalizer, or as the values of a dict that is not tracked. */
  get mayHaveRisen(): boolean {
    return this.resurrecting.size > 0 || this.hasAdopted;
  }

  /** Takes references away, all at once, and then plays through what that is the end of, one after the other. */
  cut(edges: readonly { readonly from: NodeIndex; readonly edge: EdgeIndex }[]): void {
    const fresh = edges.filter(({ from, edge }) => this.holds(from, edge));
    for (const { from, edge } of fresh) this.remove(from, edge);
    for (const { edge } of fresh) {
      this.#release(this.graph.columns.edgeTo[edge]);
      this.#run();
    }
  }

  /** Lets go of a reference from outside the heap that `hold` added. */
  release(node: NodeIndex): void {
    this.#release(node);
    this.#run();
  }

  /** Calls an object's PEP 442 finalizer, as the collector does, unless it has run. */
  finalize(node: NodeIndex): void {
    this.#finalize(node);
    this.#run();
  }

  /** Calls an object's `tp_clear`. */
  clear(node: NodeIndex): void {
    this.#clear(node);
    this.#run();
  }

  /** Calls a weak reference's callback on behalf of the collector, which leaves the callback where it is. */
  call(referent: NodeIndex, weakref: NodeIndex): void {
    this.#call(referent, weakref);
    this.#run();
  }

  #release(node: NodeIndex): void {
    const count = this.refcount[node];
    if (count === FOREVER || count <= 0) return;
    this.touch(node);
    this.refcount[node] = count - 1;
    if (count !== 1) return;
    this.mark(node, Happened.died);
    this.died.push(node);
    this.#deallocations++;
    this.#tasks.push(this.#steps(node)[0], node, 0);
  }

  #run(): void {
    const tasks = this.#tasks;
    while (!tasks.isEmpty) {
      const node = tasks.node;
      switch (tasks.task) {
        case Task.finalize:
          this.#next();
          this.#begin(node);
          this.#finalize(node);
          break;
        case Task.revive:
          this.#next();
          this.#revive(node);
          break;
        case Task.weakrefs:
          this.#next();
          this.#clearWeakrefs(node);
          break;
        case Task.release:
          if (!this.#releaseNext(node, false)) this.#next();
          break;
        case Task.releaseType:
          this.#next();
          this.#releaseType(node);
          break;
        case Task.end:
          tasks.pop();
          this.#end(node);
          break;
        case Task.clear:
          if (!this.#releaseNext(node, true)) tasks.pop();
          break;
        case Task.call: {
          const referent = tasks.cursor;
          tasks.pop();
          this.#call(referent, node);
          break;
        }
        case Task.uncall:
          tasks.pop();
          this.#dropCallback(node);
          break;
        default:
          tasks.pop();
          this.#release(node);
      }
    }
  }

  /** What an object's deallocation does beyond letting go of its references. Only what has weak references has that. */
  #begin(node: NodeIndex): void {
    if (this.#known === undefined || this.weakrefs.of(node).length === 0) return;
    for (const held of this.#known.held(node)) this.#tasks.push(Task.drop, held, 0);
    this.#take(this.#known.entries(node));
  }

  /** The deallocation on top goes on to its next step. */
  #next(): void {
    const tasks = this.#tasks;
    const steps = this.#steps(tasks.node);
    tasks.become(steps[steps.indexOf(tasks.task) + 1]);
  }

  #steps(node: NodeIndex): readonly number[] {
    return this.layout.py2 || this.layout.isFramed(node) ? DEALLOCATION_WEAKREFS_FIRST : DEALLOCATION;
  }

  /** A finalizer of a dying object that made it reachable again ends its deallocation. */
  #revive(node: NodeIndex): void {
    if (this.refcount[node] <= 0) return;
    this.#tasks.pop();
    this.#deallocations--;
    this.happened[node] &= ~Happened.died;
    this.died.splice(this.died.lastIndexOf(node), 1);
  }

  #end(node: NodeIndex): void {
    this.#deallocations--;
    this.#push(this.disown(node));
  }

  /**
   * Lets go of the next reference of the task on top. Returns false when there is none left.
   * @param clearing only what `tp_clear` drops
   */
  #releaseNext(node: NodeIndex, clearing: boolean): boolean {
    const { layout } = this;
    const { firstEdge, edgeTo } = this.graph.columns;
    const count = firstEdge[node + 1] - firstEdge[node];
    const state = this.happened[node];
    const plain = (state & ~(Happened.touched | Happened.died | Happened.finalized | Happened.severed)) === 0;
    let at = this.#tasks.cursor;
    if (at === 0 && !clearing && this.adopts(node)) {
      this.#tasks.cursor = count;
      this.#push(this.otherEdges(node));
      return true;
    }
    while (at < count) {
      const edge = layout.edgeAt(node, firstEdge[node] + at++);
      if (!isStrong(this.graph, edge) || layout.isTypeEdge(node, edge)) continue;
      if (clearing ? !this.#clearsNow(node, edge, state) : !plain && !this.stillHolds(node, edge, state)) continue;
      if (this.refcount[edgeTo[edge]] === FOREVER) continue;
      this.#tasks.cursor = at;
      this.#release(edgeTo[edge]);
      return true;
    }
    return false;
  }

  #clearsNow(node: NodeIndex, edge: EdgeIndex, state: number): boolean {
    return this.layout.clears(node, edge) && !((state & Happened.cut) !== 0 && this.gone.has(edge));
  }

  #releaseType(node: NodeIndex): void {
    const { firstEdge, edgeTo, flags } = this.graph.columns;
    if ((flags[node] & Flag.heapType) === 0) return;
    for (let e = firstEdge[node]; e < firstEdge[node + 1]; e++) {
      if (this.layout.isTypeEdge(node, e) && this.stillHoldsDying(node, e)) this.#release(edgeTo[e]);
    }
  }

  /** Pushes edges whose targets are let go of, so that the first one is the first. */
  #push(edges: readonly EdgeIndex[]): void {
    for (let i = edges.length - 1; i >= 0; i--) this.#tasks.push(Task.drop, this.graph.columns.edgeTo[edges[i]], 0);
  }

  #finalize(node: NodeIndex): void {
    const { flags } = this.graph.columns;
    const done = (this.happened[node] & Happened.finalized) !== 0 || (flags[node] & Flag.finalized) !== 0;
    if (done || (flags[node] & (Flag.hasFinalizer | Flag.legacyFinalizer)) === 0) {
      if (!(this.layout.py2 && this.layout.isFramed(node))) return;
    }
    this.mark(node, Happened.finalized);
    if (this.layout.isFramed(node)) {
      this.#close(node);
      return;
    }
    this.#log({ kind: "finalizer", node, after: this.died.length });
    if (this.resurrecting.has(node)) this.refcount[node]++;
  }

  #close(generator: NodeIndex): void {
    for (const { node, runs, dropped } of close(this, generator)) {
      if (runs) this.#log({ kind: "close", node, after: this.died.length });
      this.#push(dropped);
    }
  }

  #clear(node: NodeIndex): void {
    const { layout } = this;
    const { kind, firstEdge, edgeTo } = this.graph.columns;
    if ((this.happened[node] & Happened.cleared) !== 0) return;
    if (this.adopts(node)) this.#push(this.otherEdges(node));
    else this.#tasks.push(Task.clear, node, 0);
    this.#push(this.disown(node));
    if (kind[node] === Kind.weakref) this.sever(node);
    if (kind[node] === Kind.type) {
      for (let e = firstEdge[node]; e < firstEdge[node + 1]; e++) {
        if (kind[edgeTo[e]] === Kind.dict && layout.name(e) === "__dict__" && !this.isDead(edgeTo[e]))
          this.#clear(edgeTo[e]);
      }
    }
    this.mark(node, Happened.cleared);
  }

  /**
   * What PyObject_ClearWeakRefs does for a dying object: all its weak references come to refer to nothing, then the
   * callbacks of those that are alive are called in list order. The callbacks are let go of as soon as they have run,
   * where there is one; where there are more (from 3.13 on: always) in the end, from the last to the first.
   */
  #clearWeakrefs(node: NodeIndex): void {
    const list = this.weakrefs.of(node);
    if (list.length === 0) return;
    const alive = Array.from(list).filter((weakref) => this.refers(weakref));
    const called = alive.filter((weakref) => this.hasCallback(weakref));
    for (const weakref of alive) this.sever(weakref);
    for (const weakref of called) this.#tasks.push(Task.uncall, weakref, 0);
    for (const weakref of called.reverse()) this.#tasks.push(Task.call, weakref, node);
  }

  #call(referent: NodeIndex, weakref: NodeIndex): void {
    this.#log({ kind: "callback", node: referent, weakref, after: this.died.length });
    this.#take(this.#known?.callback(weakref) ?? []);
  }

  /** Takes references away that other objects hold, and then lets go of them one after the other. */
  #take(edges: readonly EdgeIndex[]): void {
    const fresh = edges.filter((edge) => this.holds(sourceOf(this.graph, edge), edge));
    this.#push(fresh);
    for (const edge of fresh) this.remove(sourceOf(this.graph, edge), edge);
  }

  #dropCallback(weakref: NodeIndex): void {
    const edge = this.layout.callbackEdge(weakref);
    if (edge < 0 || !this.stillHoldsDying(weakref, edge)) return;
    const dead = this.isDead(weakref);
    this.remove(weakref, edge);
    if (!dead) this.#release(this.graph.columns.edgeTo[edge]);
  }

  #log(event: SimulationEvent): void {
    this.events.push(event);
    this.depthOfCode = Math.max(this.depthOfCode, this.#deallocations);
  }
}
