import assert from "node:assert/strict";
import fc from "fast-check";
import type { HeapGraph } from "../../src/heap/HeapGraph.js";
import { HeapBuilder } from "../../src/heap/HeapBuilder.js";
import { Analysis } from "../../src/model/Analysis.js";

interface Draft {
  readonly outside: readonly boolean[];
  readonly edges: readonly (readonly [number, number])[];
}

const MOST = 9;
const drafts: fc.Arbitrary<Draft> = fc.integer({ min: 1, max: MOST }).chain((count) =>
  fc.record({
    outside: fc.array(fc.boolean(), { minLength: count, maxLength: count }),
    edges: fc.array(fc.tuple(fc.nat(count - 1), fc.nat(count - 1)), { maxLength: 3 * count }),
  }),
);

function heapOf({ outside, edges }: Draft): HeapGraph {
  const heap = new HeapBuilder();
  // Sizes are powers of two, so that a sum tells which nodes it is of.
  outside.forEach((held, i) => heap.node("N", { outside: held ? 1 : 0, size: 2 ** i }));
  for (const [from, to] of edges) heap.edge(from, to);
  return heap.build();
}

function reach({ edges }: Draft, starts: Iterable<number>, without = -1): Set<number> {
  const seen = new Set<number>();
  const queue = [...starts].filter((node) => node !== without);
  for (const node of queue) {
    if (seen.has(node)) continue;
    seen.add(node);
    for (const [from, to] of edges) if (from === node && to !== without) queue.push(to);
  }
  return seen;
}

const sum = (nodes: Iterable<number>) => [...nodes].reduce((total, node) => total + 2 ** node, 0);

describe("properties of the model on random heaps", () => {
  it("unreachable is what no outside reference reaches", () => {
    fc.assert(
      fc.property(drafts, (draft) => {
        const { verdict } = new Analysis(heapOf(draft));
        const held = draft.outside.flatMap((is, i) => (is ? [i] : []));
        const alive = reach(draft, held);
        const dead = draft.outside.flatMap((_, i) => (alive.has(i) ? [] : [i]));
        assert.deepEqual(
          [...verdict.unreachable].sort((a, b) => a - b),
          dead,
        );
      }),
    );
  });

  it("the retained size of a live object is what nothing reaches without it", () => {
    fc.assert(
      fc.property(drafts, (draft) => {
        const { ownership } = new Analysis(heapOf(draft));
        const held = draft.outside.flatMap((is, i) => (is ? [i] : []));
        const alive = reach(draft, held);
        for (const node of alive) {
          assert.equal(ownership.retained[node], sum(alive) - sum(reach(draft, held, node)), `node ${node}`);
        }
        assert.equal(ownership.retained[ownership.aliveRoot], sum(alive));
      }),
    );
  });

  it("a family's bytes and pinned bytes are what would go with the whole cycle", () => {
    fc.assert(
      fc.property(drafts, (draft) => {
        const analysis = new Analysis(heapOf(draft));
        const held = draft.outside.flatMap((is, i) => (is ? [i] : []));
        const alive = reach(draft, held);
        const garbage = draft.outside.flatMap((_, i) => (alive.has(i) ? [] : [i]));
        for (const family of analysis.families) {
          for (const { members, bytes, pinned } of family.cycles) {
            assert.equal(bytes, sum(members));
            const left = new Set<number>();
            const starts = family.garbage ? [...analysis.roots.garbage] : held;
            const inside = new Set(members);
            const queue = starts.filter((node) => !inside.has(node));
            for (const node of queue) {
              if (left.has(node)) continue;
              left.add(node);
              for (const [from, to] of draft.edges) if (from === node && !inside.has(to)) queue.push(to);
            }
            const region = family.garbage ? garbage : [...alive];
            const gone = region.filter((node) => !left.has(node));
            assert.equal(bytes + pinned, sum(gone));
          }
        }
      }),
    );
  });

  it("every cycle is found: no object outside the families reaches itself", () => {
    fc.assert(
      fc.property(drafts, (draft) => {
        const { families } = new Analysis(heapOf(draft));
        const inCycles = new Set(families.flatMap((family) => family.cycles.flatMap((cycle) => [...cycle.members])));
        draft.outside.forEach((_, node) => {
          const next = draft.edges.filter(([from]) => from === node).map(([, to]) => to);
          assert.equal(inCycles.has(node), reach(draft, next).has(node), `node ${node}`);
        });
      }),
    );
  });
});
