import assert from "node:assert/strict";
import { ensureChromium } from "../../editor/setup.mjs";
import { skip } from "../../rig/skip.js";
import type { Variant } from "../corpus.js";
import { type ChromiumRuntime, chromiumRuntime } from "./chromium.js";
import {
  falseAlarms,
  hitsOf,
  missingOf,
  nodeRuntime,
  type Outcome,
  outcomeOf,
  type Program,
  programs,
  type Runtime,
  sanePrograms,
} from "./corpus.js";

const here = nodeRuntime(`Node ${process.versions.node}`, process.execPath);

/** On the Node that runs the tests: `npm run leaks -- v8` runs all on others too. */
function tests(program: Program, runtime: () => Runtime): void {
  let outcomes: Partial<Record<Variant, Outcome>> = {};

  describe(program.name, () => {
    before(async function () {
      const missing = missingOf(program);
      if (missing.length > 0) skip(this, `${missing.join()} is not in node_modules`);
      const run = async (variant: Variant) => [variant, await outcomeOf(program, variant, runtime())] as const;
      outcomes = Object.fromEntries(await Promise.all(program.variants.map(run)));
    });
    after(() => void (outcomes = {}));

    if (program.variants.includes("leak")) {
      it("leaks what it should, and its twin does not", () => {
        const [leak, twin] = [outcomes.leak!.planted[0], outcomes.twin!.planted[0]];
        assert.ok(leak >= 10 * Math.max(1, twin), `the leak holds ${leak}, its twin ${twin}`);
      });
      it("is found and named", () => {
        const { findings } = outcomes.leak!;
        const titles = findings.map(({ rule, severity, title }) => `${severity} ${rule}: ${title}`);
        assert.ok(hitsOf(program, outcomes.leak!).length > 0, `found: ${titles.join("; ") || "nothing"}`);
      });
    }
    it("accuses no innocent", () => {
      const alarms = falseAlarms(program, outcomes.twin!);
      assert.deepEqual(
        alarms.map(({ rule, title }) => `${rule}: ${title}`),
        [],
      );
    });
  });
}

describe(`leaking programs and their innocent twins on ${here.name}`, () => {
  for (const program of [...programs(), ...sanePrograms()]) {
    if (program.page === undefined) tests(program, () => here);
  }
});

describe("leaking pages and their innocent twins", () => {
  let browser: ChromiumRuntime;
  before(async function () {
    const path = ensureChromium();
    if (path === undefined) {
      assert.notEqual(process.env["CI"], "true", "CI must have a Chromium");
      skip(this, "no Chromium, Chrome or Edge was found; install one, or set CHROMIUM to its path");
    }
    browser = await chromiumRuntime(path);
  });
  after(() => browser?.close());

  for (const program of programs()) if (program.page !== undefined) tests(program, () => browser);
});
