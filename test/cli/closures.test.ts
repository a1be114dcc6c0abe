import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import type { CyclesResult } from "../../src/session/queries/cycles.js";
import type { Info } from "../../src/session/queries/info.js";
import { runClosures, withFolder } from "../fidelity/run.js";
import { pythons } from "../rig/pythons.js";
import { build, cli } from "./run.js";

const CALLS = 40;

function json<T>(...args: string[]): T {
  return JSON.parse(execFileSync(process.execPath, [cli, ...args, "--json"], { encoding: "utf8" })) as T;
}

describe("the closure of the blog post, by the command line", () => {
  before(build);

  for (const python of pythons()) {
    it(`is one family on CPython ${python.name}, and gc lists what the real collector finds`, () =>
      withFolder(async (folder) => {
        const { snapshotPath, truth } = await runClosures(python, "leaking", CALLS, folder);
        const gc = json<{ unreachable: string[] }>("gc", snapshotPath);
        assert.deepEqual(gc.unreachable.map(Number), truth.collectable);
        const { families } = json<CyclesResult>("cycles", snapshotPath);
        const garbage = families.filter((family) => family.garbage);
        assert.equal(garbage.length, 1);
        assert.equal(garbage[0].count, CALLS);
        assert.equal(garbage[0].location?.line, truth.line);
        assert.ok(garbage[0].edges.some((edge) => edge.label === "closure:listiter"));
        assert.deepEqual(
          garbage[0].cuts.map((cut) => cut.label),
          ["closure:listiter"],
        );
        assert.equal(json<Info>("info", snapshotPath).version, python.name);
        const clean = await runClosures(python, "clean", CALLS, folder);
        assert.deepEqual(json<{ unreachable: string[] }>("gc", clean.snapshotPath).unreachable, []);
        const left = json<CyclesResult>("cycles", clean.snapshotPath).families.filter((family) => family.garbage);
        assert.deepEqual(left, []);
      }));
  }
});
