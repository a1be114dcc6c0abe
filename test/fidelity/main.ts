// `npm run fidelity -- [--seeds 200] [--from 1] [--python 3.11]`: random heaps on each CPython that is found, the
// model's answer against the real collector's. Exit 1 if a set differs, 3 if no interpreter is found. Callbacks and
// finalizers are counted only: what arbitrary code does meanwhile is beyond any model.
import { parseArgs } from "node:util";
import { openHeap } from "../../src/session/open.js";
import { pythons } from "../rig/pythons.js";
import type { Python } from "../rig/pythons.js";
import { compareWithTruth, orderIsKnown, sameCallbacks, sameFinalizers } from "./compare.js";
import { runFidelity, withFolder } from "./run.js";

/** Seeds of one process: its snapshots lie in a temporary folder meanwhile. */
const BATCH = 25;
const NAMED_AT_MOST = 8;

interface Tally {
  cases: number;
  sets: number;
  ordered: number;
  orders: number;
  callbacks: number;
  finalizers: number;
}

function seedRange(from: number, count: number): number[] {
  return Array.from({ length: count }, (_, i) => from + i);
}

function named(title: string, objects: readonly string[]): string {
  if (objects.length === 0) return "";
  const more = objects.length > NAMED_AT_MOST ? `, … (${objects.length})` : "";
  return `\n    ${title}: ${objects.slice(0, NAMED_AT_MOST).join(", ")}${more}`;
}

async function checkBatch(python: Python, seeds: readonly number[], tally: Tally): Promise<void> {
  await withFolder(async (folder) => {
    for (const { seed, snapshotPath, truth } of await runFidelity(python, seeds, folder)) {
      const graph = await openHeap(snapshotPath);
      const { setsEqual, ordersEqual, missing, surplus, misjudged } = compareWithTruth(graph, truth);
      tally.cases++;
      if (setsEqual) tally.sets++;
      if (sameCallbacks(graph, truth)) tally.callbacks++;
      if (sameFinalizers(graph, truth)) tally.finalizers++;
      if (orderIsKnown(graph)) {
        tally.ordered++;
        if (ordersEqual) tally.orders++;
        else if (setsEqual) process.stdout.write(`  ${python.name} seed ${seed}: the order differs\n`);
      }
      if (!setsEqual) {
        const details = [named("missing", missing), named("surplus", surplus), named("misjudged", misjudged)];
        process.stdout.write(`  ${python.name} seed ${seed}: the sets differ${details.join("")}\n`);
      }
    }
  });
}

const { values } = parseArgs({
  options: {
    seeds: { type: "string", default: "200" },
    from: { type: "string", default: "1" },
    python: { type: "string" },
  },
});
const count = Number(values.seeds);
const from = Number(values.from);
if (!Number.isInteger(count) || count < 1 || !Number.isInteger(from) || from < 0) {
  process.stderr.write("--seeds and --from take a number\n");
  process.exit(2);
}

const wanted = pythons().filter(
  ({ name }) => values.python === undefined || `${name}.`.startsWith(`${values.python}.`),
);
if (wanted.length === 0) {
  process.stderr.write(`no supported CPython${values.python === undefined ? "" : ` ${values.python}`} was found\n`);
  process.exit(3);
}

let failed = false;
for (const python of wanted) {
  const start = performance.now();
  const tally: Tally = { cases: 0, sets: 0, ordered: 0, orders: 0, callbacks: 0, finalizers: 0 };
  try {
    for (let done = 0; done < count; done += BATCH) {
      await checkBatch(python, seedRange(from + done, Math.min(BATCH, count - done)), tally);
    }
  } catch (error) {
    process.stdout.write(`${python.name}: ${(error as Error).message}\n`);
    failed = true;
  }
  const orders = tally.ordered === 0 ? "order not known" : `orders equal ${tally.orders}/${tally.ordered}`;
  const ran = `callbacks ${tally.callbacks}/${tally.cases}, finalizers ${tally.finalizers}/${tally.cases}`;
  const seconds = ((performance.now() - start) / 1000).toFixed(1);
  const seeds = `seeds ${from} to ${from + count - 1}`;
  process.stdout.write(
    `${python.name}: ${seeds}, sets equal ${tally.sets}/${tally.cases}, ${orders}, ${ran}, ${seconds} s\n`,
  );
  if (tally.sets < tally.cases) failed = true;
}
process.exitCode = failed ? 1 : 0;
