import assert from "node:assert/strict";
import { openHeap } from "../../src/session/open.js";
import { collect, type Generation } from "../../src/model/collector.js";
import { pythons } from "../rig/pythons.js";
import { Analysis } from "../../src/model/Analysis.js";
import { compareCourse, compareWithTruth, orderIsKnown, overcounted } from "./compare.js";
import { compareCut } from "./compareCuts.js";
import { runClosures, runCuts, runFidelity, withFolder } from "./run.js";

const SEEDS = Array.from({ length: 10 }, (_, i) => i + 1);
const CUT_SEEDS = [1, 2];
const CALLS = 25;

describe("fidelity: the model against the real collector", () => {
  it("finds an interpreter to test with", () => {
    assert.notEqual(pythons().length, 0, "no supported CPython (2.7, 3.6 to 3.13) was found");
  });

  for (const python of pythons()) {
    describe(`CPython ${python.name}`, () => {
      it(`agrees on ${SEEDS.length} random heaps`, () =>
        withFolder(async (folder) => {
          const garbage: number[] = [];
          for (const { seed, snapshotPath, truth } of await runFidelity(python, SEEDS, folder)) {
            const graph = await openHeap(snapshotPath);
            assert.deepEqual(overcounted(graph), [], `seed ${seed}: more references than the refcount`);
            const { missing, surplus, misjudged, ordersEqual } = compareWithTruth(graph, truth);
            assert.deepEqual(
              { missing, surplus, misjudged },
              { missing: [], surplus: [], misjudged: [] },
              `seed ${seed}`,
            );
            if (orderIsKnown(graph)) assert.ok(ordersEqual, `seed ${seed}: the order differs`);
            truth.young.forEach((found, generation) => {
              const young = compareWithTruth(graph, found, generation as Generation);
              assert.ok(young.ordersEqual, `seed ${seed}, generation ${generation}: ${young.missing} ${young.surplus}`);
            });
            const { freedWrongly, modelled, real, doubts } = compareCourse(graph, truth);
            assert.deepEqual(freedWrongly, [], `seed ${seed}: what is freed`);
            assert.deepEqual(modelled, real, `seed ${seed}: what runs`);
            if (!real.some((event) => event.startsWith("finalizer")))
              assert.deepEqual(
                doubts.filter((doubt) => doubt.includes("finalizer")),
                [],
              );
            garbage.push(truth.collectable.length + truth.uncollectable.length);
          }
          assert.ok(Math.max(...garbage) > 200, `the heaps hold garbage: ${garbage.join(" ")}`);
        }));

      for (const [program, cuts] of [
        ["random_cuts.py", 10],
        ["random_cascade.py", 20],
      ] as const) {
        it(`says what ${CUT_SEEDS.length * cuts} real cuts free, and in which order (${program})`, () =>
          withFolder(async (folder) => {
            let ran = 0;
            for (const { seed, snapshotPath, cuts: real } of await runCuts(python, program, CUT_SEEDS, cuts, folder)) {
              const analysis = new Analysis(await openHeap(snapshotPath));
              real.forEach((one, i) => {
                const found = compareCut(analysis, one);
                assert.deepEqual(found.wrongNow, [], `seed ${seed}, cut ${i}: what dies at once`);
                assert.deepEqual(found.wrongLater, [], `seed ${seed}, cut ${i}: what a collection frees`);
                if (found.sameOrder === false)
                  assert.deepEqual(found.modelled, found.real, `seed ${seed}, cut ${i}: order`);
                ran += found.real.length;
              });
            }
            assert.ok(program === "random_cuts.py" || ran > 100, `code ran in cascades: ${ran}`);
          }));
      }

      for (const program of ["leaking", "json"] as const) {
        it(`finds what ${CALLS} calls of the ${program} closures leave`, () =>
          withFolder(async (folder) => {
            const { snapshotPath, truth } = await runClosures(python, program, CALLS, folder);
            const { missing, surplus, ordersEqual } = compareWithTruth(await openHeap(snapshotPath), truth);
            assert.deepEqual({ missing, surplus }, { missing: [], surplus: [] });
            // All this garbage is in the youngest generation, so that its order is known in 2.7 as well.
            assert.ok(ordersEqual, "the order differs");
            // Each call leaves a cell, a function and the tuple of its closure at least.
            assert.equal(truth.collectable.length % CALLS, 0);
            assert.ok(truth.collectable.length >= 3 * CALLS);
          }));
      }

      it("finds nothing where the closures let go of themselves", () =>
        withFolder(async (folder) => {
          const { snapshotPath, truth } = await runClosures(python, "clean", CALLS, folder);
          assert.deepEqual(truth.collectable, []);
          assert.deepEqual([...collect(await openHeap(snapshotPath)).unreachable], []);
        }));
    });
  }
});
