import assert from "node:assert/strict";
import { pythons } from "../rig/pythons.js";
import { skip } from "../rig/skip.js";
import { describeTestGc, runTestGc } from "./testgc.js";

/**
 * The tests of CPython's test_gc.py whose collections are compared here: of each kind of garbage one, and some that
 * collect young generations or find something uncollectable. `npm run fidelity` takes all of them, some 140
 * collections an interpreter.
 */
const SUBSET = [
  "test_bug1055820b", // weak references with callbacks
  "test_collect_garbage", // legacy finalizers, callbacks of the collector itself
  "test_collect_generations",
  "test_finalizer", // 2.7
  "test_frame",
  "test_function",
  "test_legacy_finalizer",
  "test_resurrection_is_transitive",
  "test_saveall", // with something in gc.garbage
  "test_trash_weakref_clear", // an object that does not traverse what it holds
];

describe("fidelity: the model in CPython's own test_gc.py", () => {
  for (const python of pythons()) {
    it(`agrees with the collector of ${python.name} in ${SUBSET.length} of its tests`, async function () {
      const report = await runTestGc(python, SUBSET);
      if (!report.installed) skip(this, `CPython ${python.name} came without its own tests (Lib/test/test_gc.py)`);
      const told = describeTestGc(python, report);
      assert.deepEqual(report.differences, [], told);
      assert.deepEqual(report.failures, [], told);
      assert.equal(report.setsEqual, report.calls, told);
      assert.equal(report.uncollectableEqual, report.calls, told);
      assert.ok(report.calls >= 10 && report.withGarbage >= 5, told);
      if (python.version[0] === 3) {
        assert.ok(report.youngCalls >= 2, told);
        assert.ok(report.young.calls >= 2 * report.calls && report.young.withGarbage >= 5, told);
      }
      // Without _testcapi, which gives Python 3 its legacy finalizers, their tests are left out.
      if (report.leftOut.length === 0) assert.ok(report.withUncollectable >= 1, told);
    });
  }
});
