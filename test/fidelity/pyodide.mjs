// node pyodide.mjs FOLDER SEED:QUESTION,... ...: random heaps in Pyodide, with the answers of its own collector
// (pyodide_heaps.py), as FOLDER/SEED.pyheapsnapshot and FOLDER/SEED.QUESTION.json. Prints Python's version.
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { loadPyodide } from "pyodide";

const here = dirname(fileURLToPath(import.meta.url));
const [folder, ...heaps] = process.argv.slice(2);

/** Starts Python with the agent and the test programs on its path; `folder` is /out there. */
async function start() {
  const pyodide = await loadPyodide({ env: { PYTHONHASHSEED: "0", PYTHONDONTWRITEBYTECODE: "1" } });
  const { NODEFS } = pyodide.FS.filesystems;
  for (const [at, root] of [
    ["/agent", join(here, "..", "..", "src", "capture", "python")],
    ["/heaps", here],
    ["/capture", join(here, "..", "capture")],
    ["/out", folder],
  ]) {
    pyodide.FS.mkdir(at);
    pyodide.FS.mount(NODEFS, { root }, at);
  }
  pyodide.runPython("import sys; sys.path[:0] = ['/agent', '/heaps', '/capture']");
  process.stdout.write(`${pyodide.runPython("'%d.%d.%d' % sys.version_info[:3]")}\n`);
  return pyodide;
}

async function main() {
  const pyodide = await start();
  const program = pyodide.pyimport("pyodide_heaps");
  program.prepare();
  const { ask } = program;
  const names = program.NAMES.toJs();
  // Between two calls all that is Python's lies in the linear memory: a copy of it is what a fork is elsewhere.
  const memory = pyodide._module.HEAPU8.slice();
  for (const heap of heaps) {
    const [seed, questions] = heap.split(":");
    const numbers = new Set();
    for (const question of questions.split(",")) {
      numbers.add(ask("/out", Number(seed), names.indexOf(question)));
      const now = pyodide._module.HEAPU8;
      now.set(memory);
      now.fill(0, memory.length); // it can have grown
    }
    if (numbers.size > 1) throw new Error(`seed ${seed}: the questions were not about one and the same heap`);
  }
}

try {
  await main();
} catch (error) {
  // Not thrown on: Node would print the source line, which is all of Pyodide.
  process.stderr.write(`${error.stack}\n`);
  process.exitCode = 1;
}
