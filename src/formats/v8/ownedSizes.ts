import { EDGE_KIND_MASK, EdgeKind } from "../../heap/kinds.js";
import type { BytesStringTable } from "../../heap/StringTable.js";
import { DOCUMENTS } from "../../heap/v8.js";
import type { Meta } from "./meta.js";
import type { EdgeTable, NodeTable } from "./tables.js";

const UNVISITED = 0xffffffff;
const SEVERAL = 0xfffffffe;
const EXTERNAL_STRING = "system / ExternalStringData";

/**
 * Adds the sizes of parts of an object that a program can't see (backing stores and the like) to the object, where
 * they belong to it alone, and sets theirs to 0. So DevTools does (JSHeapSnapshot.calculateShallowSizes), unless the
 * snapshot was taken with internals shown: then the root leads to nothing of the program's directly.
 */
export function moveOwnedSizes(nodes: NodeTable, edges: EdgeTable, meta: Meta, strings: BytesStringTable): void {
  const { type, name, firstEdge, selfSize } = nodes;
  const of = (wanted: string) => meta.nodeTypes.indexOf(wanted);
  const [hidden, array, native, synthetic] = [of("hidden"), of("array"), of("native"), of("synthetic")];
  const documents = strings.indicesOf(DOCUMENTS);
  let userRoots = false;
  for (let e = firstEdge[meta.root]; e < firstEdge[meta.root + 1]; e++) {
    const child = edges.to[e];
    userRoots ||= type[child] !== synthetic || documents.has(name[child]);
  }
  if (!userRoots) return;
  const externals = strings.indicesOf(EXTERNAL_STRING);
  const owner = new Uint32Array(meta.nodeCount);
  // A byte a node, which most edges are told by: the greater column would be in no cache.
  const ownable = new Uint8Array(meta.nodeCount);
  for (let node = 0; node < owner.length; node++) {
    const own = type[node] === hidden || type[node] === array || (type[node] === native && externals.has(name[node]));
    ownable[node] = own ? 1 : 0;
    owner[node] = own ? UNVISITED : node;
  }
  const stack = new Uint32Stack();
  const spread = (node: number) => {
    const own = owner[node];
    const end = firstEdge[node + 1];
    for (let e = firstEdge[node]; e < end; e++) {
      const target = edges.to[e];
      if (ownable[target] === 0 || (edges.edgeClass[e] & EDGE_KIND_MASK) === EdgeKind.weak) continue;
      const before = owner[target];
      if (before === own || before === SEVERAL) continue;
      // A node comes here twice at most: when it gets an owner, and when it loses it.
      owner[target] = before === UNVISITED ? own : SEVERAL;
      stack.push(target);
    }
  };
  for (let node = 0; node < owner.length; node++) if (ownable[node] === 0) spread(node);
  for (let node = stack.pop(); node !== undefined; node = stack.pop()) spread(node);
  for (let node = 0; node < owner.length; node++) {
    const own = owner[node];
    if (own === node || own === UNVISITED || own === SEVERAL) continue;
    if (type[own] === synthetic || own === meta.root) continue;
    selfSize[own] += selfSize[node];
    selfSize[node] = 0;
  }
}

/** A stack of node indices that grows. */
class Uint32Stack {
  #values = new Uint32Array(1 << 12);
  #length = 0;

  push(value: number): void {
    if (this.#length === this.#values.length) {
      const larger = new Uint32Array(2 * this.#values.length);
      larger.set(this.#values);
      this.#values = larger;
    }
    this.#values[this.#length++] = value;
  }

  pop(): number | undefined {
    return this.#length === 0 ? undefined : this.#values[--this.#length];
  }
}
