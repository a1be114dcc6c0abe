import assert from "node:assert/strict";
import { HeapGraph } from "../../src/heap/HeapGraph.js";
import { Flag } from "../../src/heap/kinds.js";
import { collect, scanOrder, UnknownGenerationsError } from "../../src/model/collector.js";
import { openHeap } from "../../src/session/open.js";
import { compareCourse, compareWithTruth, nameOf } from "./compare.js";
import {
  borrowedCount,
  type PlantedGenerator,
  readCounts,
  readGenerators,
  runPyodide,
  withoutBorrowed,
} from "./pyodideRuns.js";
import { type FidelityCase, type Truth, withFolder } from "./run.js";

const SEEDS = Array.from({ length: 20 }, (_, i) => i + 1);
/** Without gc.freeze(), so that the whole heap is on the collector's lists. */
const WHOLE_HEAP = 1;

describe("fidelity: CPython 3.14 in Pyodide", () => {
  let cases: readonly { readonly seed: number; readonly graph: HeapGraph; readonly truth: Truth }[] = [];

  let planted: { readonly graph: HeapGraph; readonly rows: readonly PlantedGenerator[] };
  let counted: { readonly graph: HeapGraph; readonly counts: ReadonlyMap<number, number> };

  before(() =>
    withFolder(async (folder) => {
      const found = await runPyodide(SEEDS, folder, WHOLE_HEAP);
      assert.match(found.version, /^3\.14\.[0-4]$/, "the version with the incremental collector");
      const read = async ({ seed, snapshotPath, truth }: FidelityCase) => {
        return { seed, graph: await openHeap(snapshotPath), truth };
      };
      cases = await Promise.all(found.cases.map(read));
      const generators = await readGenerators(WHOLE_HEAP, folder);
      planted = { graph: await openHeap(generators.snapshotPath), rows: generators.planted };
      const memory = await readCounts(WHOLE_HEAP, folder);
      counted = { graph: await openHeap(memory.snapshotPath), counts: memory.counts };
    }),
  );

  it(`finds what its collector finds in ${SEEDS.length} random heaps, in its order`, () => {
    const garbage: number[] = [];
    for (const { seed, graph, truth } of cases) {
      const { missing, surplus, misjudged, ordersEqual } = compareWithTruth(graph, truth);
      assert.deepEqual({ missing, surplus, misjudged }, { missing: [], surplus: [], misjudged: [] }, `seed ${seed}`);
      assert.ok(ordersEqual, `seed ${seed}: the order differs`);
      const young = compareWithTruth(graph, truth.young[0], 0);
      assert.ok(young.ordersEqual, `seed ${seed}, young: ${young.missing} ${young.surplus}`);
      garbage.push(truth.collectable.length);
    }
    assert.ok(Math.max(...garbage) > 200, `the heaps hold garbage: ${garbage.join(" ")}`);
  });

  it("says what is freed, and which finalizers and callbacks run in which order", () => {
    let ran = 0;
    for (const { seed, graph, truth } of cases) {
      const { freedWrongly, modelled, real } = compareCourse(graph, truth);
      assert.deepEqual(freedWrongly, [], `seed ${seed}: what is freed`);
      assert.deepEqual(modelled, real, `seed ${seed}: what runs`);
      ran += real.length;
    }
    assert.ok(ran > 10, `finalizers and callbacks ran: ${ran}`);
  });

  it("is wrong about each heap if it takes borrowed references for counted ones", () => {
    for (const { seed, graph, truth } of cases) {
      // Of a generator that runs, of one that waits, and of one that waits and is garbage.
      assert.ok(borrowedCount(graph) >= 6, `seed ${seed}: ${borrowedCount(graph)} borrowed references`);
      const { missing, surplus } = compareWithTruth(withoutBorrowed(graph), truth);
      const wrong = seed % 2 === 1 ? surplus : missing;
      assert.ok(wrong.length > 0, `seed ${seed}: ${missing} ${surplus}`);
    }
  });

  it("scans the visited list before the pending one, whichever of the two that is", () => {
    let told = 0;
    for (const { graph, truth } of cases) {
      const [visited, pending] = graph.info.segments!;
      assert.deepEqual([visited.generation, pending.generation], [1, 2]);
      const swapped = new Map<number, number>();
      const order = scanOrder(graph);
      order.forEach((node, i) => {
        const isPending = node >= visited.count && node < visited.count + pending.count;
        swapped.set(graph.columns.id[node], isPending ? i - order.length : i);
      });
      const ranks = truth.collectable.map((address) => swapped.get(address)!);
      if (ranks.some((rank, i) => i > 0 && rank < ranks[i - 1])) told++;
    }
    assert.ok(told > 0, "some garbage is in both lists, so that the test can fail");
  });

  it("leaves out young tuples that hold nothing trackable", () => {
    for (const { seed, graph, truth } of cases) {
      const asBefore = new HeapGraph({ ...graph, info: { ...graph.info, version: [3, 13, 0] } });
      const { missing, surplus } = compareWithTruth(asBefore, truth.young[0], 0);
      assert.deepEqual(missing, [], `seed ${seed}`);
      assert.ok(surplus.length >= 2 && surplus.every((name) => name.endsWith(" tuple")), `seed ${seed}: ${surplus}`);
    }
  });

  it("does not predict an increment", () => {
    assert.throws(() => collect(cases[0].graph, { generation: 1 }), UnknownGenerationsError);
  });

  it("tells which generators run code when they are closed, and which have not been started", () => {
    const { graph } = planted;
    const rows = planted.rows.filter(([name]) => name !== "kept");
    assert.ok(rows.length > 40, `${rows.length} generators`);
    for (const [name, address, guarded, unstarted] of rows) {
      const node = graph.nodeOfAddress(address)!;
      const marks = [graph.hasFlag(node, Flag.guarded), graph.hasFlag(node, Flag.unstarted)];
      assert.deepEqual(marks, [guarded, unstarted], `${name}: guarded, unstarted`);
    }
  });

  it("reads the refcounts that are in memory", () => {
    const { graph, counts } = counted;
    const { id, refcount } = graph.columns;
    const differing: string[] = [];
    let compared = 0;
    for (let node = 0; node < graph.collected; node++) {
      const count = counts.get(id[node]);
      // The agent's own functions and tables are in use when the counts are read, and not afterwards.
      if (count === undefined || graph.hasFlag(node, Flag.agent)) continue;
      compared++;
      if (count !== refcount[node]) differing.push(`${nameOf(graph, id[node])}: ${refcount[node]}, not ${count}`);
    }
    assert.ok(compared > 20_000, `${compared} of ${graph.collected} compared`);
    assert.deepEqual(differing, []);
  });
});
