import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { pythons } from "../rig/pythons.js";

const CHECKS = join(dirname(fileURLToPath(import.meta.url)), "pymalloc_checks.py");

/** What pymalloc_checks.py can check, with what must hold, and from which major version on. */
const NAMES: readonly (readonly [string, string, number])[] = [
  ["statistics", "arenas, pools and blocks are those of the interpreter's statistics", 3],
  ["headers", "pools of known objects are as their headers say", 2],
  ["tables", "objects and their tables explain the blocks in use", 2],
  ["faults", "what can't be right gives a reason and a whole snapshot", 2],
  ["allocators", "other allocators and debug hooks are recognised", 3],
  ["debug_hooks", "pools with debug hooks are those of the statistics", 3],
];

/** Runs one check; the reader of the files is `driver`, a CPython 3. */
function check(driver: string, name: string, interpreter: string): Promise<string> {
  return new Promise((resolve, reject) => {
    execFile(driver, [CHECKS, name, interpreter], { encoding: "utf8", timeout: 500_000 }, (error, out, err) => {
      if (error) reject(new Error(`${name} under ${interpreter}:\n${err || error.message}`));
      else resolve(out.trim());
    });
  });
}

describe("capture agent: allocator", () => {
  const found = pythons();
  const driver = found.filter((python) => python.version[0] === 3).at(-1);

  it("finds a CPython 3 to read the files with", () => {
    assert.ok(driver, "no CPython 3 was found");
  });

  for (const python of found) {
    describe(`CPython ${python.name}`, () => {
      for (const [name, what, since] of NAMES) {
        if (python.version[0] < since) continue;
        it(what, async () => {
          assert.ok(driver);
          const outcome = await check(driver.path, name, python.path);
          assert.notEqual(outcome, "");
          process.stdout.write(`      ${python.name} ${name}: ${outcome}\n`);
        });
      }
    });
  }
});
