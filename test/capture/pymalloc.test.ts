import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { describeChecks, type PythonCheck } from "./pythonChecks.js";

const CHECKS = join(dirname(fileURLToPath(import.meta.url)), "pymalloc_checks.py");

/** What pymalloc_checks.py can check, with what must hold, and from which major version on. */
const NAMES: readonly PythonCheck[] = [
  ["statistics", "arenas, pools and blocks are those of the interpreter's statistics", 3],
  ["headers", "pools of known objects are as their headers say", 2],
  ["tables", "objects and their tables explain the blocks in use", 2],
  ["faults", "what can't be right gives a reason and a whole snapshot", 2],
  ["allocators", "other allocators and debug hooks are recognised", 3],
  ["debug_hooks", "pools with debug hooks are those of the statistics", 3],
];

describeChecks("capture agent: allocator", CHECKS, NAMES, (python, name, outcome) => {
  process.stdout.write(`      ${python} ${name}: ${outcome}\n`);
});
