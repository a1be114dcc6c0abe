import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { pythons } from "../rig/pythons.js";

/** A check of a script: its name there, what must hold, and from which major version on. */
export type PythonCheck = readonly [name: string, what: string, since?: number];

/** Runs one check; the reader of the files is `driver`, a CPython 3. */
function check(driver: string, script: string, name: string, interpreter: string): Promise<string> {
  return new Promise((resolve, reject) => {
    execFile(driver, [script, name, interpreter], { encoding: "utf8", timeout: 500_000 }, (error, out, err) => {
      if (error) reject(new Error(`${name} under ${interpreter}:\n${err || error.message}`));
      else resolve(out.trim());
    });
  });
}

/**
 * Tests each check of a script under each Python that is found.
 * @param told what to do with what a check says
 */
export function describeChecks(
  title: string,
  script: string,
  checks: readonly PythonCheck[],
  told?: (python: string, name: string, outcome: string) => void,
): void {
  describe(title, () => {
    const found = pythons();
    const driver = found.filter((python) => python.version[0] === 3).at(-1);

    it("finds a CPython 3 to read the files with", () => {
      assert.ok(driver, "no CPython 3 was found");
    });

    for (const python of found) {
      describe(`CPython ${python.name}`, () => {
        for (const [name, what, since = 2] of checks) {
          if (python.version[0] < since) continue;
          it(what, async () => {
            assert.ok(driver);
            const outcome = await check(driver.path, script, name, python.path);
            assert.notEqual(outcome, "");
            told?.(python.name, name, outcome);
          });
        }
      });
    }
  });
}
