// `npm run fidelity -- [--seeds 1000] [--cuts 500] [--from 1] [--python 3.11]`: the model against the real interpreter,
// on each CPython that is found: random heaps collected, references really cut, structures really dropped, and
// CPython's own test_gc.py. `--python pyodide`: random heaps of CPython 3.14 in Pyodide, nothing else. Exit 1 if anything
// differs, 3 if no interpreter is found.
import { parseArgs } from "node:util";
import { Analysis } from "../../src/model/Analysis.js";
import type { Generation } from "../../src/model/collector.js";
import { openHeap } from "../../src/session/open.js";
import { pythons } from "../rig/pythons.js";
import type { Python } from "../rig/pythons.js";
import { compareCourse, compareWithTruth, orderIsKnown, overcounted } from "./compare.js";
import { compareCut } from "./compareCuts.js";
import { PYODIDE, runPyodide } from "./pyodideRuns.js";
import { type CutProgram, type FidelityCase, runCuts, runFidelity, withFolder } from "./run.js";
import { describeTestGc, runTestGc } from "./testgc.js";

/** Seeds of one process: its snapshots lie in a temporary folder meanwhile. */
const BATCH = 25;
const CUTS_PER_SEED: Readonly<Record<CutProgram, number>> = { "random_cuts.py": 20, "random_cascade.py": 50 };
const NAMED_AT_MOST = 6;

/** Equal cases of all cases, by what is compared. */
class Tally {
  readonly #rows = new Map<string, { equal: number; all: number }>();
  readonly #where: string;
  failed = false;

  constructor(where: string) {
    this.#where = where;
  }

  add(what: string, equal: boolean, seed: string, details: readonly string[] = []): void {
    const row = this.#rows.get(what) ?? { equal: 0, all: 0 };
    row.all++;
    if (equal) row.equal++;
    this.#rows.set(what, row);
    if (equal) return;
    this.failed = true;
    const shown = details.slice(0, NAMED_AT_MOST).join(", ");
    process.stdout.write(`  ${this.#where} ${seed}: ${what} differ${shown === "" ? "" : `: ${shown}`}\n`);
  }

  /** Counts without judging. */
  count(what: string, yes: boolean): void {
    const row = this.#rows.get(what) ?? { equal: 0, all: 0 };
    row.all++;
    if (yes) row.equal++;
    this.#rows.set(what, row);
  }

  toString(): string {
    return Array.from(this.#rows, ([what, { equal, all }]) => `${what} ${equal}/${all}`).join(", ");
  }
}

function range(from: number, count: number): number[] {
  return Array.from({ length: count }, (_, i) => from + i);
}

type Run = (seeds: readonly number[], folder: string) => Promise<readonly FidelityCase[]>;

async function heaps(run: Run, seeds: readonly number[], tally: Tally): Promise<void> {
  await withFolder(async (folder) => {
    for (const { seed, snapshotPath, truth } of await run(seeds, folder)) {
      const graph = await openHeap(snapshotPath);
      const at = `seed ${seed}`;
      const over = overcounted(graph);
      tally.add("references at most the refcount", over.length === 0, at, over);
      const full = compareWithTruth(graph, truth);
      tally.add("sets", full.setsEqual, at, [...full.missing, ...full.surplus, ...full.misjudged]);
      if (orderIsKnown(graph)) tally.add("orders", full.ordersEqual, at);
      truth.young.forEach((found, generation) => {
        const young = compareWithTruth(graph, found, generation as Generation);
        tally.add("young collections", young.ordersEqual, `${at}, generation ${generation}`, young.missing);
      });
      const course = compareCourse(graph, truth);
      tally.add("freed", course.freedWrongly.length === 0, at, course.freedWrongly);
      const events = "finalizers and callbacks in order";
      // 2.7 tells nothing of its generations: their lists are known, the order between them is not.
      if (orderIsKnown(graph)) tally.add(events, course.sameCourse, at);
      else tally.count(events, course.sameCourse);
      tally.count("unknown", course.doubts.length > 0);
      const runs = course.real.some((event) => event.startsWith("finalizer"));
      if (!runs) tally.count("unknown where no __del__ runs", course.doubts.length > 0);
    }
  });
}

/** Returns how many were compared: not every heap holds a reference that can be cut. */
async function cuts(python: Python, program: CutProgram, seeds: readonly number[], tally: Tally): Promise<number> {
  let compared = 0;
  await withFolder(async (folder) => {
    for (const { seed, snapshotPath, cuts: real } of await runCuts(
      python,
      program,
      seeds,
      CUTS_PER_SEED[program],
      folder,
    )) {
      const analysis = new Analysis(await openHeap(snapshotPath));
      compared += real.length;
      real.forEach((one, i) => {
        const at = `seed ${seed}, cut ${i}`;
        const found = compareCut(analysis, one);
        tally.add("freed at once", found.wrongNow.length === 0, at, found.wrongNow);
        tally.add("freed by a collection", found.wrongLater.length === 0, at, found.wrongLater);
        if (found.sameOrder !== undefined) tally.add("order", found.sameOrder, at);
        tally.count(
          "order unknown",
          found.doubts.some((doubt) => doubt.includes("nested")),
        );
      });
    }
  });
  return compared;
}

async function inBatches(seeds: readonly number[], run: (batch: readonly number[]) => Promise<void>): Promise<void> {
  for (let at = 0; at < seeds.length; at += BATCH) await run(seeds.slice(at, at + BATCH));
}

/** Runs a part, prints its figures, and returns true if anything differs. */
async function report(name: string, title: string, part: (tally: Tally) => Promise<void>): Promise<boolean> {
  const tally = new Tally(name);
  let failed = false;
  try {
    await part(tally);
  } catch (error) {
    process.stdout.write(`${name} ${title}: ${(error as Error).stack}\n`);
    failed = true;
  }
  process.stdout.write(`${name} ${title}: ${String(tally)}\n`);
  return failed || tally.failed;
}

async function checkHeaps(name: string, run: Run, from: number, seeds: number): Promise<boolean> {
  if (seeds === 0) return false;
  return report(name, `random heaps, seeds ${from} to ${from + seeds - 1}`, (tally) =>
    inBatches(range(from, seeds), (batch) => heaps(run, batch, tally)),
  );
}

async function check(python: Python, from: number, seeds: number, cutCount: number): Promise<boolean> {
  let failed = await checkHeaps(python.name, (batch, folder) => runFidelity(python, batch, folder), from, seeds);
  for (const [title, program] of [
    ["cuts", "random_cuts.py"],
    ["cascades", "random_cascade.py"],
  ] as const) {
    if (cutCount === 0) continue;
    const differs = await report(python.name, `${title}, seeds from ${from} on`, async (tally) => {
      let compared = 0;
      for (let seed = from; compared < cutCount;) {
        const count = Math.min(BATCH, Math.ceil((cutCount - compared) / CUTS_PER_SEED[program]));
        const more = await cuts(python, program, range(seed, count), tally);
        if (more === 0) throw new Error(`no reference was cut in the heaps of seeds ${seed} to ${seed + count - 1}`);
        compared += more;
        seed += count;
      }
    });
    failed ||= differs;
  }
  const own = await runTestGc(python);
  process.stdout.write(`${describeTestGc(python, own)}\n`);
  return failed || own.differences.length > 0;
}

const { values } = parseArgs({
  options: {
    seeds: { type: "string", default: "1000" },
    cuts: { type: "string", default: "500" },
    from: { type: "string", default: "1" },
    python: { type: "string" },
  },
});
const [seeds, cutCount, from] = [values.seeds, values.cuts, values.from].map(Number);
if (![seeds, cutCount, from].every((number) => Number.isInteger(number) && number >= 0)) {
  process.stderr.write("--seeds, --cuts and --from take a number\n");
  process.exit(2);
}
if (values.python === PYODIDE) {
  const run: Run = async (batch, folder) => (await runPyodide(batch, folder)).cases;
  process.exit((await checkHeaps(PYODIDE, run, from, seeds)) ? 1 : 0);
}
const wanted = pythons().filter(
  ({ name }) => values.python === undefined || `${name}.`.startsWith(`${values.python}.`),
);
if (wanted.length === 0) {
  process.stderr.write(`no supported CPython${values.python === undefined ? "" : ` ${values.python}`} was found\n`);
  process.exit(3);
}
let failed = false;
for (const python of wanted) failed = (await check(python, from, seeds, cutCount)) || failed;
process.exitCode = failed ? 1 : 0;
