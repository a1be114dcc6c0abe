import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { type Python, pythons } from "../rig/pythons.js";

const here = dirname(fileURLToPath(import.meta.url));
/** Where the capture agent lies. */
export const agentFolder = join(here, "..", "..", "src", "capture", "python");

/** Leaves 60 rings of two objects and 60 of a closure with itself. */
const PROGRAM = `
import sys
sys.path.insert(0, sys.argv[1])
import gc, ouroboros_capture
gc.disable()

class Node(object):
    pass

def ring():
    a, b = Node(), Node()
    a.other, b.other = b, a

def closure():
    def again():
        return again

for _ in range(60):
    ring()
    closure()
ouroboros_capture.snapshot(sys.argv[2])
`;

let folder: string | undefined;
let path: string | undefined;

/** A folder that is removed when the test run ends. */
export function temporaryFolder(): string {
  if (folder === undefined) {
    const made = mkdtempSync(join(tmpdir(), "ouroboros-test-"));
    folder = made;
    process.on("exit", () => rmSync(made, { recursive: true, force: true }));
  }
  return folder;
}

/** The oldest Python 3 that was found. */
export function firstPython3(): Python {
  const python = pythons().find(({ version }) => version[0] === 3);
  if (!python) throw new Error("no supported Python 3 was found; OUROBOROS_PYTHONS names some");
  return python;
}

/** Path of a real, small snapshot by the first Python 3 that was found, captured once in a run. */
export function realSnapshot(): string {
  if (path === undefined) {
    path = join(temporaryFolder(), "real.pyheapsnapshot");
    // Without `site` there are only some thousand objects.
    execFileSync(firstPython3().path, ["-S", "-c", PROGRAM, agentFolder, path], {
      stdio: ["ignore", "ignore", "inherit"],
      env: { ...process.env, PYTHONDONTWRITEBYTECODE: "1" },
    });
  }
  return path;
}
