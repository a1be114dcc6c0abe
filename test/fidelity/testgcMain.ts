// `npx tsx test/fidelity/testgcMain.ts [3.11]`: each CPython's own test_gc.py, the model's answer to each of its
// collections against the real collector's. Exit 1 if a set or an order differs.
import { pythons } from "../rig/pythons.js";
import { describeTestGc, runTestGc } from "./testgc.js";

const [wanted] = process.argv.slice(2);
for (const python of pythons()) {
  if (wanted !== undefined && !`${python.name}.`.startsWith(`${wanted}.`)) continue;
  const start = performance.now();
  const report = await runTestGc(python);
  const seconds = ((performance.now() - start) / 1000).toFixed(1);
  process.stdout.write(`${describeTestGc(python, report)}  ${seconds} s\n`);
  if (report.differences.length > 0) process.exitCode = 1;
}
