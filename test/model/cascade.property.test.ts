import assert from "node:assert/strict";
import fc from "fast-check";
import { HeapBuilder } from "../../src/heap/HeapBuilder.js";
import { Analysis } from "../../src/model/Analysis.js";
import { OUTSIDE } from "../../src/model/whatif/unreachable.js";

interface Edge {
  readonly from: number;
  readonly to: number;
  /** Holds a count, but the collector doesn't see it. */
  readonly owned: boolean;
}
interface Draft {
  /** Objects 0 up to this one are on the collector's list, the others are not. */
  readonly tracked: number;
  /** References from outside, by object. */
  readonly outside: readonly number[];
  readonly edges: readonly Edge[];
  /** Positions of the edges that are cut. */
  readonly cut: readonly number[];
}

const MOST = 14;
const outsides = fc.constantFrom(0, 0, 0, 0, 0, 0, 0, 1, 2);
/** Mostly a tree from an object that is held, so that much hangs on little, with references across and back. */
const drafts: fc.Arbitrary<Draft> = fc.integer({ min: 5, max: MOST }).chain((count) =>
  fc
    .record({
      tracked: fc.integer({ min: count - 4, max: count }),
      outside: fc.array(outsides, { minLength: count, maxLength: count }),
      parents: fc.array(fc.option(fc.noBias(fc.nat()), { freq: 5 }), { minLength: count, maxLength: count }),
      across: fc.array(fc.noBias(fc.tuple(fc.nat(count - 1), fc.nat(count - 1))), {
        minLength: 3,
        maxLength: count,
        size: "max",
      }),
      owned: fc.array(fc.constantFrom(false, false, false, false, false, true), {
        minLength: 2 * count,
        maxLength: 2 * count,
      }),
      cut: fc.array(fc.noBias(fc.nat(2 * count)), { minLength: 1, maxLength: 4, size: "max" }),
    })
    .map(({ tracked, outside, parents, across, owned, cut }) => {
      const tree = parents.flatMap((p, i) => (p === null || i === 0 ? [] : [[p % i, i] as const]));
      // In the order in which the heap holds them: by where they come from.
      const edges = [...tree, [0, 1] as const, ...across]
        .map(([from, to], i) => ({ from, to, owned: owned[i] }))
        .sort((a, b) => a.from - b.from);
      // An object that nothing refers to would be gone already.
      const held = outside.map((n, i) => (i > 0 && edges.some(({ to }) => to === i) ? n : Math.max(n, 1)));
      return { tracked, outside: held, edges, cut: [...new Set(cut.map((c) => c % edges.length))] };
    }),
);

/** Reference counting and the collector in their simplest form: recursive, over lists, with nothing else in mind. */
class NaiveHeap {
  readonly dead: number[] = [];
  readonly #draft: Draft;
  readonly #edges: Edge[];
  readonly #count: number[];

  constructor(draft: Draft) {
    this.#draft = draft;
    this.#edges = [...draft.edges];
    this.#count = draft.outside.map((n, i) => n + draft.edges.filter(({ to }) => to === i).length);
  }

  cut(): this {
    const gone = this.#draft.cut.map((c) => this.#draft.edges[c]);
    for (const edge of gone) this.#edges.splice(this.#edges.indexOf(edge), 1);
    for (const { to } of gone) this.#drop(to);
    return this;
  }

  /** Objects on the list with counts beyond the references from the list, and what they reach, live. */
  collect(): this {
    const list = this.#draft.outside.flatMap((_, i) => (i < this.#draft.tracked && !this.dead.includes(i) ? [i] : []));
    const seen = this.#edges.filter(({ from, owned }) => list.includes(from) && !owned);
    const alive = list.filter((node) => this.#count[node] > seen.filter(({ to }) => to === node).length);
    for (const node of alive) {
      for (const { from, to } of seen) if (from === node && list.includes(to) && !alive.includes(to)) alive.push(to);
    }
    const found = list.filter((node) => !alive.includes(node));
    this.dead.push(...found);
    for (const node of found) this.#letGo(node);
    return this;
  }

  #drop(node: number): void {
    if (--this.#count[node] > 0 || this.dead.includes(node)) return;
    this.dead.push(node);
    this.#letGo(node);
  }

  #letGo(node: number): void {
    for (const { from, to } of this.#edges) if (from === node) this.#drop(to);
  }
}

function analysisOf({ tracked, outside, edges }: Draft): Analysis {
  const heap = new HeapBuilder();
  // Sizes are powers of two, so that a sum tells which nodes it is of.
  outside.forEach((n, i) => heap.node("N", { outside: n, size: 2 ** i, tracked: i < tracked }));
  for (const { from, to, owned } of edges) owned ? heap.owned(from, to) : heap.edge(from, to);
  return new Analysis(heap.build());
}

const sum = (nodes: Iterable<number>) => [...nodes].reduce((total, node) => total + 2 ** node, 0);
const sorted = (nodes: Iterable<number>) => [...nodes].sort((a, b) => a - b);
const cutOf = (draft: Draft, analysis = analysisOf(draft)) =>
  analysis.cutter.cut(draft.cut.map((edge) => ({ from: draft.edges[edge].from, edge })));

describe("properties of cuts on random heaps, against naive reference counting and reachability", () => {
  it("at once the same objects die in the same order, with the same bytes", () => {
    let deaths = 0;
    fc.assert(
      fc.property(drafts, (draft) => {
        const { now, bytesNow } = cutOf(draft);
        const { dead } = new NaiveHeap(draft).cut();
        assert.deepEqual([...now], dead);
        assert.equal(bytesNow, sum(dead));
        deaths += dead.length;
      }),
      { numRuns: 400 },
    );
    assert.ok(deaths > 100, `${deaths} objects died`);
  });

  it("the next collection frees the same objects, and of these what it frees without the cut too", () => {
    let onlyByCut = 0;
    fc.assert(
      fc.property(drafts, (draft) => {
        const { now, later, bytesLater, anyway } = cutOf(draft);
        const dead = new NaiveHeap(draft).cut().collect().dead.slice(now.length);
        assert.deepEqual(sorted(later), sorted(dead));
        assert.equal(bytesLater, sum(dead));
        const before = new NaiveHeap(draft).collect().dead;
        const both = dead.filter((node) => before.includes(node));
        assert.deepEqual(anyway, { objects: both.length, bytes: sum(both) });
        onlyByCut += dead.length - both.length;
      }),
      { numRuns: 1500 },
    );
    assert.ok(onlyByCut > 20, `${onlyByCut} objects were garbage only by the cut`);
  });

  it("what stays is held by a reference that is not cut, of an object that stays, or from outside", () => {
    let survivorsSeen = 0;
    fc.assert(
      fc.property(drafts, (draft) => {
        const { now, later, survivors } = cutOf(draft);
        const gone = new Set([...now, ...later]);
        const left = draft.edges.filter(({ from }, i) => !gone.has(from) && !draft.cut.includes(i));
        const listed = new Set(survivors.map(({ node }) => node));
        for (const { node, heldBy } of survivors) {
          assert.ok(!gone.has(node));
          if (heldBy === OUTSIDE) assert.ok(draft.outside[node] > 0, `${node} is held by nothing outside`);
          else
            assert.ok(
              left.some(({ from, to }) => from === heldBy && to === node),
              `${heldBy} holds ${node}`,
            );
        }
        // Whatever lost a reference by the cut and is not gone is listed.
        const before = new NaiveHeap(draft).collect().dead;
        draft.edges.forEach(({ from, to }, i) => {
          const isLost = draft.cut.includes(i) || (gone.has(from) && !before.includes(from));
          if (isLost && !gone.has(to)) assert.ok(listed.has(to), `${to} is listed`);
        });
        survivorsSeen += survivors.length;
      }),
      { numRuns: 400 },
    );
    assert.ok(survivorsSeen > 200, `${survivorsSeen} survivors`);
  });

  it("nothing stays of a cut: the next one starts from the same heap", () => {
    fc.assert(
      fc.property(drafts, fc.nat(), (draft, seed) => {
        const analysis = analysisOf(draft);
        const other = { ...draft, cut: [seed % draft.edges.length] };
        const expected = cutOf(draft);
        cutOf(other, analysis);
        const again = cutOf(draft, analysis);
        assert.deepEqual([again.now, again.later, again.survivors], [expected.now, expected.later, expected.survivors]);
      }),
    );
  });
});
