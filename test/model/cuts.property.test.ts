import assert from "node:assert/strict";
import fc from "fast-check";
import { HeapBuilder } from "../../src/heap/HeapBuilder.js";
import { Flag } from "../../src/heap/kinds.js";
import { Analysis } from "../../src/model/Analysis.js";
import { suggestCuts } from "../../src/model/cuts/index.js";
import { anyCycle, leastByCycles, leastByOrders } from "../graph/bruteForce.js";

/** Attributes and what docs/MODEL.md says that each costs; Infinity for what can't be cut. */
const EFFORT: Readonly<Record<string, number>> = {
  ".parent": 1.5,
  ".__slot__": Infinity,
  ".a": 2,
  ".b": 2,
  ".c": 2,
  ".owner": 1.5,
};
const CLASSES = ["A", "B", "C"];

interface Case {
  readonly classes: readonly string[];
  readonly edges: readonly { readonly from: number; readonly to: number; readonly label: string }[];
}

/** A strongly connected heap of instances: a ring through all, and chords, parallel ones and self-references too. */
function heapOf(nodes: number, chords: number, label: fc.Arbitrary<string>): fc.Arbitrary<Case> {
  return fc.integer({ min: 2, max: nodes }).chain((n) => {
    const node = fc.nat(n - 1);
    return fc
      .record({
        classes: fc.array(fc.constantFrom(...CLASSES), { minLength: n, maxLength: n }),
        labels: fc.array(label, { minLength: n + chords, maxLength: n + chords }),
        chords: fc.array(fc.tuple(node, node), { maxLength: chords, size: "max" }),
      })
      .map((drawn) => {
        const ring = Array.from({ length: n }, (_, v) => [v, (v + 1) % n] as const);
        return {
          classes: drawn.classes,
          edges: [...ring, ...drawn.chords].map(([from, to], i) => ({ from, to, label: drawn.labels[i] })),
        };
      });
  });
}

function check({ classes, edges }: Case, place: (edge: Case["edges"][number], index: number) => string): number {
  const heap = new HeapBuilder();
  for (const name of classes) heap.node(name, { flags: Flag.heapType });
  for (const { from, to, label } of edges) heap.edge(from, to, label);
  const analysis = new Analysis(heap.build());
  const { strong } = analysis;
  const [{ cycles }] = analysis.families;
  assert.equal(cycles[0].members.length, classes.length);

  // The heap's edges are sorted by where they come from; each keeps its label.
  const sorted = edges.map((edge, i) => ({ edge, place: place(edge, i) })).sort((a, b) => a.edge.from - b.edge.from);
  const places = [...new Set(sorted.map((row) => row.place))];
  const effort = (e: number) => EFFORT[sorted[e].edge.label] ?? 2;
  const groupOf = (e: number) => (effort(e) === Infinity ? -1 : places.indexOf(sorted[e].place));
  const weight = (g: number) => effort(sorted.findIndex((row) => row.place === places[g]));
  const least = leastByCycles(strong, { groupOf, weight });

  const { cuts, none } = suggestCuts(analysis, cycles[0].members);
  if (least === Infinity) {
    assert.deepEqual([cuts, none?.kind], [[], "internal"]);
    return least;
  }
  const cut = new Set(cuts.map(({ edge }) => edge));
  const touched = new Set([...cut].map(groupOf));
  assert.equal(
    [...touched].reduce((sum, g) => sum + weight(g), 0),
    least,
  );
  assert.equal(
    anyCycle(strong, (e) => !cut.has(e)),
    undefined,
  );
  for (const e of cut) assert.ok(anyCycle(strong, (other) => other === e || !cut.has(other)));
  return least;
}

describe("suggested cuts of random cycles of up to 15 objects, against brute force", () => {
  it("cost least where an attribute of a class is one place", () => {
    let uncuttable = 0;
    const labels = fc.constantFrom(...Object.keys(EFFORT));
    fc.assert(
      fc.property(heapOf(15, 20, labels), (drawn) => {
        const { classes } = drawn;
        if (check(drawn, ({ from, label }) => `${classes[from]}${label}`) === Infinity) uncuttable++;
      }),
      { numRuns: 150 },
    );
    assert.ok(uncuttable > 0 && uncuttable < 140, `${uncuttable}`);
  });

  it("cost least where each reference is a place of its own, parallel ones together", () => {
    fc.assert(
      fc.property(heapOf(15, 22, fc.constant("")), ({ classes, edges }) => {
        const labelled = edges.map((edge, i) => ({ ...edge, label: i % 4 === 0 ? `.parent` : `.x${i}` }));
        // Each has a name of its own, but for the references upwards, which their class tells apart.
        check({ classes, edges: labelled }, ({ from, label }) => `${classes[from]}${label}`);
      }),
      { numRuns: 150 },
    );
  });

  it("are as many references as it takes, by all orders of the objects, where all cost the same", () => {
    fc.assert(
      fc.property(heapOf(7, 30, fc.constant("")), ({ classes, edges }) => {
        const heap = new HeapBuilder();
        for (const name of classes) heap.node(name, { flags: Flag.heapType });
        edges.forEach(({ from, to }, i) => heap.edge(from, to, `.x${i}`));
        const analysis = new Analysis(heap.build());
        const { cuts } = suggestCuts(analysis, analysis.families[0].cycles[0].members);
        assert.equal(
          cuts.length,
          leastByOrders(analysis.strong, () => 1),
        );
      }),
      { numRuns: 60 },
    );
  });
});
