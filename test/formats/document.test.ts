import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { openHeap } from "../../src/session/open.js";
import { types } from "../../src/session/queries/types.js";
import { Session } from "../../src/session/Session.js";
import { pythons } from "../rig/pythons.js";
import { skip } from "../rig/skip.js";
import { realSnapshot, temporaryFolder } from "./realSnapshot.js";

const COMMONEST = 5;

/** The only example in a language that docs/FORMAT.md has, written to a file. */
function example(language: string, fileName: string): string {
  const document = readFileSync(new URL("../../docs/FORMAT.md", import.meta.url), "utf8");
  const found = [...document.matchAll(new RegExp(`^\`\`\`${language}\\n(.*?)^\`\`\`$`, "gms"))];
  assert.equal(found.length, 1, `one ${language} example`);
  const path = join(temporaryFolder(), fileName);
  writeFileSync(path, found[0][1]);
  return path;
}

function hasNumpy(path: string): boolean {
  try {
    execFileSync(path, ["-c", "import numpy"], { stdio: "ignore" });
    return true;
  } catch {
    return false;
  }
}

describe("formats: the examples of docs/FORMAT.md", () => {
  let expected: string[];

  before(async () => {
    const session = new Session("", await openHeap(realSnapshot()));
    // The reader adds nodes for threads and running frames; the file does not have them.
    const rows = types(session).filter(({ type }) => type !== "thread" && type !== "running frame");
    rows.sort((a, b) => b.count - a.count);
    assert.notEqual(rows[COMMONEST - 1].count, rows[COMMONEST].count, "the five commonest are certain");
    const total = rows.reduce((sum, { count }) => sum + count, 0);
    const named = rows.slice(0, COMMONEST).map(({ type, count }) => `${count} builtins.${type}`);
    expected = [`${total} objects`, ...named];
  });

  const lines = (text: string) => text.trimEnd().split(/\r?\n/);

  it("the NumPy example counts as `types` does", function () {
    const python = pythons().find(({ path }) => hasNumpy(path));
    if (!python) skip(this, "no Python with NumPy was found");
    const output = execFileSync(python.path, [example("python", "read.py"), realSnapshot()], { encoding: "utf8" });
    assert.deepEqual(lines(output), expected);
  });

  it("the Node example counts as `types` does", () => {
    const output = execFileSync(process.execPath, [example("js", "read.mjs"), realSnapshot()], { encoding: "utf8" });
    assert.deepEqual(lines(output), expected);
  });
});
