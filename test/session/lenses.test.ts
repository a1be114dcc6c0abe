import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { lenses } from "../../src/session/queries/lenses.js";
import { Session } from "../../src/session/Session.js";
import { agentFolder } from "../formats/realSnapshot.js";
import { pythons } from "../rig/pythons.js";

const SOURCE = `import gc
import sys
sys.path.insert(0, sys.argv[1])
import ouroboros_capture

gc.disable()


class Page(object):
    def __init__(self, number):
        self.body = 'page %d' % number * 100


class Ring(object):
    def __init__(self):
        self.me = self


def numbers(limit):
    for number in range(limit):
        yield number


def make():
    def inner():
        return data
    data = []
    return inner


def once():
    return 1


PAGES = [Page(number) for number in range(40)]
INNER = [make() for _ in range(7)]
PENDING = [numbers(3) for _ in range(5)]
for generator in PENDING:
    next(generator)
for _ in range(3):
    Ring()
ouroboros_capture.snapshot(sys.argv[2])
`;
const lineOf = (text: string) => SOURCE.split("\n").findIndex((line) => line.trim().startsWith(text)) + 1;

describe("what is alive of classes and functions", () => {
  const all = pythons().filter(({ version: [major] }) => major === 3);
  for (const python of [all[0], all[all.length - 1]]) {
    it(`CPython ${python.name}: counts at their lines, garbage apart`, async () => {
      const folder = mkdtempSync(join(tmpdir(), "ouroboros-lenses-"));
      try {
        const program = join(folder, "app.py");
        const snapshot = join(folder, "app.pyheapsnapshot");
        writeFileSync(program, SOURCE);
        execFileSync(python.path, [program, agentFolder, snapshot], { stdio: "ignore" });
        const rows = lenses(await Session.open(snapshot)).filter(({ file }) => file === program);
        const at = (line: number) => rows.find((row) => row.line === line);
        const shown = (text: string) => {
          const row = at(lineOf(text));
          return row && [row.sort, row.count, row.garbage];
        };
        assert.deepEqual(shown("class Page"), ["class", 40, 0]);
        assert.ok(at(lineOf("class Page"))!.bytes >= 40 * 600, "with what they keep");
        assert.deepEqual(shown("class Ring"), ["class", 0, 3]);
        assert.equal(at(lineOf("class Ring"))!.bytes, 0);
        assert.deepEqual(shown("def inner"), ["function", 7, 0]);
        // The function itself, its five generators, and up to 3.10 their frames.
        const [sort, count] = shown("def numbers")!;
        assert.equal(sort, "function");
        assert.ok(count === 6 || count === 11, String(count));
        assert.equal(shown("def once"), undefined, "there is one of each function");
        assert.equal(shown("def make"), undefined);
      } finally {
        rmSync(folder, { recursive: true, force: true });
      }
    });
  }
});
