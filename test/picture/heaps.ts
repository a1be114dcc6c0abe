import { HeapBuilder } from "../../src/heap/HeapBuilder.js";
import type { HeapGraph, NodeIndex } from "../../src/heap/HeapGraph.js";
import { Kind } from "../../src/heap/kinds.js";
import { Session } from "../../src/session/Session.js";

/** Numbers between 0 and 1, the same for the same seed. */
export function random(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1_103_515_245) + 12_345) & 0x7fffffff;
    return state / 0x80000000;
  };
}

/** A heap as the pictures are asked of. */
export function sourceOf(graph: HeapGraph): Session {
  return new Session("/tmp/made.pyheapsnapshot", graph);
}

export const FONT = { charWidth: 7.2, lineHeight: 16 };

const TYPES = ["Node", "app.Session", "dict", "list", "very.long.module.name.WithAClass", "cell"];
const LABELS = [".parent", ".children", "[0]", "['key']", "closure:callback", ".a_rather_long_attribute_name", ""];

/** One garbage cycle of so many objects with so many references. */
export function tangle(objects: number, references: number, seed = 1): HeapGraph {
  const rnd = random(seed);
  const heap = new HeapBuilder();
  const pick = <T>(from: readonly T[]): T => from[Math.floor(rnd() * from.length)];
  const nodes: NodeIndex[] = [];
  for (let i = 0; i < objects; i++) nodes.push(heap.node(pick(TYPES), { size: Math.floor(rnd() * 5000) }));
  // A tree with ways back from its leaves: strongly connected, and not one long ring.
  let made = 0;
  const leaf = new Set(nodes);
  const edge = (from: NodeIndex, to: NodeIndex) => {
    heap.edge(from, to, pick(LABELS));
    made++;
  };
  for (let i = 1; i < objects; i++) {
    const parent = nodes[Math.floor(rnd() * i)];
    leaf.delete(parent);
    edge(parent, nodes[i]);
  }
  for (const node of leaf) edge(node, nodes[Math.floor(rnd() * nodes.indexOf(node))]);
  // Where the leaves' ways back end too low, the last one closes the cycle.
  edge(nodes[objects - 1], nodes[0]);
  while (made < references) edge(pick(nodes), pick(nodes));
  return heap.build();
}

/** A registry that holds so many sessions, each with a way back. */
export function registry(sessions: number): HeapGraph {
  const heap = new HeapBuilder();
  const owner = heap.node("app.Registry", { outside: 1, size: 48 });
  const list = heap.node("list", { kind: Kind.list, size: 56 + 8 * sessions });
  heap.edge(owner, list, ".sessions");
  for (let i = 0; i < sessions; i++) {
    const session = heap.node("app.Session", { size: 64 });
    heap.edge(session, owner, ".owner");
    // Lists are traversed backwards.
    heap.edge(list, session, `[${sessions - 1 - i}]`);
  }
  return heap.root("module app", owner).build();
}
