import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { pythons } from "../rig/pythons.js";

const CHECKS = join(dirname(fileURLToPath(import.meta.url)), "checks.py");

/** What checks.py can check, with what must hold. */
const NAMES: readonly (readonly [string, string])[] = [
  ["exact", "refcounts and references from outside are exact (forked)"],
  ["exact_in_process", "refcounts and references from outside are exact (in place)"],
  ["labels", "labels, variables, frames and weak references are the truth"],
  ["types", "tells which types have finalizers, and which the collector can clear"],
  ["generators", "tells which generators run code when they are closed"],
  ["facts", "tells where generators wait, states of futures, limits, kept frames, equal values, allocation sites"],
  ["unchanged", "runs no user code and changes nothing"],
  ["collection", "never captures inside a collection"],
  ["busy", "captures a busy threaded program twenty times"],
  ["runner", "runs a program as plain Python does"],
  ["at_exit", "captures at exit, after threads and exit handlers"],
  ["on_signal", "captures on a signal, and returns at once"],
  ["redact", "redacts"],
  ["files", "writes private, whole files, or none"],
  ["refusals", "refuses what it does not understand"],
  ["zip64", "writes zip64 that standard readers open"],
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

describe("capture agent", () => {
  const found = pythons();
  const driver = found.filter((python) => python.version[0] === 3).at(-1);

  it("finds a CPython 3 to read the files with", () => {
    assert.ok(driver, "no CPython 3 was found");
  });

  for (const python of found) {
    describe(`CPython ${python.name}`, () => {
      for (const [name, what] of NAMES) {
        it(what, async () => {
          assert.ok(driver);
          assert.notEqual(await check(driver.path, name, python.path), "");
        });
      }
    });
  }
});
